"""``local:extractive``: the offline baseline, which answers by quoting.

It makes the demo and the tests run with no key and no network. It understands nothing: it returns the few
sentences in a row of the context it was given that lie nearest to the question in the embedding space. A language
model should do better; by how much, a comparison with this baseline tells.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from pydantic import Field

from windlass.errors import InputError
from windlass.models.completion import (
    JSON,
    Completion,
    Confidence,
    Message,
    OfferedTool,
    OutputSchema,
    SamplingParameters,
    Usage,
    read_parameters,
)
from windlass.models.embeddings import Embedder
from windlass.models.prices import LOCAL, cost_of
from windlass.models.sentences import split_paragraphs

REF = "local:extractive"
_NO_CONTEXT = "This baseline only quotes, and it was given no context to quote from."
_NO_SENTENCE = "This baseline only quotes, and the context it was given holds no sentence."
_CONTEXT = re.compile(r"<context>(.*?)</context>", re.DOTALL)
_DIGITS = 6  # beyond them the likeness differs from machine to machine
_QUESTION = re.compile(r"<question>(.*?)</question>", re.DOTALL)


class ExtractiveParameters(SamplingParameters):
    """Nothing is sampled, so the others have no effect, but ``max_tokens`` leaves out what does not fit."""

    max_sentences: int = Field(default=4, ge=1, le=50)
    """The most sentences in an answer; a paragraph that ends earlier gives fewer."""


class ExtractiveModel:
    """The offline baseline as a model: deterministic, free of cost, and named in every completion."""

    baseline = True

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def complete(
        self,
        messages: Sequence[Message],
        parameters: Mapping[str, JSON],
        schema: OutputSchema | None = None,
        tools: Sequence[OfferedTool] = (),
    ) -> Completion:
        """Quote the sentences in a row that match the question best.

        The context stands between <context> and </context> in any of the messages, the question between <question>
        and </question>; failing that, the last paragraph of the last user message is the question and the text
        before it the context. Raises InputError when there is no question or a parameter is wrong.
        """
        if schema is not None:
            raise InputError(f"{REF} quotes sentences and can write no JSON: name a real model.")
        if tools:
            raise InputError(f"{REF} quotes sentences and calls no tools: name a real model.")
        if any(message.pictures for message in messages):
            raise InputError(f"{REF} reads texts and sees no pictures: name a model that does.")
        read = read_parameters(ExtractiveParameters, parameters)
        return await asyncio.to_thread(self._complete, messages, read)

    async def stream(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], tools: Sequence[OfferedTool] = ()
    ) -> AsyncIterator[str | Completion]:
        """Yield the answer word by word, then the Completion."""
        completion = await self.complete(messages, parameters, tools=tools)
        for piece in re.findall(r"\s*\S+", completion.text):
            yield piece
        yield completion

    def _complete(self, messages: Sequence[Message], parameters: ExtractiveParameters) -> Completion:
        started = time.perf_counter()
        task = _read_task(messages)
        text, finish_reason, likeness = self._answer(task, parameters)
        usage = Usage(
            input_tokens=sum(self._embedder.count_tokens(message.content) for message in messages),
            output_tokens=self._embedder.count_tokens(text),
        )
        return Completion(
            text=text,
            usage=usage,
            model=REF,
            finish_reason=finish_reason,
            cost=cost_of(LOCAL, REF, usage),
            latency_s=time.perf_counter() - started,
            confidence=None if likeness is None else Confidence("likeness", likeness),
        )

    def _answer(self, task: "_Task", parameters: ExtractiveParameters) -> tuple[str, str, float | None]:
        """Return the answer, why it ends, and how near it lies to the question."""
        if not task.context.strip():
            return _NO_CONTEXT, "stop", None
        # A question answers no question, however near it lies.
        statements = (
            [sentence for sentence in paragraph if not sentence.endswith(("?", "？"))]
            for paragraph in split_paragraphs(task.context)
        )
        paragraphs = [paragraph for paragraph in statements if paragraph]
        if not paragraphs:
            return _NO_SENTENCE, "stop", None
        quoted, likeness = self._best_passage(task.question, paragraphs, parameters.max_sentences)
        kept = self._within(quoted, parameters.max_tokens)
        return " ".join(kept), "stop" if len(kept) == len(quoted) else "length", likeness

    def _best_passage(self, question: str, paragraphs: list[list[str]], longest: int) -> tuple[list[str], float]:
        """Return the run of up to `longest` sentences of one paragraph whose mean lies nearest to the question.

        Beside it the cosine of the two.
        """
        # Overlapping chunks bring the same sentence twice.
        sentences = list(dict.fromkeys(sentence for paragraph in paragraphs for sentence in paragraph))
        vectors = self._embedder.embed([question, *sentences])
        place = {sentence: position for position, sentence in enumerate(sentences, start=1)}
        passages = [
            paragraph[start : start + longest] for paragraph in paragraphs for start in range(len(paragraph))
        ]
        means = np.stack([vectors[[place[sentence] for sentence in passage]].mean(axis=0) for passage in passages])
        likeness = (means @ vectors[0]) / np.linalg.norm(means, axis=1)
        best = int(likeness.argmax())
        return passages[best], round(float(likeness[best]), _DIGITS)

    def _within(self, sentences: list[str], max_tokens: int | None) -> list[str]:
        """The first sentences that fit, and at least one: half a sentence would misquote."""
        if max_tokens is None:
            return sentences
        kept = sentences[:1]
        left = max_tokens - self._embedder.count_tokens(kept[0])
        for sentence in sentences[1:]:
            left -= self._embedder.count_tokens(sentence)
            if left < 0:
                break
            kept.append(sentence)
        return kept


class _Task(NamedTuple):
    question: str
    context: str


def _read_task(messages: Sequence[Message]) -> _Task:
    everything = "\n\n".join(message.content for message in messages)
    contexts = _CONTEXT.findall(everything)
    questions = _QUESTION.findall(everything)
    asked = next((message.content for message in reversed(messages) if message.role == "user"), "")
    # Without its own mark the question is what stands last, and what stands before it is the context.
    rest, _, last = _CONTEXT.sub("", asked).strip().rpartition("\n\n")
    question = (questions[-1] if questions else last).strip()
    if not question:
        raise InputError("The baseline model found no question; write it between <question> and </question>.")
    return _Task(question, "\n\n".join(contexts) if contexts else "" if questions else rest)
