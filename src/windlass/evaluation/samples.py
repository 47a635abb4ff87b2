"""What flows through an evaluation: items in, predictions of a target, samples for the evaluators."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, JsonValue

from windlass.evaluation.media.files import Media
from windlass.evaluation.replayed import Replay
from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Confidence, Usage


class Item(BaseModel):
    """One sample of a dataset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    input: object
    """What the target is asked: text, or an object of named values."""
    reference: object = None
    """What a right answer says: text, or a list of texts any of which is right; None where there is none."""
    metadata: dict[str, object] = {}
    split: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """A passage that the target retrieved, in the order of its ranks."""

    document: str
    section: str
    text: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a target answered."""

    output: str
    contexts: tuple[Context, ...] = ()
    usage: Usage | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    """Seconds the target itself took; None lets the runner measure."""
    trace_id: str | None = None
    """The trace of a target that keeps its own elsewhere; the sample's trace links to it."""
    trajectory: tuple[ToolCall, ...] | None = None
    """The tool calls that the target made, in their order; None when it does not say."""
    replay: Replay | None = None
    """Of a recording that was run again: where its results came from, and where the target left it."""

    media: tuple[Media, ...] = ()
    """The pictures and clips that it made."""
    confidence: Confidence | None = None
    """How sure the model was of it, where it says."""

    @property
    def is_cut_off(self) -> bool:
        """Whether it ended where its recorded world did: then it is no answer, and nothing is scored."""
        return self.replay is not None and self.replay.stopped


class Target(Protocol):
    """What is evaluated: usually a release, made callable."""

    async def __call__(self, item: Item) -> Prediction:
        """Answer one item. Unavailable and ProviderError are tried again, other errors are the result."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """An item and what the target made of it: all that an evaluator may look at."""

    item: str
    input: object
    reference: object
    metadata: Mapping[str, object]
    output: str
    contexts: tuple[Context, ...] = ()
    usage: Usage | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    error: str | None = None
    trajectory: tuple[ToolCall, ...] | None = None
    replay: Replay | None = None
    media: tuple[Media, ...] = ()

    @property
    def references(self) -> list[str]:
        """The texts of which any is a right answer."""
        references = self.reference if isinstance(self.reference, list) else [self.reference]
        return [str(reference) for reference in references if reference is not None]

    @classmethod
    def of(cls, item: Item, prediction: Prediction) -> "Sample":
        return cls(
            item=item.id,
            input=item.input,
            reference=item.reference,
            metadata=item.metadata,
            output=prediction.output,
            contexts=prediction.contexts,
            usage=prediction.usage,
            cost_usd=prediction.cost_usd,
            latency_s=prediction.latency_s,
            trajectory=prediction.trajectory,
            replay=prediction.replay,
            media=prediction.media,
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an evaluator says of one sample; a value of None means that the metric is undefined there."""

    value: float | None
    label: str = ""
    explanation: str = ""
    source: Literal["code", "judge"] = "code"
    """Who judged: code, or a model."""
    evidence: JsonValue = None
    """What it rests on, for a page to show; not every evaluator has more to say than its explanation."""


CUT_OFF: Final = Judgement(None, "diverged", "the candidate left its recorded world, where the sample ended")
"""Of a sample that ended there: its score is missing, and counted as such."""


@dataclass(frozen=True, slots=True)
class SampleResult:
    """One finished sample: a prediction, or the error that stands in its place."""

    item: str
    trace_id: str
    span_id: str
    start_ns: int
    end_ns: int
    prediction: Prediction | None
    error: str | None = None
    error_type: str = ""
    attempts: int = 1
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    """By the name of the evaluator; empty until scored, and for a failed sample."""
    repeat: int = 1
    """Which of the run's repeats of this item it is, from 1."""

    @property
    def key(self) -> str:
        """What tells this sample from the others of its run."""
        return sample_key(self.item, self.repeat)

    @property
    def failed_share(self) -> float:
        """1 for a failed sample, 0 for one that was answered."""
        return float(self.prediction is None)


def sample_key(item: str, repeat: int) -> str:
    """Return what a sample goes by within its run: the item's id, and for a later repeat its number too."""
    return item if repeat == 1 else f"{item}\0{repeat}"
