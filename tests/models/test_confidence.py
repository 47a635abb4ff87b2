"""How sure a model is of its answer, as far as the call itself says."""

import asyncio

import pytest

from windlass.errors import InputError
from windlass.models.completion import JSON, Completion, Confidence, Message
from windlass.models.embeddings import load_embedder
from windlass.models.extractive import ExtractiveModel
from windlass.models.providers import open_model
from windlass.models.scripted import ScriptedServer

ASKED = [Message("user", "Say it.")]


async def streamed(url: str, parameters: dict[str, JSON]) -> Completion:
    pieces = [piece async for piece in open_model("openai:llama3.2", base_url=url).stream(ASKED, parameters)]
    assert isinstance(pieces[-1], Completion)
    return pieces[-1]


def test_the_probabilities_of_the_tokens_are_its_confidence_whole_and_streamed() -> None:
    with ScriptedServer(lambda _: "one two three", probability=lambda _messages, _text: 0.8) as server:
        model = open_model("openai:llama3.2", base_url=server.url)
        whole = asyncio.run(model.complete(ASKED, {"logprobs": True}))
        assert whole.confidence == Confidence("token_probability", 0.8)
        assert asyncio.run(streamed(server.url, {"logprobs": True})).confidence == whole.confidence
        assert asyncio.run(model.complete(ASKED, {})).confidence is None
        assert ["logprobs" in call.body for call in server.calls] == [True, True, False]


def test_a_provider_that_tells_nothing_leaves_it_unknown() -> None:
    with ScriptedServer(lambda _: "one") as server:
        assert asyncio.run(streamed(server.url, {"logprobs": True})).confidence is None


def test_providers_of_other_wires_refuse_the_parameter() -> None:
    model = open_model("anthropic:claude-opus-4-5", base_url="http://127.0.0.1:9", api_key="k")
    with pytest.raises(InputError, match="tells no probabilities of tokens; leave the parameter `logprobs` out"):
        asyncio.run(model.complete(ASKED, {"logprobs": True}))


def test_what_is_quoted_is_surer_the_nearer_it_lies_to_the_question() -> None:
    context = "A rollback moves the environment back. Bananas are rich in potassium."

    def likeness(question: str, given: str = context) -> Confidence | None:
        asked = Message("user", f"<context>{given}</context><question>{question}</question>")
        return asyncio.run(ExtractiveModel(load_embedder()).complete([asked], {"max_sentences": 1})).confidence

    near, far = likeness("How does a rollback work?"), likeness("Who won the football match?")
    assert near is not None
    assert far is not None
    assert near.measure == "likeness"
    assert 1 >= near.value > far.value >= -1
    assert likeness("Why?", " ") is None
