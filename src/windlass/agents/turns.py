"""One question on its way through a release, and what came of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from opentelemetry.context import Context
from opentelemetry.trace import Span, set_span_in_context
from opentelemetry.util.types import AttributeValue

from windlass.agents import spans
from windlass.errors import ProviderError, Unavailable
from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Completion, Confidence, Usage
from windlass.models.failures import ProviderFailure
from windlass.retrieval.index import Hit

_PARAGRAPH: Final = "\n\n"


@dataclass(frozen=True)
class Answer:
    """What an assistant answered, from which passages, at what price."""

    text: str
    contexts: tuple[Hit, ...]
    usage: Usage
    cost_usd: float | None
    latency_s: float
    finish_reason: str
    model: str
    trace_id: str
    confidence: Confidence | None = None
    """How sure the model was of it, where it says."""
    calls: tuple[ToolCall, ...] | None = None
    """The tools that it called; None for a release that binds none."""
    step: int = 1
    """Of a cascade: which of its steps it is of, from 1."""


@dataclass
class Turn:
    """A question, and how far its answer is."""

    span: Span
    question: str
    shared: Mapping[str, AttributeValue]
    """On every span of it: the release, and what the caller gave."""
    calls: list[ToolCall] | None
    """Of its tools; None where it has none."""
    contexts: tuple[Hit, ...] = ()
    completions: list[Completion] = field(default_factory=list)
    """What the model said, turn by turn: the last is the answer, those before asked for tools."""
    is_answered: bool = False
    has_acted: bool = False
    """Whether a tool was called that changes something."""
    started: float = field(default_factory=time.perf_counter)
    _speaking: int = -1
    """The turn of the model whose text was streamed last."""

    @property
    def context(self) -> Context:
        # Passed on by hand: a generator that is closed elsewhere could not detach a current span.
        return set_span_in_context(self.span)

    @property
    def text(self) -> str:
        """What the model said so far: each of its turns that said something is a paragraph."""
        return _PARAGRAPH.join(completion.text for completion in self.completions if completion.text)

    def piece(self, piece: str) -> str:
        """Return a piece of the text as it is streamed, so that all of them together are the text."""
        begins = bool(piece) and self._speaking != len(self.completions)
        if begins:
            self._speaking = len(self.completions)
        return _PARAGRAPH + piece if begins and self.text else piece

    def failed(self, error: BaseException) -> None:
        """End it. Raises in place of an error that would be tried again: what acted is not to act twice."""
        spans.mark_failed(self.span, error)
        self.span.end()
        if self.has_acted and isinstance(error, ProviderError | Unavailable):
            raise ProviderFailure(
                f"{error.message} It is not tried again, for a tool that changes something was called before."
            ) from error

    def answered(self) -> Answer:
        """End it with what the model said."""
        last = self.completions[-1]
        self.span.set_attributes(spans.output_messages(self.text, last.finish_reason))
        self.span.end()
        costs = [each.cost for each in self.completions if each.cost is not None]
        return Answer(
            text=self.text,
            contexts=self.contexts,
            usage=Usage(
                sum(each.usage.input_tokens for each in self.completions),
                sum(each.usage.output_tokens for each in self.completions),
            ),
            # One price that is not known makes the whole unknown.
            cost_usd=sum(costs) if len(costs) == len(self.completions) else None,
            latency_s=self._latency(),
            finish_reason=last.finish_reason,
            model=last.model,
            trace_id=format(self.span.get_span_context().trace_id, "032x"),
            confidence=last.confidence,
            calls=None if self.calls is None else tuple(self.calls),
        )

    def _latency(self) -> float:
        """Return how long the release took: neither what held its model back, nor what kept answers saved."""
        held = sum(each.held_s for each in self.completions)
        saved = sum(each.latency_s for each in self.completions if each.cached)
        return time.perf_counter() - self.started - held + saved
