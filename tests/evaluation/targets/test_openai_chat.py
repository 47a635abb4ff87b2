import asyncio
import json
import time
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from tests.evaluation.targets.agents import asked, completion
from windlass.errors import ConfigurationError
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.runner import RunnerSettings, run_samples
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.opening import UrlTarget, open_target
from windlass.evaluation.targets.spec import read_spec
from windlass.evaluation.trajectories import ToolCall
from windlass.models.calls.limits import CallLimits
from windlass.models.calls.provider import Patience
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Usage
from windlass.models.failures import ProviderFailure

ITEM = Item(id="i0", input="Where is order 7?")


def chat(url: str, calls: RunCalls | None = None, **more: Any) -> UrlTarget:
    fields: dict[str, object] = {"protocol": "openai", "url": f"{url}/v1", "model": "shop", **more}
    return open_target(read_spec(fields), calls=calls)


def test_what_is_said_and_the_tools_that_are_asked_for_are_the_prediction() -> None:
    history = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
    item = Item(id="i0", input={"question": "Where is order 7?", "history": history})
    with asked(lambda _: completion(None, ("find", {"order": 7}), ("track", {}))) as server:
        prediction = asyncio.run(chat(server.url, parameters={"temperature": 0})(item))
    assert prediction.trajectory == (ToolCall("find", {"order": 7}), ToolCall("track"))
    assert (prediction.output, prediction.usage) == ("", Usage(7, 2))
    assert prediction.latency_s is not None
    assert server.paths == ["/v1/chat/completions"]
    assert server.bodies == [
        {
            "temperature": 0,
            "model": "shop",
            "messages": [*history, {"role": "user", "content": "Where is order 7?"}],
        }
    ]
    parts = [{"type": "text", "text": "In "}, {"type": "text", "text": "Ulm."}]
    body = {"choices": [{"message": {"role": "assistant", "content": parts}}]}
    with asked(lambda _: body) as server:
        prediction = asyncio.run(chat(server.url)(ITEM))
    assert (prediction.output, prediction.trajectory, prediction.usage) == ("In Ulm.", (), None)


def test_keys_come_from_the_environment_and_are_cut_out_of_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "sk-very-secret\n")
    monkeypatch.setenv("SHOP_TENANT", "ulm-tenant")
    keys: dict[str, Any] = {"key_variable": "SHOP_KEY", "headers": {"X-Tenant": "SHOP_TENANT"}}

    def refuse(_: object) -> Response:
        return JSONResponse({"error": {"message": "sk-very-secret of ulm-tenant is spent"}}, 400)

    with (
        asked(refuse) as server,
        pytest.raises(
            ProviderFailure, match=r"answered 400 Bad Request: \[key\] of \[key\] is spent\.$"
        ) as raised,
    ):
        asyncio.run(chat(server.url, **keys)(ITEM))
    assert not raised.value.retryable
    assert (server.headers[0]["authorization"], server.headers[0]["x-tenant"]) == (
        "Bearer sk-very-secret",
        "ulm-tenant",
    )
    monkeypatch.setenv("SHOP_TENANT", "ulm\ntenant")
    with pytest.raises(ConfigurationError, match="variable SHOP_TENANT holds what no header can"):
        asyncio.run(chat(server.url, **keys)(ITEM))
    monkeypatch.setenv("SHOP_TENANT", "ulm")
    monkeypatch.delenv("SHOP_KEY")
    with pytest.raises(ConfigurationError, match="environment variable SHOP_KEY, which is not set"):
        asyncio.run(chat(server.url, **keys).identify())


@pytest.mark.parametrize(
    ("response", "sentence", "retryable"),
    [
        (
            JSONResponse({"detail": "x"}, 404),
            "404 Not Found to POST /v1/chat/completions: it speaks another",
            False,
        ),
        (JSONResponse({}, 401), "refused the key .401 Unauthorized.; name the variable that holds its key", False),
        (JSONResponse({"error": "down"}, 500), "answered 500 Internal Server Error: down.", True),
        (Response("", 307, {"location": "http://b"}), "307 Temporary Redirect, to http://b. Redirects are", False),
        (Response("<html>"), "sent no chat completion: it sent no content type that is no JSON", False),
        (JSONResponse({"output": "x"}), "its JSON has no `choices` with a `message`", False),
        (JSONResponse({"choices": [{"message": {"tool_calls": [{}]}}]}), "names no function", False),
    ],
)
def test_what_is_no_answer_is_one_sentence(response: Response, sentence: str, retryable: bool) -> None:
    with asked(lambda _: response) as server, pytest.raises(ProviderFailure, match=sentence) as raised:
        asyncio.run(chat(server.url)(ITEM))
    assert raised.value.retryable is retryable
    assert "\n" not in raised.value.message


def test_nobody_there_and_somebody_slow_are_told_apart() -> None:
    with asked(lambda _: completion("x")) as server:
        asyncio.run(chat(server.url).identify())
    with pytest.raises(ProviderFailure, match=r"could not be reached .*; is it running") as raised:
        asyncio.run(chat(server.url).identify())
    assert raised.value.busy

    def late(_: object) -> Response:
        time.sleep(0.4)
        return JSONResponse({})

    with asked(late) as server, pytest.raises(ProviderFailure, match=r"did not answer within 0\.1 s") as raised:
        asyncio.run(chat(server.url, timeout_s=0.1)(ITEM))
    assert (raised.value.retryable, raised.value.busy) == (True, False)


def test_a_refusal_waits_as_asked_and_counts_as_the_runs() -> None:
    answers: list[Response] = [Response("", 429, {"retry-after": "0.2"}), JSONResponse(completion("In Ulm."))]

    async def run() -> tuple[Prediction, float, RunCalls]:
        calls = RunCalls(CallLimits(), patience=Patience(first_wait_s=0.01))
        began = time.monotonic()
        return await chat(server.url, calls)(ITEM), time.monotonic() - began, calls

    with asked(lambda _: answers.pop(0)) as server:
        prediction, took, calls = asyncio.run(run())
    assert prediction.output == "In Ulm."
    assert took >= 0.2
    assert prediction.latency_s is not None
    assert prediction.latency_s < 0.15, "what the limits hold back is no time of the agent"
    assert (calls.counts.answered, calls.counts.refused, calls.counts.input_tokens) == (1, 1, 7)
    assert calls.unpriced() == [f"{server.url.removeprefix('http://')}:shop"]


def test_the_agents_own_spans_can_join_the_trace_of_the_sample() -> None:
    store = MemorySamples()
    with asked(lambda body: completion(json.dumps(body["messages"]))) as server:
        asyncio.run(run_samples([ITEM], chat(server.url), [], store, settings=RunnerSettings(concurrency=1)))
    (result,) = store.stored().values()
    assert server.headers[0]["traceparent"] == f"00-{result.trace_id}-{result.span_id}-01"
