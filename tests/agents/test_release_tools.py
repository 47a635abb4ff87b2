"""A release whose model calls tools: in chat completions, and in runs."""

import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.agents.shop import ORDER, Shop, allow, clerk, mcp_shop, push_questions, push_shop, push_tools, shop
from tests.evaluation.targets.agents import asked
from tests.live import LiveServer, Project
from windlass.errors import ConfigurationError, Denied, InputError, ProviderError
from windlass.models.completion import Message
from windlass.models.scripted import asking


@pytest.fixture
def opened(live: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose tools the server may call, and a model that calls them."""
    with shop() as made:
        allow(live, monkeypatch, made.url)
        monkeypatch.setattr(live.provider, "_answer", clerk)
        yield made


@pytest.fixture
def over_mcp(live: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The same over MCP."""
    with mcp_shop() as made:
        allow(live, monkeypatch, made.url)
        monkeypatch.setattr(live.provider, "_answer", clerk)
        yield made


def spans_of(project: Project, trace_id: str) -> list[dict[str, Any]]:
    project.live.services.settle()
    spans: list[dict[str, Any]] = project.client.get(f"/traces/{trace_id}")["spans"]
    return spans


def said_to_model(project: Project) -> list[str]:
    """Return what the model was told by tools in its last call."""
    return [message.content for message in project.live.provider.calls[-1].messages if message.role == "tool"]


def test_a_model_calls_its_tools_side_by_side_and_each_call_is_a_span(project: Project, over_mcp: Shop) -> None:
    push_shop(project, over_mcp.url)
    done = project.ask("shop@latest", "Where are 7 and 8?")
    assert done.json()["choices"][0]["message"]["content"] == 'I know: {"city": "Ulm 7"}; {"city": "Ulm 8"}'
    assert sorted(over_mcp.called) == [("find", 7), ("find", 8)]
    first, second = project.live.provider.calls[-2:]
    assert [tool["function"]["name"] for tool in first.body["tools"]] == ["find", "refund"]  # type: ignore[attr-defined]
    assert [message.role for message in second.messages] == ["system", "user", "assistant", "tool", "tool"]
    usage = done.json()["usage"]
    assert usage["prompt_tokens"] > sum(len(message.content.split()) for message in first.messages)
    spans = spans_of(project, done.headers["x-windlass-trace-id"])
    agent, *rest = spans
    assert [span["name"] for span in rest] == [
        "chat scripted",
        "execute_tool find",
        "execute_tool find",
        "chat scripted",
    ]
    assert {span["parent_span_id"] for span in rest} == {agent["span_id"]}
    call = next(span for span in rest if span["operation"] == "execute_tool" and "7" in span["input"])
    assert (call["tool"], json.loads(call["input"]), json.loads(call["output"])) == (
        "find",
        {"order": 7},
        {"city": "Ulm 7"},
    )
    assert call["attributes"]["gen_ai.tool.call.id"] == "call-1"
    assert call["attributes"]["windlass.tool.effect"] == "read"
    assert json.loads(rest[0]["tool_definitions"])[0]["parameters"] == ORDER
    (said,) = json.loads(rest[0]["output"])
    assert [part["type"] for part in said["parts"]] == ["tool_call", "tool_call"]
    assert '"tool_call_response"' in rest[3]["input"]
    project.ask("shop@latest", "Where is -1?")
    assert said_to_model(project)[0].startswith("Error: The tool find failed: ")
    push_tools(project, over_mcp.url, tool="lose")
    project.push_release("lost", "You work in a shop.", tools=["tool/find"])
    push_questions(project, "Where is 7?")
    with pytest.raises(InputError, match="has no tool 'lose'; its tools are find, refund"):
        project.client.post("/runs", {"release": "lost", "dataset": "questions"})


def test_what_the_model_says_in_several_turns_is_streamed_as_its_paragraphs(
    project: Project, opened: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def talks(messages: Sequence[Message]) -> str | Message:
        return "It is in Ulm." if said_in(messages) else asking(("find", {"order": 7}), text="Let me look.")

    def said_in(messages: Sequence[Message]) -> bool:
        return any(message.role == "tool" for message in messages)

    monkeypatch.setattr(project.live.provider, "_answer", talks)
    push_shop(project, opened.url)
    body = {"model": "shop@latest", "messages": [{"role": "user", "content": "Where is 7?"}], "stream": True}
    with project.http() as http, http.stream("POST", "/v1/chat/completions", json=body) as stream:
        lines = [line.removeprefix("data: ") for line in stream.iter_lines() if line]
    assert lines[-1] == "[DONE]"
    chunks = [json.loads(line)["choices"][0] for line in lines[:-1]]
    pieces = [chunk["delta"]["content"] for chunk in chunks if chunk["delta"].get("content")]
    assert "".join(pieces) == "Let me look.\n\nIt is in Ulm."
    assert pieces[-1] == " Ulm."
    assert chunks[-1]["finish_reason"] == "stop"
    whole = project.ask("shop@latest", "Where is 7?").json()["choices"][0]["message"]["content"]
    assert whole == "".join(pieces)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (("lose", {"order": 7}), "Error: There is no tool 'lose'; the tools are find, refund."),
        (("find", '{"order": '), "Error: The arguments of find are no JSON ("),
        pytest.param(
            ("find", "[7]"),
            "Error: The arguments of find are no JSON object: call it again with one.",
            marks=pytest.mark.slow,
        ),
        (("find", {"order": "7"}), "Error: The arguments of find are not as its schema has them: /order: "),
        (("find", {"order": -1}), "Error: The tool find at "),
    ],
)
def test_what_cannot_be_called_or_fails_is_told_to_the_model_as_an_error(
    project: Project, opened: Shop, monkeypatch: pytest.MonkeyPatch, call: tuple[str, Any], sentence: str
) -> None:
    def wrong(messages: Sequence[Message]) -> str | Message:
        return "Sorry." if any(message.role == "tool" for message in messages) else asking(call)

    monkeypatch.setattr(project.live.provider, "_answer", wrong)
    push_shop(project, opened.url)
    done = project.ask("shop@latest", "Where is 7?")
    assert done.json()["choices"][0]["message"]["content"] == "Sorry."
    assert said_to_model(project)[0].startswith(sentence)
    assert opened.called == ([("find", -1)] if call[1] == {"order": -1} else [])
    (failed,) = [
        span
        for span in spans_of(project, done.headers["x-windlass-trace-id"])
        if span["operation"] == "execute_tool"
    ]
    assert failed["status"] == "error"
    was_called = call[1] == {"order": -1}
    assert failed["attributes"].get("windlass.tool.rejected", False) == (not was_called)
    # What never was a call, no replay has to answer.
    project.client.post("/datasets/seen/from-traces", {"recording": True})
    (item,) = project.client.pages("/datasets/seen/items")
    assert len(item["metadata"]["recording"].get("calls", [])) == was_called


