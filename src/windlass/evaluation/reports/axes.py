"""Where the marks of charts stand: shares of a width, as percentages that a browser resolves."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from windlass.evaluation.reports.document import Intervals, Scatter
from windlass.evaluation.wording.language import say

_ROOM: Final = 0.06
"""Beyond the outermost mark, of the width."""


class Axis(NamedTuple):
    low: float
    high: float

    def place(self, value: float) -> float:
        """Return a value's place from 0 to 100."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def ticks(self) -> list[float]:
        """Return three to seven round numbers within it."""
        rough = (self.high - self.low) / 4
        if rough <= 0:
            return [self.low]
        power = 10 ** math.floor(math.log10(rough))
        step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def axis_of(chart: Intervals) -> Axis:
    """Return the axis of intervals: with 0 in the middle where they are differences."""
    values = [
        value
        for row in chart.rows
        for value in (row.value, row.low, row.high, row.limit)
        if value is not None and math.isfinite(value)
    ]
    if chart.zero:
        reach = max((abs(value) for value in values), default=0.0) * (1 + _ROOM) or 1.0
        return Axis(-reach, reach)
    return spread(values)


def spread(values: Sequence[float]) -> Axis:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = (high - low) * _ROOM or abs(high) * 0.5 or 1.0
    return Axis(low - room, high + room)


def axes_of(chart: Scatter) -> tuple[Axis, Axis]:
    ys = [bound for each in chart.points for bound in (each.low, each.y, each.high) if bound is not None]
    return spread([each.x for each in chart.points]), spread(ys)


def tick_text(value: float, *, signed: bool, percent: bool) -> str:
    size = say("{share} %", share=f"{abs(value) * 100:.3g}") if percent else f"{abs(value):.3g}"
    if abs(value) < 1e-12:
        return "0"
    return ("−" if value < 0 else "+" if signed else "") + size


def bar(chart: Intervals, axis: Axis, row: int, width: int) -> str:
    """Return one row of intervals drawn with characters, for where there is only text."""
    each = chart.rows[row]
    cells = ["·"] * width

    def cell(value: float) -> int:
        return min(width - 1, int(axis.place(value) / 100 * width))

    if each.low is not None and each.high is not None:
        for place in range(cell(each.low), cell(each.high) + 1):
            cells[place] = "─"
    if chart.zero:
        cells[cell(0.0)] = "│"
    if each.limit is not None:
        cells[cell(each.limit)] = "┊"
    if each.value is not None:
        cells[cell(each.value)] = "●"
    return "".join(cells)


def spark(counts: Sequence[int]) -> str:
    """Return a histogram in one line of characters."""
    most = max(counts, default=0)
    return "".join(" " if n == 0 else "▁▂▃▄▅▆▇█"[min(7, int(8 * n / most - 1e-9))] for n in counts)
