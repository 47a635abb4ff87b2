"""A release that is a cascade: who answers, what it takes, and the spans that say so."""

import asyncio
import json
from typing import Any

import pytest

from tests.live import CAREFUL, CARELESS, Project
from windlass.agents.cascade import CascadeAssistant
from windlass.agents.turns import Answer
from windlass.errors import InputError, ProviderError
from windlass.models.completion import Confidence

SURE = "What is 2 + 4?"
UNSURE = "What is 3 + 4?"
"""The careless one adds odd numbers wrongly, and is not sure of it."""


@pytest.fixture
def cascade(project: Project) -> CascadeAssistant:
    """A careless release before a careful one."""
    return load(project, push_cascade(project))


def push_cascade(project: Project, name: str = "both", **first: object) -> str:
    project.push_release("careless", CARELESS)
    project.push_release("careful", CAREFUL)
    project.client.post(
        "/artifacts/model/telling", {"body": {"model": "openai:scripted", "parameters": {"logprobs": True}}}
    )
    careless = {"prompts": {"answer": "prompt/careless"}, "model": "model/telling"}
    project.client.post("/artifacts/release/careless", {"body": careless})
    step = {"release": "release/careless", "confidence": "token_probability", "escalate_below": 0.6, **first}
    body = {"cascade": {"steps": [step, {"release": "release/careful"}]}}
    project.client.post(f"/artifacts/release/{name}", {"body": body})
    return name


def load(project: Project, name: str) -> CascadeAssistant:
    services = project.live.services
    version = services.environments.resolve(project.name, f"release/{name}@latest")
    loaded = services.assistants.load(project.name, version, services.recorder.tracer(project.name))
    assert isinstance(loaded, CascadeAssistant)
    return loaded


def answer(cascade: CascadeAssistant, question: str, **more: Any) -> Answer:
    return asyncio.run(cascade.answer(question, **more))


async def pieces_of(cascade: CascadeAssistant, question: str) -> list[str | Answer]:
    return [piece async for piece in cascade.stream(question)]


def spans_of(project: Project, trace_id: str) -> list[dict[str, Any]]:
    project.live.services.settle()
    spans: list[dict[str, Any]] = project.client.get(f"/traces/{trace_id}")["spans"]
    return spans


def test_a_sure_answer_of_the_cheap_one_is_kept(cascade: CascadeAssistant, project: Project) -> None:
    given = answer(cascade, SURE, attributes={"windlass.environment": "staging"})
    assert (given.text, given.confidence) == ("6", Confidence("token_probability", 0.9))
    root, careless, chat = spans_of(project, given.trace_id)
    assert [span["name"] for span in (root, careless, chat)] == [
        "invoke_agent both",
        "invoke_agent careless",
        "chat scripted",
    ]
    assert careless["parent_span_id"] == root["span_id"]
    assert (root["release"], root["release_name"]) == (cascade.digest, "both")
    assert (careless["release_name"], careless["environment"]) == ("careless", "staging")
    assert json.loads(root["output"])[0]["parts"][0]["content"] == "6"
    assert root["attributes"]["windlass.cascade.step"] == 1
    assert (root["attributes"]["windlass.confidence"], chat["attributes"]["windlass.confidence"]) == (0.9, 0.9)
    assert careless["attributes"]["windlass.cascade.escalate_below"] == 0.6


def test_an_unsure_answer_escalates_and_both_are_paid_for(cascade: CascadeAssistant, project: Project) -> None:
    given = answer(cascade, UNSURE)
    assert given.text == "7"
    root, *below = spans_of(project, given.trace_id)
    assert [span["name"] for span in below] == [
        "invoke_agent careless",
        "chat scripted",
        "invoke_agent careful",
        "chat scripted",
    ]
    assert {span["parent_span_id"] for span in below if span["operation"] == "invoke_agent"} == {root["span_id"]}
    assert root["attributes"]["windlass.cascade.step"] == 2
    chats = [span for span in below if span["operation"] == "chat"]
    assert chats[0]["attributes"]["windlass.confidence"] == 0.4
    assert given.usage.input_tokens == sum(span["input_tokens"] for span in chats)
    assert given.usage.output_tokens == 2
    # The price of a server of one's own is not known, of neither.
    assert given.cost_usd is None


