"""A release that answers, and the spans that say how."""

import asyncio
import json
from typing import Any

import pytest

from tests.live import CAREFUL, Project
from windlass.agents.assistant import Assistant, format_passages
from windlass.agents.turns import Answer
from windlass.errors import InputError, ProviderError
from windlass.models.completion import Message
from windlass.retrieval.index import Hit

DOCUMENTS = [
    {"name": "sums.md", "text": "# Sums\n\n## Small ones\n\nTwo and two is four.\n\n## Large ones\n\nAsk a clerk."}
]


@pytest.fixture
def assistant(project: Project) -> Assistant:
    """A release with an index, which asks the scripted model."""
    project.client.post("/indexes/book", {"documents": DOCUMENTS})
    template = [
        {"role": "system", "template": CAREFUL},
        {"role": "user", "template": "<context>{{ context }}</context>\n{{ question }}"},
    ]
    prompt = {
        "messages": template,
        "input": {"question": {"type": "string"}, "context": {"type": "string"}},
        "parameters": {"temperature": 0.5, "max_tokens": 50},
    }
    project.client.post("/artifacts/prompt/adder", {"body": prompt})
    project.client.post(
        "/artifacts/model/scripted", {"body": {"model": "openai:scripted", "parameters": {"temperature": 0}}}
    )
    release = {
        "prompts": {"answer": "prompt/adder"},
        "model": "model/scripted",
        "index": "index/book",
        "retrieval": {"k": 1, "mode": "hybrid"},
    }
    project.client.post("/artifacts/release/adder", {"body": release})
    services = project.live.services
    version = services.environments.resolve(project.name, "release/adder@latest")
    loaded = services.assistants.load(project.name, version, services.recorder.tracer(project.name))
    assert isinstance(loaded, Assistant)
    return loaded


def answer(assistant: Assistant, question: str = "What is 3 + 4?", **more: Any) -> Answer:
    return asyncio.run(assistant.answer(question, **more))


async def pieces_of(assistant: Assistant, question: str) -> list[str | Answer]:
    return [piece async for piece in assistant.stream(question)]


def spans_of(project: Project, trace_id: str) -> list[dict[str, Any]]:
    """Return a trace's spans with what the warehouse keeps in columns put back among the attributes."""
    project.live.services.settle()
    spans: list[dict[str, Any]] = project.client.get(f"/traces/{trace_id}")["spans"]
    return spans


def only_trace(project: Project) -> list[dict[str, Any]]:
    project.live.services.settle()
    (trace,) = project.client.get("/traces")["items"]
    return spans_of(project, trace["trace_id"])


def test_an_answer_comes_with_its_passages_usage_and_cost(assistant: Assistant) -> None:
    given = answer(assistant)
    assert (given.text, given.finish_reason, given.model) == ("7", "stop", "scripted")
    assert [(hit.document, hit.rank) for hit in given.contexts] == [("sums.md", 1)]
    assert given.usage.output_tokens == 1
    # An OpenAI-compatible server of one's own has no list price.
    assert given.cost_usd is None
    assert given.latency_s > 0


def test_an_answer_is_a_trace_of_agent_retrieval_and_chat(assistant: Assistant, project: Project) -> None:
    given = answer(assistant, attributes={"windlass.environment": "staging", "user.id": "ada"})
    agent, retrieval, chat = spans_of(project, given.trace_id)
    assert [(span["name"], span["operation"]) for span in (agent, retrieval, chat)] == [
        ("invoke_agent adder", "invoke_agent"),
        ("retrieval book", "retrieval"),
        ("chat scripted", "chat"),
    ]
    assert agent["parent_span_id"] is None
    assert retrieval["parent_span_id"] == chat["parent_span_id"] == agent["span_id"]
    assert (agent["agent"], agent["release"], agent["release_name"]) == ("adder", assistant.digest, "adder")
    assert (agent["environment"], agent["user"]) == ("staging", "ada")
    assert json.loads(agent["input"])[0]["parts"] == [{"type": "text", "content": "What is 3 + 4?"}]
    assert json.loads(agent["output"])[0]["parts"] == [{"type": "text", "content": "7"}]
    assert "What is 3 + 4?" in json.dumps(retrieval)
    assert "Two and two is four." in json.dumps(retrieval) or "Ask a clerk." in json.dumps(retrieval)
    assert (chat["kind"], chat["provider"], chat["request_model"], chat["response_model"]) == (
        "client",
        "openai_compatible",
        "scripted",
        "scripted",
    )
    assert (chat["input_tokens"], chat["output_tokens"]) == (given.usage.input_tokens, 1)
    # The model's parameters win over the prompt's.
    assert chat["attributes"]["gen_ai.request.temperature"] == 0
    assert chat["attributes"]["gen_ai.request.max_tokens"] == 50
    assert chat["finish_reasons"] == ["stop"]
    assert CAREFUL in chat["system_instructions"]
    assert CAREFUL not in chat["input"]


