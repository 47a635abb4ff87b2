"""A report as Markdown, for a comment in a pull request: nothing in it is taken for a mark or for HTML."""

import re
from collections.abc import Iterator

from windlass.evaluation.reports.axes import axis_of, bar, spark
from windlass.evaluation.reports.document import (
    Block,
    Document,
    Facts,
    Histograms,
    Intervals,
    Sample,
    Samples,
    Scatter,
    Table,
    Text,
)
from windlass.evaluation.wording.language import say, speaking

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_WIDTH = 32
_SHOWN = 600
_SIGNS = {"good": "✅ ", "bad": "❌ ", "warn": "⚠️ ", "": ""}


def to_markdown(document: Document) -> str:
    with speaking(document.language):
        return _markdown(document)


def _markdown(document: Document) -> str:
    lines = [f"# {_text(document.title)}", "", _text(document.subtitle), ""]
    if document.lead:
        lines += [f"{_SIGNS[document.tone]}**{_text(document.lead)}**", ""]
    lines += [*_block(Facts(facts=document.facts)), ""]
    for section in document.sections:
        lines += [f"## {_text(section.title)}", ""]
        if section.note:
            lines += [f"_{_text(section.note)}_", ""]
        for block in section.blocks:
            lines += [*_block(block), ""]
    return "\n".join([*lines, f"<sub>{_text(document.made)}</sub>", ""])


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Text):
        yield f"{_SIGNS[block.tone]}{_text(block.text)}"
    elif isinstance(block, Facts):
        for name, value in block.facts:
            yield f"- **{_text(name)}**: {_text(value)}"
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Intervals):
        yield from _intervals(block)
    elif isinstance(block, Histograms):
        for chart in block.charts:
            ends = f"{_text(chart.low)} `{spark(chart.counts)}` {_text(chart.high)}"
            yield f"- {_text(chart.name)}: {ends}, {_text(chart.text)}"
    elif isinstance(block, Scatter):
        yield f"{_text(block.caption)}:"
        yield ""
        for point in block.points:
            yield f"- {_text(point.name)}: {point.x:.4g}, {point.y:.4g}"
    elif isinstance(block, Samples):
        for sample in block.samples:
            yield from _sample(sample)


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield _text(table.caption)
        yield ""
    yield _row([column.name for column in table.columns])
    yield "|" + "|".join(" ---: " if column.is_number else " --- " for column in table.columns) + "|"
    for row in table.rows:
        yield _row(row)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(_text(cell) for cell in cells) + " |"


def _intervals(chart: Intervals) -> Iterator[str]:
    axis = axis_of(chart)
    yield _text(chart.caption)
    yield ""
    yield "| | | |"
    yield "| --- | --- | --- |"
    for number, row in enumerate(chart.rows):
        yield f"| {_text(row.name)} | `{bar(chart, axis, number, _WIDTH)}` | {_text(row.text)} |"


def _sample(sample: Sample) -> Iterator[str]:
    note = f" ({_text(sample.note)})" if sample.note else ""
    yield f"**{_text(sample.name)}**{note}"
    yield ""
    yield from _fenced(say("Input"), sample.input)
    if sample.reference:
        yield from _fenced(say("Reference"), sample.reference)
    for answer in sample.answers:
        note = f" ({_text(answer.note)})" if answer.note else ""
        yield from _fenced(f"{_text(answer.name)}{note}", answer.text)


def _fenced(name: str, text: str) -> Iterator[str]:
    """Give a text in a fence that is longer than any in it."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{name}:"
    yield f"{fence}text"
    yield shown
    yield fence
    yield ""


def _text(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