def test_a_model_that_goes_round_in_circles_ends_with_one_sentence(
    project: Project, opened: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project.live.provider, "_answer", lambda _messages: asking(("find", {"order": 7})))
    push_shop(project, opened.url, tool_rounds=2)
    answered = project.ask("shop@latest", "Where is 7?")
    assert answered.status_code == 502
    assert answered.json()["error"]["message"].startswith(
        "The model of shop asked for tools more than 2 times without an answer"
    )
    assert opened.called == [("find", 7)] * 2


def test_a_tool_over_http_gets_its_key_from_the_environment_and_is_called_nowhere_else(
    live: LiveServer, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: Iterator[Response] = iter(
        [
            JSONResponse({"city": "Ulm"}),
            PlainTextResponse("no such order", 404),
            PlainTextResponse("It is in Ulm."),
        ]
    )
    monkeypatch.setattr(live.provider, "_answer", clerk)
    with asked(lambda _body: next(answers)) as server:
        url = f"{server.url}/find"
        push_tools(project, url, protocol="http", headers={"X-Shop": "SHOP_KEY"})
        project.push_release("shop", tools=["tool/find"])
        refused = project.ask("shop@latest", "Where is 7?")
        assert (refused.status_code, "may not call" in refused.json()["error"]["message"]) == (403, True)
        allow(live, monkeypatch, server.url)
        live.services.assistants._loaded.clear()
        assert "sends no value of SHOP_KEY" in project.ask("shop@latest", "Where is 7?").json()["error"]["message"]
        allow(live, monkeypatch, f"{server.url}#SHOP_KEY")
        live.services.assistants._loaded.clear()
        assert "SHOP_KEY, which is not set" in project.ask("shop@latest", "7?").json()["error"]["message"]
        assert server.bodies == []
        monkeypatch.setenv("SHOP_KEY", "key-of-the-shop")
        for told in ('{"city": "Ulm"}', "Error: The tool find at ", "It is in Ulm."):
            project.ask("shop@latest", "Where is 7?")
            assert said_to_model(project)[0].startswith(told)
        assert server.bodies == [{"order": 7}] * 3
        assert {headers["x-shop"] for headers in server.headers} == {"key-of-the-shop"}
        assert all("traceparent" in headers for headers in server.headers)


def test_a_run_calls_no_tool_that_changes_something_unless_it_says_so(project: Project, opened: Shop) -> None:
    push_shop(project, opened.url)
    push_questions(project, "Where is 7?", "Please refund 8")
    run = project.evaluate("shop", "questions", evaluators=["latency_s"])
    assert (run["state"], run["failed_items"], run["settings"]["tools"]) == ("finished", 0, "read")
    assert opened.called == [("find", 7)]
    assert (run["calls"]["tools"], run["calls"]["tools_refused"]) == (1, 1)
    samples = {sample["item"]: sample for sample in project.client.pages(f"/runs/{run['id']}/samples")}
    assert "refund was not called: this run calls no tool of the effect write" in samples["i1"]["output"]
    run = project.evaluate("shop", "questions", evaluators=["latency_s"], tools="all")
    assert sorted(opened.called[1:]) == [("find", 7), ("refund", 8)]
    assert (run["calls"]["tools"], run["calls"]["tools_refused"], run["settings"]["tools"]) == (2, 0, "all")
    project.evaluate("shop", "questions", evaluators=["latency_s"], tools="none")
    assert len(opened.called) == 3


def test_a_gate_that_evaluates_says_which_tools_its_runs_call_and_takes_no_run_that_called_others(
    project: Project, opened: Shop
) -> None:
    push_shop(project, opened.url)
    push_questions(project, "Please refund 8")
    before = project.evaluate("shop", "questions", evaluators=["latency_s"])
    project.push_release("shop", "You work in another shop.", tools=["tool/find", "tool/refund"])
    rule = {"primary": {"metric": "latency_s", "kind": "superiority"}}
    asked = {"candidate": "shop@2", "baseline": "shop@1", "rule": rule}
    gate = project.client.post(
        "/gates/live", {**asked, "dataset": "questions", "evaluators": ["latency_s"], "tools": "all"}
    )
    project.live.services.jobs.wait(gate["id"])
    both = [project.client.get(f"/runs/{gate[side]}") for side in ("candidate", "baseline")]
    assert [run["settings"]["tools"] for run in both] == ["all", "all"]
    assert opened.called == [("refund", 8)] * 2
    with pytest.raises(
        InputError, match=r"calls tools \(`--tools all`\), and run-\w+ calls tools \(`--tools read`\)"
    ):
        project.client.post("/gates", {**asked, "candidate": gate["candidate"], "baseline": before["id"]})


@pytest.mark.slow
def test_the_calls_of_a_release_are_its_trajectory(project: Project, opened: Shop) -> None:
    push_shop(project, opened.url)
    wanted = [{"tool_name": "find", "tool_input": {"order": 7}}]
    items = [{"id": "i0", "input": "Where is 7?", "metadata": {"reference_trajectory": wanted}}]
    project.client.post("/datasets/questions", {"items": items})
    run = project.evaluate("shop", "questions", evaluators=["trajectory_exact_match"])
    assert run["metrics"]["trajectory_exact_match"]["mean"] == 1.0


def test_what_a_run_could_not_call_is_said_before_it_is_recorded(
    live: LiveServer, project: Project, opened: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_questions(project, "Where is 7?")

    def start(**body: object) -> None:
        live.services.assistants._loaded.clear()
        project.client.post("/runs", {"release": "shop", "dataset": "questions", **body})

    push_shop(project, opened.url)
    allow(live, monkeypatch, "")
    with pytest.raises(Denied, match="This server may not call"):
        start()
    allow(live, monkeypatch, opened.url)
    push_tools(project, opened.url, key_variable="NO_SUCH_KEY")
    project.push_release("shop", "You work in a shop.", tools=["tool/find"])
    with pytest.raises(Denied, match="sends no value of NO_SUCH_KEY"):
        start()
    allow(live, monkeypatch, f"{opened.url}#NO_SUCH_KEY")
    with pytest.raises(ConfigurationError, match="NO_SUCH_KEY, which is not set"):
        start()
    allow(live, monkeypatch, "http://127.0.0.1:9")
    push_tools(project, "http://127.0.0.1:9/{tool}")
    project.push_release("shop", "You work in a shop.", tools=["tool/find"])
    with pytest.raises(ProviderError, match=r"The tool find at 127\.0\.0\.1:9 could not be reached"):
        start()
    with pytest.raises(InputError, match="`tools` is of a release that the server asks"):
        start(outputs="reference", tools="all")
    with pytest.raises(InputError, match=r"tools: Input should be 'read', 'all' or 'none'"):
        start(tools="some")
    # What a run does not call need not be there.
    project.await_run(
        project.client.post("/runs", {"release": "shop", "dataset": "questions", "tools": "none"})["id"]
    )


def test_a_failure_after_a_tool_has_acted_is_not_tried_again(
    project: Project, opened: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_shop(project, opened.url)
    push_questions(project, "Please refund 8")

    def fails_later(messages: Sequence[Message]) -> str | Message:
        said = clerk(messages)
        if isinstance(said, Message):
            project.live.provider.fail("500")
        return said

    monkeypatch.setattr(project.live.provider, "_answer", fails_later)
    run = project.evaluate("shop", "questions", evaluators=["latency_s"], tools="all")
    assert opened.called == [("refund", 8)]
    assert run["failed_items"] == 1
    (sample,) = project.client.pages(f"/runs/{run['id']}/samples")
    assert "answered 500" in sample["error"]
    assert sample["error"].endswith("It is not tried again, for a tool that changes something was called before.")


@pytest.mark.slow
def test_a_run_with_tools_that_was_stopped_goes_on_without_asking_again(
    live: LiveServer, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []
    hold = threading.Event()

    def holding(messages: Sequence[Message]) -> str | Message:
        question = next(message.content for message in messages if message.role == "user")
        asked_for.append(question)
        if len(asked_for) > 12:
            hold.wait(10)
        return clerk(messages)

    with shop() as made:
        monkeypatch.setattr(live.provider, "_answer", holding)
        allow(live, monkeypatch, made.url)
        push_shop(project, made.url)
        push_questions(project, *(f"Where is {number}?" for number in range(100, 112)))
        body = {"release": "shop", "dataset": "questions", "evaluators": ["latency_s"], "concurrency": 2}
        run_id = project.client.post("/runs", body)["id"]
        while len(asked_for) <= 12:
            hold.wait(0.02)
        threading.Timer(0.3, hold.set).start()
        monkeypatch.setenv("WINDLASS_TARGET_URLS", made.url.replace("/{tool}", ""))
        live.restart_alone()
        live.services._await_recovery()
        again = Project(live, project.name)
        run = again.await_run(run_id)
        again.close()
    assert (run["state"], run["finished_items"], run["failed_items"]) == ("finished", 12, 0)
    # Each question takes two calls, and the two that were in flight when the server went may be asked once more.
    assert 0 <= len(asked_for) - 2 * 12 <= 4


def test_who_calls_no_tools_says_so(project: Project, opened: Shop) -> None:
    push_tools(project, opened.url)
    project.client.post("/artifacts/model/baseline", {"body": {"model": "local:extractive"}})
    project.push_release("shop", tools=["tool/find"])
    release = project.client.get("/artifacts/release/shop/versions/latest")["body"]
    project.client.post("/artifacts/release/shop", {"body": {**release, "model": "model/baseline"}})
    answered = project.ask("shop@latest", "Where is 7?")
    assert answered.status_code == 422
    assert "quotes sentences and calls none: name a real model" in answered.json()["error"]["message"]


def test_a_step_of_a_cascade_that_may_be_passed_over_binds_no_tool_that_changes_something(
    project: Project, opened: Shop
) -> None:
    push_shop(project, opened.url)
    step = {"confidence": "token_probability", "escalate_below": 0.9}
    steps: list[dict[str, object]] = [{"release": "release/shop", **step}, {"release": "release/shop"}]
    project.client.post("/artifacts/release/both", {"body": {"cascade": {"steps": steps}}})
    answered = project.ask("both@latest", "Where is 7?")
    assert answered.status_code == 422
    assert "after that called refund, whose effect is write" in answered.json()["error"]["message"]
    project.push_release("looks", "You work in a shop.", tools=["tool/find"])
    steps[0] = {**steps[0], "release": "release/looks"}
    project.client.post("/artifacts/release/both", {"body": {"cascade": {"steps": steps}}})
    assert project.ask("both@latest", "Please refund 7").status_code == 200
    assert opened.called == [("refund", 7)]