def test_a_stream_is_the_answer_in_pieces_and_the_same_trace(assistant: Assistant, project: Project) -> None:
    *pieces, whole = asyncio.run(pieces_of(assistant, "say a b c"))
    assert isinstance(whole, Answer)
    assert len(pieces) > 1
    assert "".join(str(piece) for piece in pieces) == whole.text
    agent, _, chat = spans_of(project, whole.trace_id)
    assert json.loads(agent["output"])[0]["parts"][0]["content"] == whole.text
    assert chat["time_to_first_token_s"] > 0
    assert chat["output_tokens"] == whole.usage.output_tokens


def test_what_was_said_before_stands_between_instructions_and_question(
    assistant: Assistant, project: Project
) -> None:
    answer(assistant, history=[Message("user", "I am Ada."), Message("assistant", "Hello.")])
    sent = project.live.provider.calls[-1].messages
    assert [message.role for message in sent] == ["system", "user", "assistant", "user"]
    assert [message.content for message in sent[1:3]] == ["I am Ada.", "Hello."]
    assert sent[3].content.endswith("What is 3 + 4?")


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_failing_model_marks_its_span_and_the_agents(
    assistant: Assistant, project: Project, streamed: bool
) -> None:
    project.live.provider.fail("429")
    with pytest.raises(ProviderError, match="answered 429 Too Many Requests"):
        asyncio.run(pieces_of(assistant, "1 + 1")) if streamed else answer(assistant)
    agent, retrieval, chat = only_trace(project)
    assert (agent["status"], retrieval["status"], chat["status"]) == ("error", "unset", "error")
    assert chat["attributes"]["error.type"] == agent["attributes"]["error.type"] == "ProviderFailure"
    assert "429" in chat["status_message"]
    assert agent["output"] == ""


def test_a_reader_who_leaves_ends_the_spans(assistant: Assistant, project: Project) -> None:
    async def leave() -> None:
        stream = assistant.stream("say a b c d e")
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]

    asyncio.run(leave())
    assert len(only_trace(project)) == 3


@pytest.mark.parametrize("question", ["", " \n\t"])
def test_an_empty_question_is_refused_before_anything_is_traced(
    assistant: Assistant, project: Project, question: str
) -> None:
    with pytest.raises(InputError, match="The question is empty"):
        answer(assistant, question)
    with pytest.raises(InputError, match="The question is empty"):
        asyncio.run(pieces_of(assistant, question))
    project.live.services.settle()
    assert project.client.get("/traces")["items"] == []


def test_a_prompt_with_a_variable_that_nobody_fills_in_is_one_sentence(project: Project) -> None:
    prompt = {"messages": [{"role": "user", "template": "{{ tone }} {{ question }}"}]}
    project.client.post("/artifacts/prompt/p", {"body": {**prompt, "input": {"question": {}, "tone": {}}}})
    project.client.post("/artifacts/model/scripted", {"body": {"model": "openai:scripted"}})
    project.client.post(
        "/artifacts/release/r", {"body": {"prompts": {"answer": "prompt/p"}, "model": "model/scripted"}}
    )
    answered = project.ask("r@latest", "1 + 1")
    assert (answered.status_code, answered.json()["error"]["message"]) == (
        422,
        "The prompt needs a value for 'tone'.",
    )


def test_passages_stand_under_their_page_and_section() -> None:
    hits = [Hit("c1", "a.md", "One", "First.", 1.0, 1), Hit("c2", "b.md", "", "Second.", 0.5, 2)]
    assert format_passages(hits) == "[a.md — One]\nFirst.\n\n[b.md — ]\nSecond."
