"""Applications as users write them, each in a process of its own, sending to a real server."""

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest

from windlass.errors import NotFound
from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer

from .processes import Processes, Server, eventually

pytestmark = pytest.mark.xdist_group("clients")

PROGRAMS = Path(__file__).with_name("programs")


@dataclass(frozen=True)
class Stage:
    server: Server
    model: ScriptedServer
    processes: Processes

    def run(self, program: str, *arguments: str) -> str:
        """Run a program to its end, and return the first word that it said."""
        ended = self.processes.start_program(sys.executable, PROGRAMS / program, *arguments).wait()
        assert ended.code == 0, ended.output
        return ended.output.split()[0]

    def trace(self, trace_id: str) -> dict[str, Any]:
        """Return a trace once its root is there, which is the last to end and to be sent."""

        def look() -> dict[str, Any] | None:
            with contextlib.suppress(NotFound), self.server.client() as client:
                trace: dict[str, Any] = client.get(f"/traces/{trace_id}")
                if any(span["parent_span_id"] is None for span in trace["spans"]):
                    return trace
            return None

        return eventually(look, f"the trace {trace_id}")

    def wait_for_trace(self, text: str, spans: int) -> dict[str, Any]:
        """Return the trace in which the server recorded an answer of its own, which it does a moment later."""

        def look() -> str | None:
            with self.server.client() as client:
                found = client.get("/traces", q=text)["items"]
            return next((str(trace["trace_id"]) for trace in found if trace["span_count"] == spans), None)

        return self.trace(eventually(look, f"a trace of {spans} spans with {text!r}"))


def reply(messages: Sequence[Message]) -> str:
    return f"Sunny, {len(messages)} messages in"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server with a scripted model behind it, and a release `weather` in production."""
    folder = tmp_path_factory.mktemp("clients")
    processes = Processes(folder)
    try:
        with ScriptedServer(reply) as model:
            server = processes.serve(folder / "data", WINDLASS_MODEL_BASE_URL=model.url)
            push_artifacts(server)
            yield Stage(server, model, processes)
    finally:
        processes.close()


def push_artifacts(server: Server) -> None:
    with server.client() as client:
        greet = {
            "messages": [{"role": "user", "template": "Greet {{ name }} of {{ city }}: "}],
            "input": {"name": {"type": "string"}, "city": {"type": "string"}},
        }
        answer = {
            "messages": [
                {"role": "system", "template": "You are a forecaster."},
                {"role": "user", "template": "{{ question }}"},
            ],
            "input": {"question": {"type": "string"}},
            "parameters": {"temperature": 0.25},
        }
        client.post("/artifacts/prompt/greet", {"body": greet})
        client.post("/artifacts/prompt/answer", {"body": answer})
        client.post("/artifacts/model/scripted", {"body": {"model": "openai:scripted"}})
        release = {"prompts": {"answer": "prompt/answer@latest"}, "model": "model/scripted@latest"}
        client.post("/artifacts/release/weather", {"body": release})
        client.post("/environments/production/promote", {"release": "weather@latest", "reason": "first"})


def by_name(trace: dict[str, Any]) -> dict[str, dict[str, Any]]:
    spans = {span["name"]: span for span in trace["spans"]}
    assert len(spans) == len(trace["spans"])
    return spans


def tree(trace: dict[str, Any]) -> dict[str, str | None]:
    """Return the name of each span's parent by its own name."""
    names = {span["span_id"]: span["name"] for span in trace["spans"]}
    return {
        span["name"]: names[span["parent_span_id"]] if span["parent_span_id"] else None for span in trace["spans"]
    }


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_the_opentelemetry_sdk_and_its_exporter_are_understood_whole(stage: Stage, compression: str) -> None:
    trace = stage.trace(stage.run("opentelemetry_sdk.py", stage.server.url, compression))
    assert tree(trace) == {"checkout": None, "price": "checkout", "pay": "checkout"}
    assert {
        name: trace[name] for name in ("name", "service", "environment", "user", "span_count", "error_count")
    } == {
        "name": "checkout",
        "service": "shop",
        "environment": "staging",
        "user": "u-7",
        "span_count": 3,
        "error_count": 1,
    }
    spans = by_name(trace)
    assert (spans["checkout"]["kind"], spans["checkout"]["scope"]) == ("server", "shop.checkout")
    assert spans["price"]["attributes"] == {"items": 3, "total": 12.5, "vip": True, "empty": 0}
    (event,) = spans["price"]["events"]
    assert (event["name"], event["attributes"]) == ("discount", {"percent": 10, "codes": ["a", "b"]})
    assert (spans["pay"]["status"], spans["pay"]["status_message"]) == ("error", "the card was refused")
    assert spans["pay"]["events"][0]["attributes"]["exception.message"] == "the card was refused"
    (link,) = spans["pay"]["links"]
    assert (link["span_id"], link["attributes"]) == (spans["checkout"]["span_id"], {"why": "same basket"})