def test_what_the_cheap_one_says_is_held_until_it_is_decided(cascade: CascadeAssistant) -> None:
    *pieces, whole = asyncio.run(pieces_of(cascade, UNSURE))
    assert (pieces, isinstance(whole, Answer) and whole.text) == (["7"], "7")
    *pieces, whole = asyncio.run(pieces_of(cascade, SURE))
    assert (pieces, isinstance(whole, Answer) and whole.text) == (["6"], "6")


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_cheap_one_that_fails_escalates(cascade: CascadeAssistant, project: Project, streamed: bool) -> None:
    project.live.provider.fail("500")
    given = asyncio.run(pieces_of(cascade, SURE))[-1] if streamed else answer(cascade, SURE)
    assert isinstance(given, Answer)
    assert given.text == "6"
    root, careless, *_ = spans_of(project, given.trace_id)
    assert (root["status"], careless["status"]) == ("unset", "error")


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_where_the_last_one_fails_so_does_the_cascade(
    cascade: CascadeAssistant, project: Project, streamed: bool
) -> None:
    project.live.provider.fail(None, "429")
    with pytest.raises(ProviderError, match="429"):
        asyncio.run(pieces_of(cascade, UNSURE)) if streamed else answer(cascade, UNSURE)
    project.live.services.settle()
    (trace,) = project.client.get("/traces")["items"]
    assert spans_of(project, trace["trace_id"])[0]["status"] == "error"


def test_a_confidence_of_another_measure_decides_nothing(project: Project) -> None:
    cascade = load(project, push_cascade(project, "other", confidence="likeness", escalate_below=-1.0))
    assert answer(cascade, UNSURE).text == "7"


def test_what_a_kept_answer_is_expected_to_be_worth_stands_on_its_span(project: Project) -> None:
    cascade = load(project, push_cascade(project, calibration=[[0.0, 0.2], [0.8, 0.95]]))
    root = spans_of(project, answer(cascade, SURE).trace_id)[0]
    assert root["attributes"]["windlass.cascade.expected"] == 0.95


def test_a_cascade_of_cascades_is_refused_with_what_to_do(project: Project) -> None:
    push_cascade(project)
    steps = [
        {"release": "release/careless", "confidence": "token_probability", "escalate_below": 0.5},
        {"release": "release/both"},
    ]
    project.client.post("/artifacts/release/outer", {"body": {"cascade": {"steps": steps}}})
    with pytest.raises(
        InputError, match="a step that is a cascade itself, release/both: put its steps in its place"
    ):
        load(project, "outer")


def test_lineage_leads_from_a_cascade_to_its_releases_and_back(project: Project) -> None:
    push_cascade(project)
    both = project.client.get("/artifacts/release/both/versions/latest")
    roles = [(link["role"], link["kind"], link["name"]) for link in both["references"]]
    assert roles == [("cascade.1", "release", "careless"), ("cascade.2", "release", "careful")]
    careful = project.client.get("/artifacts/release/careful/versions/latest")
    assert [(link["role"], link["name"]) for link in careful["referenced_by"]] == [("cascade.2", "both")]


def test_a_cascade_is_evaluated_and_served_like_any_release(project: Project) -> None:
    push_cascade(project)
    project.push_sums(items=6)
    run = project.evaluate("both", evaluators=["exact_match", "output_tokens"])
    assert (run["state"], run["metrics"]["exact_match"]["mean"]) == ("finished", 1.0)
    # Every other item escalates, and takes two answers.
    assert run["metrics"]["output_tokens"]["mean"] == 1.5
    assert run["calls"]["answered"] == 9
    promoted = {"release": "both@latest", "expected": None, "reason": "the first"}
    project.client.post("/environments/production/promote", promoted)
    served = project.ask("both@production", UNSURE).json()
    assert served["choices"][0]["message"]["content"] == "7"
    assert served["usage"]["completion_tokens"] == 2
    streamed = {"model": "both@production", "stream": True, "messages": [{"role": "user", "content": UNSURE}]}
    with project.http() as http:
        events = http.post("/v1/chat/completions", json=streamed).text
    # Nothing of the answer that was passed over, which is 8.
    assert ('"content": "7"' in events, '"content": "8"' in events) == (True, False)
    assert events.endswith("data: [DONE]\n\n")
