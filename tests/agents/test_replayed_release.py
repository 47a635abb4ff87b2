"""A release in the worlds that its own production traces recorded."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.agents.shop import Shop, allow, clerk, push_shop, push_tools, shop
from tests.live import LiveServer, Project
from windlass.errors import InputError
from windlass.models.completion import Message
from windlass.models.scripted import asking


@pytest.fixture
def recorded(live: LiveServer, project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose release answered in production, in a dataset of recordings; no tool can be called any more."""
    monkeypatch.setattr(live.provider, "_answer", clerk)
    with shop() as made:
        allow(live, monkeypatch, made.url)
        push_shop(project, made.url)
        said = [{"role": "user", "content": "Hello, find -1."}, {"role": "assistant", "content": "There is none."}]
        with project.http() as http:
            for asked in ([{"role": "user", "content": "Where are 7 and 8?"}], [*said, _user("Where is -2?")]):
                answered = http.post("/v1/chat/completions", json={"model": "shop@latest", "messages": asked})
                assert answered.status_code == 200
        live.services.settle()
        project.client.post("/datasets/seen/from-traces", {"recording": True})
        made.called.clear()
        allow(live, monkeypatch, "")
        live.services.assistants._loaded.clear()
        yield made


def _user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def replay(project: Project, release: str = "shop", policy: str = "stop", **note: object) -> dict[str, Any]:
    body = {"replay": {"policy": policy, **note}, "evaluators": ["latency_s"]}
    return project.evaluate(release, "seen", **body)