def test_an_agent_that_pydantic_ai_instruments_shows_its_tree_messages_and_tokens(stage: Stage) -> None:
    trace = stage.trace(stage.run("pydantic_ai_agent.py", stage.server.url, stage.model.url))
    root, *rest = trace["spans"]
    assert (root["name"], root["parent_span_id"]) == ("request", None)
    agents = [span for span in rest if span["operation"] == "invoke_agent"]
    calls = [span for span in rest if span["operation"] == "chat"]
    assert (len(agents), len(calls), len(rest)) == (2, 2, 4)
    assert {span["parent_span_id"] for span in agents} == {root["span_id"]}
    assert [call["parent_span_id"] for call in calls] == [agent["span_id"] for agent in agents]
    assert {span["agent"] for span in agents} == {"weather"}
    assert {(call["provider"], call["request_model"], call["response_model"]) for call in calls} == {
        ("openai", "scripted", "scripted")
    }
    second = calls[1]
    said = [(message["role"], message["parts"][-1]["content"]) for message in json.loads(second["input"])]
    assert said[-3:] == [
        ("user", "How is the weather?"),
        ("assistant", "Sunny, 2 messages in"),
        ("user", "And tomorrow?"),
    ]
    assert "Answer in one word." in second["input"] + second["system_instructions"]
    (answer,) = json.loads(second["output"])
    assert (answer["role"], answer["parts"][-1]["content"]) == ("assistant", "Sunny, 4 messages in")
    # The scripted model counts words: 4 + 4, then 4 + 4 + 4 + 2; each answer has 4.
    assert [(call["input_tokens"], call["output_tokens"]) for call in calls] == [(8, 4), (14, 4)]
    # Those of the agents are totals of their calls and not counted again.
    assert (trace["input_tokens"], trace["output_tokens"]) == (22, 8)
    assert trace["service"] == "agent-app"


def test_the_sdk_traces_functions_of_every_sort_and_fills_in_a_prompt_of_the_registry(stage: Stage) -> None:
    trace = stage.trace(stage.run("windlass_sdk.py", stage.server.url))
    spans = by_name(trace)
    assert tree(trace) == {name: None if name == "greet" else "greet" for name in spans}
    assert set(spans) == {"greet", "look_up", "count", "spell", "keep_secret", "fail", "think"}
    assert (trace["service"], trace["environment"], trace["input"]) == ("greeter", "staging", "Ada")
    # A template's trailing blank does not count.
    assert trace["output"] == "GREET ADA OF SEOUL:HI!"
    greet = spans["greet"]
    assert greet["operation"] == "invoke_agent"
    assert greet["attributes"]["gen_ai.prompt.name"] == "greet"
    assert greet["attributes"]["gen_ai.prompt.version"] == "1"
    look_up = spans["look_up"]
    assert (look_up["operation"], look_up["tool"], look_up["input"]) == ("execute_tool", "look_up", "Ada")
    assert json.loads(look_up["output"]) == {"name": "Ada", "city": "Seoul"}
    assert (spans["count"]["input"], json.loads(spans["count"]["output"])) == ("3", [0, 1, 2])
    assert (spans["spell"]["input"], spans["spell"]["output"]) == ("hi", "hi")
    assert (spans["keep_secret"]["input"], spans["keep_secret"]["output"]) == ("", "")
    assert "hunter2" not in json.dumps(trace)
    assert (spans["fail"]["status"], spans["fail"]["status_message"]) == ("error", "nobody of this name")


