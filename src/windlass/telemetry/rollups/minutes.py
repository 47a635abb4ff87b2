"""The minutes of a project: which of them are rolled up, and what happens to them."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Final, NamedTuple

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.schema import DURABLE
from windlass.telemetry.summaries import integer

MINUTE_NS: Final = 60 * 10**9

MINUTE: Final = "toUInt32(intDiv(toUnixTimestamp64Second(start_time), 60))"
"""The minute of a span, counted from 1970."""

_TABLE: Final = f"""
CREATE TABLE IF NOT EXISTS rolled_minutes (
  project LowCardinality(String), minute UInt32,
  changed SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  rolled SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  INDEX by_changed changed TYPE minmax GRANULARITY 1
) ENGINE = AggregatingMergeTree ORDER BY (project, minute)
SETTINGS index_granularity = 1024, {DURABLE}
"""
"""When something last happened to the spans of a minute, and as of when it was rolled up."""

_ARRIVED: Final = f"""
SELECT project, {MINUTE} AS minute, now64(6, 'UTC') AS changed, toDateTime64(0, 6, 'UTC') AS rolled
FROM spans GROUP BY project, minute
"""

_VIEW: Final = f"CREATE MATERIALIZED VIEW IF NOT EXISTS rolled_minutes_view TO rolled_minutes AS {_ARRIVED}"

STATEMENTS: Final = (_TABLE, _VIEW, f"INSERT INTO rolled_minutes {_ARRIVED}")
"""What makes the minutes, and knows of those that have spans already."""

_MOST_RANGES: Final = 32
"""A statement with more takes longer to analyse than what lies between some of them takes to read."""
_FEWEST_MINUTES: Final = 10
"""Of less, the spans are read at once."""


class Range(NamedTuple):
    """Times from the first up to the last, which is not in it, in nanoseconds since 1970."""

    since_ns: int
    until_ns: int


class Cover(NamedTuple):
    """Where the figures of a period are to be found: in rollups, but for those of some ranges in it."""

    whole: Range
    """What rollups and the ranges cover together: whole minutes, but at its edges."""
    of_spans: list[Range]
    """In their order, apart from each other."""

    @property
    def has_rollups(self) -> bool:
        return self.of_spans != [self.whole]

    @classmethod
    def without_rollups(cls, since_ns: int, until_ns: int) -> "Cover":
        whole = Range(since_ns, until_ns)
        return cls(whole, [whole])

    def spans(self) -> str:
        """Return the condition on spans that are to be read themselves."""
        tests = (
            f"(start_time >= fromUnixTimestamp64Nano({since:d}, 'UTC')"
            f" AND start_time < fromUnixTimestamp64Nano({until:d}, 'UTC'))"
            for since, until in self.of_spans
        )
        return f"({' OR '.join(tests)})" if self.of_spans else "false"

    def rollups(self) -> str:
        """Return the condition on rollups of the project; it takes ``project``."""
        within = f"minute >= {self.whole.since_ns // MINUTE_NS:d} AND minute < {_up(self.whole.until_ns):d}"
        apart = "".join(
            f" AND NOT (minute >= {since // MINUTE_NS:d} AND minute < {_up(until):d})"
            for since, until in self.of_spans
        )
        return f"""project = {{project:String}} AND {within}{apart} AND (minute, version) IN (
          SELECT minute, max(rolled) FROM rolled_minutes
          WHERE project = {{project:String}} AND {within} GROUP BY minute)"""


def find_cover(warehouse: Warehouse, project: str, since_ns: int, until_ns: int) -> Cover:
    """Return where the figures of the spans that started in [since, until) are to be found."""
    # No span started before 1970, nor are there minutes.
    since_ns = max(since_ns, 0)
    whole = Range(since_ns, max(until_ns, since_ns))
    first, last = _up(since_ns), until_ns // MINUTE_NS
    if last - first < _FEWEST_MINUTES:
        return Cover(whole, [whole])
    rows = warehouse.query(
        _CHANGED,
        {"project": project, "first": since_ns // MINUTE_NS, "last": _up(until_ns)},
    )
    changed = [Range(since_ns, first * MINUTE_NS)] if since_ns % MINUTE_NS else []
    changed += [
        Range(minute * MINUTE_NS, (minute + 1) * MINUTE_NS)
        for row in rows
        if first <= (minute := integer(row["minute"])) < last
    ]
    if until_ns % MINUTE_NS:
        changed.append(Range(last * MINUTE_NS, until_ns))
    return Cover(whole, _joined(changed))


_CHANGED: Final = """
SELECT toInt64(minute) AS minute FROM rolled_minutes
WHERE project = {project:String} AND minute >= {first:UInt32} AND minute < {last:UInt32}
GROUP BY minute HAVING max(rolled) <= max(changed) ORDER BY minute
"""


@contextmanager
def changing(warehouse: Warehouse, project: str, minutes: Collection[int]) -> Iterator[None]:
    """Have minutes rolled up again, of which spans are deleted in the block; until then spans are read.

    Should the process end in the block, they are rolled up when what it began has had time to end.
    """
    parameters = {"project": project, "minutes": sorted(minutes)}
    if minutes:
        warehouse.execute(_CHANGE, {**parameters, "ahead": _UNSURE_S})
    yield
    if minutes:
        warehouse.execute(_CHANGE, {**parameters, "ahead": 0})


_UNSURE_S: Final = 600

_CHANGE: Final = """
INSERT INTO rolled_minutes
SELECT {project:String}, arrayJoin({minutes:Array(UInt32)}),
  addSeconds(now64(6, 'UTC'), {ahead:UInt32}), toDateTime64(0, 6, 'UTC')
"""


def _joined(ranges: Sequence[Range]) -> list[Range]:
    """Join ranges, which are in their order, that lie next to each other and, of too many, nearest to it."""
    gaps = sorted((later.since_ns - earlier.until_ns for earlier, later in pairwise(ranges)), reverse=True)
    widest = gaps[_MOST_RANGES - 2] if len(gaps) >= _MOST_RANGES else 0
    joined: list[Range] = []
    for each in ranges:
        if joined and each.since_ns - joined[-1].until_ns <= widest:
            joined[-1] = Range(joined[-1].since_ns, each.until_ns)
        else:
            joined.append(each)
    return joined


def _up(time_ns: int) -> int:
    """Return the first minute that does not begin before a time."""
    return -(-time_ns // MINUTE_NS)