def samples_of(project: Project, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the samples by what was asked."""
    return {sample["input"]: sample for sample in project.client.pages(f"/runs/{run['id']}/samples")}


@pytest.mark.slow
def test_what_was_said_and_called_in_production_is_recorded_whole(project: Project, recorded: Shop) -> None:
    items = {item["input"]: item["metadata"] for item in project.client.pages("/datasets/seen/items")}
    world = items["Where are 7 and 8?"]["recording"]
    assert [(call["tool_input"], call["tool_output"]) for call in world["calls"]] == [
        ({"order": 7}, {"city": "Ulm 7"}),
        ({"order": 8}, {"city": "Ulm 8"}),
    ]
    assert [tool["name"] for tool in world["tools"]] == ["find", "refund"]
    later = items["Where is -2?"]["recording"]
    assert [said["content"] for said in later["history"]] == ["Hello, find -1.", "There is none."]
    assert (later["inputs"], later["calls"][0]["failed"]) == (["Where is -2?"], True)


def test_a_release_that_calls_as_it_did_follows_its_record_to_the_end_and_no_tool_is_called(
    project: Project, recorded: Shop
) -> None:
    run = replay(project)
    assert (run["state"], run["failed_items"], run["metrics"]["replay_match"]["mean"]) == ("finished", 0, 1.0)
    samples = samples_of(project, run)
    assert samples["Where are 7 and 8?"]["output"] == 'I know: {"city": "Ulm 7"}; {"city": "Ulm 8"}'
    failed = samples["Where is -2?"]
    # What a tool said when it failed is told once more as it was told.
    assert failed["output"].startswith("I know: Error: The tool find at ")
    assert [(call["source"], call["outcome"]) for call in failed["replay"]["calls"]] == [("recorded", "failed")]
    assert {sample["replay"]["unused"] for sample in samples.values()} == {0}
    assert recorded.called == []
    spans = project.client.get(f"/traces/{failed['trace_id']}")["spans"]
    assert [span["name"] for span in spans if span["operation"] == "execute_tool"] == ["execute_tool find"]
    sent = [
        call.messages
        for call in project.live.provider.calls
        if any(message.content == "Where is -2?" for message in call.messages)
    ]
    assert [message.content for message in sent[-1]][1:4] == ["Hello, find -1.", "There is none.", "Where is -2?"]


def test_a_candidate_that_calls_something_else_ends_where_its_record_does(
    project: Project, recorded: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project.live.provider, "_answer", eager)
    run = replay(project)
    assert run["metrics"]["replay_match"]["mean"] == 0.0
    assert run["metrics"]["latency_s"]["missing_why"] == {"diverged": 2}
    sample = samples_of(project, run)["Where are 7 and 8?"]
    left = sample["replay"]["divergence"]
    assert (left["index"], left["expected"]["arguments"], left["actual"]) == (
        2,
        {"order": 8},
        {"tool": "refund", "arguments": {"order": 7}},
    )
    assert (sample["output"], sample["replay"]["stopped"], sample["error"]) == ("", True, None)
    assert [call["source"] for call in sample["replay"]["calls"]] == ["recorded", "none"]
    assert recorded.called == []


def eager(messages: Sequence[Message]) -> str | Message:
    """Look the first order up, and refund it in the same breath."""
    said = clerk(messages)
    if isinstance(said, str):
        return said
    first = said.requests[0].arguments
    return asking(("find", first), ("refund", first))


@pytest.mark.slow
def test_a_model_simulates_what_the_record_does_not_have(
    project: Project, recorded: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project.live.provider, "_answer", simulated)
    run = replay(project, policy="simulate", simulator="openai:simulator")
    sample = samples_of(project, run)["Where are 7 and 8?"]
    assert sample["output"] == 'I know: {"city": "Ulm 7"}; It is refunded, in a way.'
    assert [call["source"] for call in sample["replay"]["calls"]] == ["recorded", "simulated"]
    assert recorded.called == []


def simulated(messages: Sequence[Message]) -> str | Message:
    offered = any(message.role == "system" and "shop" in message.content for message in messages)
    return eager(messages) if offered else '{"result": "It is refunded, in a way."}'


@pytest.mark.slow
def test_only_tools_that_change_nothing_are_called_live_and_only_those_that_are_named(
    live: LiveServer, project: Project, recorded: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def more(messages: Sequence[Message]) -> str | Message:
        said = clerk(messages)
        return asking(("find", {"order": 100})) if isinstance(said, Message) else said

    monkeypatch.setattr(live.provider, "_answer", more)
    allow(live, monkeypatch, recorded.url)
    live.services.assistants._loaded.clear()
    run = replay(project, policy="live", live=["find"])
    sample = samples_of(project, run)["Where are 7 and 8?"]
    assert sample["output"] == 'I know: {"city": "Ulm 100"}'
    assert [call["source"] for call in sample["replay"]["calls"]] == ["live"]
    assert recorded.called == [("find", 100)] * 2
    monkeypatch.setattr(live.provider, "_answer", eager)
    run = replay(project, policy="live", live=["find"])
    assert samples_of(project, run)["Where are 7 and 8?"]["replay"]["stopped"]
    assert recorded.called == [("find", 100)] * 2


@pytest.mark.slow
def test_defaults_of_a_tools_schema_and_rejected_calls_are_no_divergence(
    project: Project, recorded: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = {
        "type": "object",
        "properties": {"order": {"type": "integer"}, "details": {"type": "boolean", "default": False}},
        "additionalProperties": False,
    }
    push_tools(project, recorded.url, parameters=schema)
    project.push_release("shop", "You work in a shop.", tools=["tool/find", "tool/refund"])

    def clumsy(messages: Sequence[Message]) -> str | Message:
        """Get the arguments wrong at first."""
        said = clerk(messages)
        if isinstance(said, Message):
            return asking(("find", {"orders": 7}))
        if sum(message.role == "tool" for message in messages) > 1:
            return "Found."
        first = clerk(messages[:2] if len(messages) < 6 else messages[:4])
        assert isinstance(first, Message)
        return asking(*((each.name, {**json.loads(each.arguments), "details": False}) for each in first.requests))

    monkeypatch.setattr(project.live.provider, "_answer", clumsy)
    run = replay(project)
    assert run["metrics"]["replay_match"]["mean"] == 1.0
    sample = samples_of(project, run)["Where are 7 and 8?"]
    assert (sample["output"], sample["replay"]["unused"]) == ("Found.", 0)


def push_cascade(project: Project, escalate_below: float) -> None:
    """Push a cascade that looks first, and asks the whole shop where the first step is not sure."""
    telling = {"model": "openai:scripted", "parameters": {"logprobs": True}}
    project.client.post("/artifacts/model/telling", {"body": telling})
    project.push_release("looks", "You look things up.", tools=["tool/find"], model="model/telling")
    steps = [
        {"release": "release/looks", "confidence": "token_probability", "escalate_below": escalate_below},
        {"release": "release/shop"},
    ]
    project.client.post("/artifacts/release/both", {"body": {"cascade": {"steps": steps}}})


def test_each_step_of_a_cascade_finds_the_recorded_world_as_it_was_before_the_question(
    project: Project, recorded: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_cascade(project, escalate_below=0.95)
    run = replay(project, "both")
    assert (run["state"], run["failed_items"], run["metrics"]["replay_match"]["mean"]) == ("finished", 0, 1.0)
    sample = samples_of(project, run)["Where are 7 and 8?"]
    assert sample["output"] == 'I know: {"city": "Ulm 7"}; {"city": "Ulm 8"}'
    assert [call["arguments"]["order"] for call in sample["replay"]["calls"]] == [7, 8, 7, 8]
    assert {call["source"] for call in sample["replay"]["calls"]} == {"recorded"}
    assert sample["replay"]["unused"] == 0

    push_cascade(project, escalate_below=0.5)
    kept = samples_of(project, replay(project, "both"))["Where are 7 and 8?"]
    assert (len(kept["replay"]["calls"]), kept["output"]) == (2, sample["output"])

    def only_the_last_errs(messages: Sequence[Message]) -> str | Message:
        return clerk(messages) if messages[0].content == "You look things up." else eager(messages)

    push_cascade(project, escalate_below=0.95)
    monkeypatch.setattr(project.live.provider, "_answer", only_the_last_errs)
    left = samples_of(project, replay(project, "both"))["Where are 7 and 8?"]["replay"]
    assert (left["stopped"], left["divergence"]["index"], left["divergence"]["actual"]["tool"]) == (
        True,
        4,
        "refund",
    )
    assert recorded.called == []


def test_what_cannot_be_replayed_says_so(project: Project, recorded: Shop) -> None:
    with pytest.raises(InputError, match="The effect of refund is write: a replay never calls it live"):
        replay(project, policy="live", live=["find", "refund"])
    with pytest.raises(InputError, match="has no tool 'lose'; its tools are find, refund"):
        replay(project, policy="live", live=["lose"])
    project.push_release("bare", "You work in a shop.")
    with pytest.raises(InputError, match="release/bare binds no tools that a record could answer"):
        replay(project, "bare")
    with pytest.raises(InputError, match="A replay answers tools from the record"):
        project.evaluate("shop", "seen", replay={"policy": "stop"}, tools="read")
    with pytest.raises(InputError, match="Recorded outputs call no tools"):
        project.evaluate("shop", "seen", replay={"policy": "stop"}, outputs="reference")
    project.push_sums(items=1)
    with pytest.raises(InputError, match="'i000' has no recording to replay"):
        project.evaluate("shop", "sums", replay={"policy": "stop"})
