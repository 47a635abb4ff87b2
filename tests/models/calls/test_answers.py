"""Answers that are given again: to the same call, and to no other."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from windlass.errors import ProviderError
from windlass.models.calls.answers import AskedModel, asked_again
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import ChatModel, Message, OutputSchema, Picture
from windlass.models.providers import open_model
from windlass.models.scripted import ScriptedServer

HELLO = [Message("user", "Hello")]
ASKED = AskedModel("openai", "gpt-5", "https://api.openai.com/v1")


class Memory:
    """Kept answers in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def find(self, key: str) -> str | None:
        return self.kept.get(key)

    def keep(self, key: str, answer: str) -> None:
        self.kept[key] = answer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda messages: "a b c") as scripted:
        yield scripted


def opened(server: ScriptedServer, calls: RunCalls) -> ChatModel:
    return calls.govern(
        open_model("openai:scripted", base_url=server.url), provider="openai", name="scripted", address=server.url
    )


def test_the_same_call_is_answered_once_and_costs_nothing_again(server: ScriptedServer) -> None:
    memory = Memory()
    first, second = RunCalls(answers=memory), RunCalls(answers=memory)
    asked = asyncio.run(opened(server, first).complete(HELLO, {"temperature": 0}))
    again = asyncio.run(opened(server, second).complete(HELLO, {"temperature": 0}))
    assert len(server.calls) == 1
    assert (asked.cached, asked.attempts, asked.cost) == (False, 1, None)
    assert again == replace(asked, cached=True, attempts=0, cost=0.0, held_s=0.0)
    assert (first.counts.answered, first.counts.cached, first.counts.unpriced) == (1, 0, 1)
    assert (first.counts.input_tokens, first.counts.output_tokens) == (1, 3)
    assert (second.counts.answered, second.counts.cached, second.counts.input_tokens) == (0, 1, 0)


def test_what_failed_is_not_kept(server: ScriptedServer) -> None:
    memory = Memory()
    server.fail("500")
    with pytest.raises(ProviderError):
        asyncio.run(opened(server, RunCalls(answers=memory)).complete(HELLO, {}))
    assert memory.kept == {}


def test_a_run_that_asks_for_no_cache_asks_its_model(server: ScriptedServer) -> None:
    model = opened(server, RunCalls())
    asyncio.run(model.complete(HELLO, {}))
    asyncio.run(model.complete(HELLO, {}))
    assert len(server.calls) == 2


def test_whatever_an_answer_depends_on_is_in_its_key() -> None:
    schema = OutputSchema("verdict", {"type": "object"})
    keys = {
        ASKED.key(HELLO, {}, None),
        replace(ASKED, provider="openai_compatible").key(HELLO, {}, None),
        replace(ASKED, name="gpt-5-mini").key(HELLO, {}, None),
        replace(ASKED, address="http://127.0.0.1:11434/v1").key(HELLO, {}, None),
        ASKED.key([Message("system", "Hello")], {}, None),
        ASKED.key([*HELLO, Message("user", "")], {}, None),
        ASKED.key(HELLO, {"temperature": 0}, None),
        ASKED.key(HELLO, {"temperature": 1}, None),
        ASKED.key(HELLO, {}, schema),
        ASKED.key(HELLO, {}, replace(schema, name="grade")),
    }
    assert len(keys) == 10
    assert ASKED.key(HELLO, {"seed": 1, "top_p": 1}, None) == ASKED.key(HELLO, {"top_p": 1, "seed": 1}, None)


def test_repeats_and_attempts_are_answers_of_their_own() -> None:
    keys = {ASKED.key(HELLO, {}, None)}
    with asked_again("repeat", 0):
        assert ASKED.key(HELLO, {}, None) in keys
    for kind in ("repeat", "attempt"):
        for before in (1, 2):
            with asked_again(kind, before):
                keys.add(ASKED.key(HELLO, {}, None))
    with asked_again("repeat", 1), asked_again("attempt", 1):
        keys.add(ASKED.key(HELLO, {}, None))
    assert len(keys) == 6
    assert ASKED.key(HELLO, {}, None) in keys


def test_what_was_asked_about_another_picture_is_another_call() -> None:
    def key(*pictures: Picture) -> str:
        return ASKED.key([Message("user", "Hello", pictures)], {}, None)

    one = Picture(b"GIF89a", "image/gif", "View 1:")
    assert key(one) == key(Picture(b"GIF89a", "image/gif", "View 1:"))
    others = [
        (Picture(b"GIF87a", "image/gif", "View 1:"),),
        (Picture(b"GIF89a", "image/gif", "View 2:"),),
        (one, one),
        (),
    ]
    assert len({key(one), *(key(*other) for other in others)}) == 5
    assert key() == ASKED.key(HELLO, {}, None)
