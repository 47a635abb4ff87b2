import logging
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace as otel
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import windlass
from windlass.errors import InputError, NotFound, Unavailable
from windlass.sdk import prompts

DIGEST = "sha256:" + "a" * 64


def version(number: int, text: str) -> dict[str, object]:
    return {
        "number": number,
        "digest": DIGEST,
        "body": {
            "messages": [{"role": "system", "template": "Be brief."}, {"role": "user", "template": text}],
            "input": {"question": {"type": "string"}},
            "model": "openai:gpt-5-mini",
            "parameters": {"temperature": 0},
        },
    }


@pytest.fixture(autouse=True)
def _connected(server: Any, finished: object) -> Iterator[None]:
    server.prompts["answer/latest"] = version(3, "Q: {{ question }}")
    windlass.init(server.url)
    yield
    windlass.shutdown()


def test_a_prompt_is_filled_in_as_the_openai_client_takes_it() -> None:
    prompt = windlass.prompt("answer")
    assert repr(prompt) == f"Prompt(name='answer', number=3, digest='{DIGEST}')"
    assert (prompt.model, prompt.parameters) == ("openai:gpt-5-mini", {"temperature": 0})
    assert prompt.messages(question="why?") == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Q: why?"},
    ]
    assert prompt.text(question="why?") == "Be brief.\n\nQ: why?"
    with pytest.raises(InputError, match="The prompt needs a value for 'question'"):
        prompt.messages()


def test_the_version_is_noted_on_the_current_span(finished: InMemorySpanExporter) -> None:
    with otel.get_tracer("a test").start_as_current_span("asking"):
        windlass.prompt("answer").messages(question="why?")
    [span] = finished.get_finished_spans()
    assert span.attributes == {
        "gen_ai.prompt.name": "answer",
        "gen_ai.prompt.version": "3",
        "windlass.prompt": DIGEST,
    }


def test_label_number_and_digest_each_pick_a_version(server: Any) -> None:
    server.prompts |= {
        "answer/production": version(1, "one"),
        "answer/2": version(2, "two"),
        f"answer/{DIGEST}": version(4, "four"),
    }
    assert windlass.prompt("answer", label="production").number == 1
    assert windlass.prompt("answer", version=2).number == 2
    assert windlass.prompt("answer", version=DIGEST).number == 4
    assert server.asked == ["answer/production", "answer/2", f"answer/{DIGEST}"]


def test_a_label_is_asked_for_again_only_when_it_is_no_longer_fresh(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert windlass.prompt("answer").number == 3
    server.prompts["answer/latest"] = version(4, "new")
    assert windlass.prompt("answer").number == 3
    monkeypatch.setattr(prompts, "FRESH_S", 0.0)
    assert windlass.prompt("answer").number == 4
    assert server.asked == ["answer/latest"] * 2


def test_a_number_is_never_asked_for_again(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.prompts["answer/2"] = version(2, "two")
    monkeypatch.setattr(prompts, "FRESH_S", 0.0)
    assert windlass.prompt("answer", version=2) is windlass.prompt("answer", version=2)
    assert server.asked == ["answer/2"]


def test_while_the_server_is_away_the_version_last_seen_is_used(
    server: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    windlass.prompt("answer")
    monkeypatch.setattr(prompts, "FRESH_S", 0.0)
    server.status = 503
    with caplog.at_level(logging.WARNING, "windlass"):
        assert windlass.prompt("answer").number == 3
    assert "prompt answer@latest: using version 3, last seen before: answer/latest: 503" in caplog.text
    server.status = 200
    server.prompts["answer/latest"] = version(4, "new")
    assert windlass.prompt("answer").number == 4


def test_a_server_that_went_away_is_not_asked_at_every_call(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    windlass.prompt("answer")
    monkeypatch.setattr(prompts, "FRESH_S", 0.0)
    server.status = 503
    windlass.prompt("answer")
    monkeypatch.undo()
    asked = len(server.asked)
    assert windlass.prompt("answer").number == 3
    assert len(server.asked) == asked


def test_a_prompt_never_seen_needs_the_server(server: Any) -> None:
    server.status = 503
    with pytest.raises(Unavailable):
        windlass.prompt("answer")
    windlass.init("http://127.0.0.1:9")
    with pytest.raises(Unavailable, match=r"No windlass answers at http://127\.0\.0\.1:9 .*: start one with"):
        windlass.prompt("answer")


def test_a_prompt_that_is_not_there_is_not_found_even_if_it_was_before(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    windlass.prompt("answer")
    monkeypatch.setattr(prompts, "FRESH_S", 0.0)
    del server.prompts["answer/latest"]
    with pytest.raises(NotFound, match="answer/latest: 404"):
        windlass.prompt("answer")


def test_prompts_of_two_servers_are_kept_apart(server: Any) -> None:
    assert windlass.prompt("answer").number == 3
    server.prompts["answer/latest"] = version(9, "of the other")
    windlass.init(server.url.replace("127.0.0.1", "localhost"))
    assert windlass.prompt("answer").number == 9
