"""A report as data: sections of texts, tables, charts and samples, which each format draws in its own way.

Numbers that are read stand as text, those that are drawn as numbers beside it.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from windlass.evaluation.wording.language import Language, spoken

Tone = Literal["", "good", "bad", "warn"]


class Text(BaseModel):
    kind: Literal["text"] = "text"
    text: str
    tone: Tone = ""


class Facts(BaseModel):
    """Names and values."""

    kind: Literal["facts"] = "facts"
    facts: list[tuple[str, str]]


class Column(BaseModel):
    name: str
    is_number: bool = False


class Table(BaseModel):
    kind: Literal["table"] = "table"
    columns: list[Column]
    rows: list[list[str]]
    caption: str = ""


class IntervalRow(BaseModel):
    name: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    """The figures, as they are read."""
    tone: Tone = ""
    limit: float | None = None
    """What a gate asks: the interval must lie beyond it."""
    refused: Literal["left", "right"] = "left"
    """The side of the limit that the gate refuses."""


class Intervals(BaseModel):
    """Values with their intervals on one axis."""

    kind: Literal["intervals"] = "intervals"
    caption: str
    rows: list[IntervalRow]
    zero: bool = False
    """Whether 0 is marked, and in the middle: the values are differences."""
    percent: bool = False


class Histogram(BaseModel):
    name: str
    counts: list[int]
    low: str
    """What the left end stands for."""
    high: str
    text: str


class Histograms(BaseModel):
    kind: Literal["histograms"] = "histograms"
    charts: list[Histogram]


class Point(BaseModel):
    name: str
    x: float
    y: float
    low: float | None = None
    """Of y."""
    high: float | None = None


class Scatter(BaseModel):
    kind: Literal["scatter"] = "scatter"
    caption: str
    x: str
    y: str
    points: list[Point]
    x_ends: tuple[str, str]
    y_ends: tuple[str, str]


class Answer(BaseModel):
    name: str
    text: str
    note: str = ""
    tone: Tone = ""


class Sample(BaseModel):
    name: str
    note: str
    input: str
    reference: str
    answers: list[Answer]


class Samples(BaseModel):
    """Items with what was answered to them, side by side where there are several."""

    kind: Literal["samples"] = "samples"
    samples: list[Sample]


Block = Annotated[Text | Facts | Table | Intervals | Histograms | Scatter | Samples, Field(discriminator="kind")]


class Section(BaseModel):
    title: str
    note: str = ""
    blocks: list[Block]


class Document(BaseModel):
    title: str
    subtitle: str
    lead: str = ""
    """What it comes to, in a sentence."""
    tone: Tone = ""
    facts: list[tuple[str, str]]
    sections: list[Section]
    made: str
    """When, and by which windlass."""
    language: Language = Field(default_factory=spoken)


def plain_table(*columns: str, rows: list[list[str]], right: tuple[str, ...] = (), caption: str = "") -> Table:
    """Return a table; ``right`` names the columns of numbers."""
    return Table(
        columns=[Column(name=name, is_number=name in right) for name in columns], rows=rows, caption=caption
    )