def test_a_function_evaluated_by_the_sdk_is_a_run_with_samples_scores_and_traces(stage: Stage) -> None:
    run_id = stage.run("windlass_evaluate.py", stage.server.url)
    with stage.server.client() as client:
        run = client.get(f"/runs/{run_id}")
        samples = {sample["item"]: sample for sample in client.get(f"/runs/{run_id}/samples")["items"]}
        listed = client.get("/traces", run=run_id)["items"]
    assert (run["state"], run["items"], run["finished_items"], run["failed_items"]) == ("finished", 3, 3, 1)
    assert run["release"]["name"] == run["dataset"]["name"] == "shorten"
    assert samples["one"]["scores"] == {"token_f1": 1.0, "is_short": 1.0}
    assert samples["two"]["scores"] == {"token_f1": 0.0, "is_short": 0.0}
    assert (samples["three"]["error"], samples["three"]["output"]) == ("no such luck", "")
    assert run["metrics"]["token_f1"]["n"] == 2
    assert {trace["trace_id"] for trace in listed} == {sample["trace_id"] for sample in samples.values()}


def test_the_openai_client_asks_a_release_and_the_answer_is_traced(stage: Stage) -> None:
    with openai.OpenAI(base_url=f"{stage.server.url}/v1", api_key="none", max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["weather@production"]
        raw = client.chat.completions.with_raw_response.create(
            model="weather@production",
            messages=[
                {"role": "user", "content": "And today?"},
                {"role": "assistant", "content": "Rain."},
                {"role": "user", "content": "And tomorrow then?"},
            ],
            user="u-9",
        )
        completion = raw.parse()
    assert completion.choices[0].message.content == "Sunny, 4 messages in"
    assert completion.usage is not None
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (10, 4)
    trace = stage.wait_for_trace(str(raw.headers["x-windlass-trace-id"]), spans=2)
    assert tree(trace) == {"invoke_agent weather": None, "chat scripted": "invoke_agent weather"}
    assert (trace["environment"], trace["release_name"], trace["user"]) == ("production", "weather", "u-9")
    call = by_name(trace)["chat scripted"]
    assert [message["role"] for message in json.loads(call["input"])] == ["user", "assistant", "user"]
    assert "You are a forecaster." in call["system_instructions"]
    assert (call["input_tokens"], call["output_tokens"], call["cost_usd"]) == (10, 4, None)
    assert stage.model.calls[-1].body["temperature"] == 0.25


def test_the_openai_client_streams_from_a_release(stage: Stage) -> None:
    with openai.OpenAI(base_url=f"{stage.server.url}/v1", api_key="none", max_retries=0) as client:
        stream = client.chat.completions.create(
            model="weather@production",
            messages=[{"role": "user", "content": "Tomorrow?"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = list(stream)
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == "Sunny, 2 messages in"
    assert len([piece for piece in pieces if piece]) > 1
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 4


def test_the_openai_client_raises_what_a_release_that_is_not_there_means(stage: Stage) -> None:
    with (
        openai.OpenAI(base_url=f"{stage.server.url}/v1", api_key="none", max_retries=0) as client,
        pytest.raises(openai.NotFoundError, match="nowhere"),
    ):
        client.chat.completions.create(
            model="nowhere@production", messages=[{"role": "user", "content": "Anybody?"}]
        )


def test_a_model_that_fails_reaches_the_openai_client_as_an_error_and_the_trace_as_one(stage: Stage) -> None:
    stage.model.fail("500")
    with (
        openai.OpenAI(base_url=f"{stage.server.url}/v1", api_key="none", max_retries=0) as client,
        pytest.raises(openai.InternalServerError, match="The scripted server failed"),
    ):
        client.chat.completions.create(
            model="weather@production", messages=[{"role": "user", "content": "Will this fail?"}]
        )
    failed = stage.wait_for_trace("Will this fail?", spans=2)
    assert (failed["status"], failed["error_count"]) == ("error", 2)
    assert "The scripted server failed" in failed["spans"][0]["status_message"]
