"""A report in a terminal."""

import sys
from collections.abc import Iterator
from typing import Final

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text as Words

from windlass.cli.output import plain
from windlass.evaluation.reports.axes import axis_of, bar, spark
from windlass.evaluation.reports.document import (
    Answer,
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
    Tone,
)
from windlass.evaluation.wording.language import say, speaking

_STYLES: Final[dict[Tone, str]] = {"": "", "good": "green", "bad": "red", "warn": "yellow"}
_PIPE_WIDTH: Final = 120
_BAR: Final = 32
_SHOWN: Final = 400


def print_report(document: Document) -> None:
    with speaking(document.language):
        _print(document)


def _print(document: Document) -> None:
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    console.print(_styled(document.title, "bold"))
    console.print(_styled(document.subtitle, "dim"))
    if document.lead:
        console.print()
        console.print(_styled(document.lead, f"bold {_STYLES[document.tone]}".strip()))
    console.print()
    console.print(_facts(Facts(facts=document.facts)))
    for section in document.sections:
        console.print()
        console.print(_styled(section.title, "bold underline"))
        if section.note:
            console.print(_styled(section.note, "dim"))
        for block in section.blocks:
            for part in _parts(block):
                console.print(part)
    console.print()
    console.print(_styled(document.made, "dim"))


def _parts(block: Block) -> Iterator[RenderableType]:
    if isinstance(block, Text):
        yield _styled(block.text, _STYLES[block.tone])
    elif isinstance(block, Facts):
        yield _facts(block)
    elif isinstance(block, Table):
        yield _table(block)
    elif isinstance(block, Intervals):
        yield from _intervals(block)
    elif isinstance(block, Histograms):
        yield _histograms(block)
    elif isinstance(block, Scatter):
        yield _styled(
            f"{block.caption}: " + "; ".join(f"{each.name} {each.x:.4g}, {each.y:.4g}" for each in block.points),
            "",
        )
    elif isinstance(block, Samples):
        for sample in block.samples:
            yield from _sample(sample)


def _facts(block: Facts) -> Grid:
    grid = _grid()
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in block.facts:
        grid.add_row(plain(name), plain(value))
    return grid


def _table(block: Table) -> Grid:
    grid = Grid(
        box=None,
        pad_edge=False,
        header_style="bold",
        title=plain(block.caption) if block.caption else None,
        title_justify="left",
    )
    for column in block.columns:
        grid.add_column(plain(column.name), justify="right" if column.is_number else "left", overflow="fold")
    for row in block.rows:
        grid.add_row(*map(plain, row))
    return grid


def _intervals(block: Intervals) -> Iterator[RenderableType]:
    yield _styled(block.caption, "dim")
    axis = axis_of(block)
    grid = _grid()
    for number, row in enumerate(block.rows):
        style = _STYLES[row.tone]
        grid.add_row(plain(row.name), _styled(bar(block, axis, number, _BAR), style), _styled(row.text, style))
    yield Padding(grid, (0, 0, 1, 0))


def _histograms(block: Histograms) -> Grid:
    grid = _grid()
    for each in block.charts:
        spread = plain(f"{each.low} {spark(each.counts)} {each.high}")
        grid.add_row(plain(each.name), spread, _styled(each.text, "dim"))
    return grid


def _sample(sample: Sample) -> Iterator[RenderableType]:
    head = plain(sample.name)
    head.stylize("bold")
    yield head + _styled(f"  {sample.note}", "dim")
    shown = [Answer(name=say("Input"), text=sample.input)]
    shown += [Answer(name=say("Reference"), text=sample.reference)] if sample.reference else []
    grid = _grid()
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for each in [*shown, *sample.answers]:
        text = each.text if len(each.text) <= _SHOWN else f"{each.text[:_SHOWN]}…"
        note = f" ({each.note})" if each.note and each.note != each.text else ""
        grid.add_row(plain(each.name), _styled(f"{text}{note}", _STYLES[each.tone]))
    yield Padding(grid, (0, 0, 1, 2))


def _grid() -> Grid:
    return Grid(box=None, pad_edge=False, show_header=False)


def _styled(text: str, style: str) -> Words:
    words = plain(text)
    if style:
        words.stylize(style)
    return words
