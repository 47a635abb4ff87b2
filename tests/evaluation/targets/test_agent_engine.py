import asyncio
import json
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from tests.evaluation.targets.agents import asked
from windlass.errors import InputError
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.opening import open_target
from windlass.evaluation.targets.spec import read_spec
from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Usage
from windlass.models.failures import ProviderFailure

CALL = {"function_call": {"id": "c1", "name": "find", "args": {"order": 7}}}
RESULT = {"function_response": {"id": "c1", "name": "find", "response": {"city": "Ulm"}}}
EVENTS = [
    {
        "content": {"role": "model", "parts": [CALL]},
        "usage_metadata": {"prompt_token_count": 5, "candidates_token_count": 1},
    },
    {"content": {"role": "user", "parts": [RESULT]}},
    {"content": {"role": "model", "parts": [{"text": "In "}]}, "partial": True},
    {
        "content": {"role": "model", "parts": [{"text": "hm", "thought": True}, {"text": "In Ulm."}]},
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3},
    },
]
FOUND = ToolCall("find", {"order": 7})


def ask(url: str, item: object = "Where?", **more: object) -> Prediction:
    spec = read_spec({"protocol": "agent-engine", "url": url, **more})
    return asyncio.run(open_target(spec)(Item(id="i0", input=item)))


def lines(*values: object) -> Response:
    return Response("".join(json.dumps(value) + "\n\n" for value in values), media_type="application/json")


@pytest.mark.parametrize("output", ["In Ulm.", {"output": "In Ulm.", "steps": 2}, ["In ", "Ulm."]])
def test_a_method_is_called_and_its_output_is_text(output: object) -> None:
    with asked(lambda _: {"output": output}) as server:
        prediction = ask(server.url + "/api/reasoning_engine")
    assert (prediction.output, prediction.trajectory) == ("In Ulm.", None)
    assert server.paths == ["/api/reasoning_engine"]
    assert server.bodies == [{"class_method": "query", "input": {"input": "Where?"}}]


def test_the_events_of_a_stream_say_which_tools_were_called_and_what_they_took() -> None:
    template = {"message": "{{ question }}", "user_id": "eval"}
    with asked(lambda _: lines(*EVENTS)) as server:
        prediction = ask(server.url, method="async_stream_query", arguments=template)
    assert (prediction.output, prediction.usage) == ("In Ulm.", Usage(14, 4))
    assert prediction.trajectory == (FOUND,)
    assert prediction.trajectory[0].tool_output == {"city": "Ulm"}
    assert server.paths == ["/api/stream_reasoning_engine"]
    sent = {"class_method": "async_stream_query", "input": {"message": "Where?", "user_id": "eval"}}
    assert server.bodies == [sent]


def test_a_stream_of_texts_is_one_text_and_an_object_is_the_arguments() -> None:
    with asked(lambda _: lines("In ", "Ulm.")) as server:
        assert ask(server.url, {"order": 7}, method="stream_query").output == "In Ulm."
    assert server.bodies[0]["input"] == {"order": 7}


@pytest.mark.parametrize(
    ("response", "more", "sentence"),
    [
        (JSONResponse({"detail": "no method"}, 404), {}, "404 Not Found to POST /api/reasoning_engine: it speaks"),
        (JSONResponse({"answer": 1}), {}, "sent no output: its JSON has no `output`"),
        (
            Response("data: {}\n"),
            {"method": "stream_query"},
            "no stream of JSON lines: this line is none: data: {}",
        ),
        (
            lines("In", {"error": {"message": "gone"}}),
            {"method": "stream_query"},
            "ended its stream .* error: gone",
        ),
    ],
)
def test_what_is_no_output_is_one_sentence(response: Response, more: dict[str, Any], sentence: str) -> None:
    with asked(lambda _: response) as server, pytest.raises(ProviderFailure, match=sentence):
        ask(server.url, **more)


def test_a_history_that_cannot_be_given_is_refused_and_not_forgotten() -> None:
    item = {"question": "Where?", "history": [{"role": "user", "content": "Hi."}]}
    with asked(lambda _: {"output": ""}) as server, pytest.raises(InputError, match="it keeps its conversations"):
        ask(server.url, item)
    assert server.bodies == []
