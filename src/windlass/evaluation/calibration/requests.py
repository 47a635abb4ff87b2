"""What somebody asks of a calibration: which labels, how they are read, and what the judge must show."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from windlass.evaluation.calibration.thresholds import Thresholds
from windlass.evaluation.reviews.questions import Level
from windlass.models.calls.limits import CallLimits

Columns = Annotated[list[str], Field(max_length=20)]


class _Labels(CallLimits):
    """Where labels are, and how they are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(default={})
    """What a label is worth in the judge's values, where it is no number, no yes or no and no preference."""
    yes_from: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """From which value on a judge's score means yes, 1, and below it no, 0."""
    level: Level | None = None
    """What alpha takes a difference for; left out, what the queue's question says, else nominal."""
    cluster: str | None = None
    """The metadata field whose equal values make items belong together."""
    thresholds: Thresholds = Thresholds()


class _Asked(_Labels):
    """Where the judge is asked, which costs what it costs in a run."""

    repeats: int = Field(default=1, ge=1, le=10)
    """How often each item is judged: two or more tell how often verdicts flip."""
    nulls: int = Field(default=20, ge=0, le=200)
    """Of a judge that compares: on how many items an answer that says nothing meets the one people preferred."""


class QueueCalibration(_Asked):
    """By the labels of a review queue whose items have an answer."""

    kind: Literal["queue"] = "queue"
    queue: str
    question: str | None = None
    """Left out, the only one that is no free text."""


class DatasetCalibration(_Asked):
    """By labels in the items of a dataset version; the answers stand there too."""

    kind: Literal["dataset"] = "dataset"
    dataset: str
    """`name@what`."""
    labels: Annotated[Columns, Field(min_length=1)]
    """Columns, one for each person: reference, metadata.<name>, or metadata.labels.<question>."""
    output: str = "metadata.output"
    """The column of the answer that is judged."""


class RunCalibration(_Labels):
    """By scores that a run has already, of the judge and of people; nothing is asked."""

    kind: Literal["run"] = "run"
    run: str
    labels: Columns = Field(default=[])
    """Columns of the items, one for each person …"""
    score: str | None = None
    """… or the name of the scores that people gave to the run's samples."""
    answers: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    """Of comparisons from elsewhere: the columns of the two answers, the one a high value prefers first."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.labels) == (self.score is not None):
            raise ValueError("name the columns of the labels, or the human score")
        return self


CalibrationRequest = Annotated[QueueCalibration | DatasetCalibration | RunCalibration, Field(discriminator="kind")]
