"""Rolling up the minutes to which nothing happened for a while."""

import threading
import time
from collections.abc import Collection
from itertools import groupby
from operator import itemgetter
from typing import Final

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import Lists, Priced, read_listings
from windlass.telemetry.rollups import spans, traces
from windlass.telemetry.rollups.minutes import MINUTE
from windlass.telemetry.summaries import integer
from windlass.telemetry.tariffs import Tariff

_QUIET_S: Final = 20.0
"""How long nothing came for a minute: an insert of before has ended, and what is late is not rolled up twice."""
_LONGEST_S: Final = 60.0
"""Then other duties have their turn, though years of spans may wait."""
_MINUTES: Final = 60
"""Of the first statement."""
_MOST_MINUTES: Final = 1440
_FAR: Final = 60
"""Minutes further apart are not of one statement, which reads what lies between."""
_ON_ONE_CORE: Final = "SETTINGS max_threads = 1"
"""Nobody waits for it; and it takes less memory."""
_ENOUGH_S, _LONG_S = 0.2, 0.5
"""A statement that takes less is followed by a larger one, one that takes longer by a smaller."""


class Rolling:
    """Rolls up what charts and the overview are asked for. For one thread."""

    def __init__(
        self,
        warehouse: Warehouse,
        lists: Lists | None = None,
        *,
        quiet_s: float = _QUIET_S,
        longest_s: float = _LONGEST_S,
    ) -> None:
        """``lists`` price models that were not met before."""
        self._warehouse = warehouse
        self._lists = lists
        self._quiet_s = quiet_s
        self._longest_s = longest_s
        self._most = _MINUTES
        self._done = 0
        """What changed before then, in microseconds since 1970, is rolled up."""

    def roll(self, stopping: threading.Event) -> None:
        """Roll up the minutes that wait, some at a time, for a minute at most or until ``stopping`` is set."""
        if self._warehouse.query(_DELETING):
            return
        enough = time.monotonic() + self._longest_s
        (clock,) = self._warehouse.query("SELECT toUnixTimestamp64Micro(now64(6)) AS now_us")
        as_of = integer(clock["now_us"])
        before = as_of - int(self._quiet_s * 1e6)
        rows = self._warehouse.query(_WAITING, {"since": self._done, "before": before})
        for project, of_project in groupby(rows, key=itemgetter("project")):
            minutes = [integer(row["minute"]) for row in of_project]
            while minutes:
                if stopping.is_set() or time.monotonic() > enough:
                    return
                some = _near(minutes[: self._most])
                del minutes[: len(some)]
                began = time.monotonic()
                self._roll(str(project), some, as_of)
                self._adapt(time.monotonic() - began)
        self._done = before

    def _roll(self, project: str, minutes: list[int], as_of: int) -> None:
        parameters = {
            "project": project,
            "since": minutes[0] * 60,
            "until": (minutes[-1] + 1) * 60,
            "minutes": minutes,
            "as_of": as_of,
        }
        Priced(self._warehouse, project, self._lists).meet(_OF_MINUTES, parameters)
        tariff = Tariff(read_listings(self._warehouse, project))
        for statement in (spans.roll_up_spans(tariff, _OF_MINUTES), traces.roll_up_traces(tariff, _OF_MINUTES)):
            self._warehouse.execute(f"{statement} {_ON_ONE_CORE}", {**parameters, **tariff.parameters})
        # Spans may have been erased since they were read: then nobody else deletes what was written just now.
        rows = self._warehouse.query(_MEANWHILE, parameters)
        delete_rollups(self._warehouse, project, {integer(row["minute"]) for row in rows})
        # Only now: what is said to be rolled up must be there.
        self._warehouse.execute(_ROLLED, parameters)

    def _adapt(self, took_s: float) -> None:
        if took_s < _ENOUGH_S:
            self._most = min(2 * self._most, _MOST_MINUTES)
        elif took_s > _LONG_S:
            self._most = max(self._most // 2, 1)


def delete_rollups(warehouse: Warehouse, project: str, minutes: Collection[int]) -> None:
    """Delete the rollups of minutes that are known to have changed: the names of spans are in them."""
    if minutes:
        for table in (spans.TABLE, traces.TABLE):
            warehouse.execute(
                f"ALTER TABLE {table} DELETE WHERE project = {{project:String}} "
                "AND minute IN {minutes:Array(UInt32)} SETTINGS mutations_sync = 2",
                {"project": project, "minutes": sorted(minutes)},
            )


def _near(minutes: list[int]) -> list[int]:
    """Return the first minutes up to a wide gap."""
    for place in range(1, len(minutes)):
        if minutes[place] - minutes[place - 1] > _FAR:
            return minutes[:place]
    return minutes


_DELETING: Final = "SELECT 1 FROM system.mutations WHERE database = currentDatabase() AND NOT is_done LIMIT 1"
"""Whether rows are being deleted, for longer than was said ahead or for a process that was killed: figures of what
is about to go would stay."""

_WAITING: Final = """
SELECT project, toInt64(minute) AS minute FROM rolled_minutes
WHERE (project, minute) IN (
  SELECT project, minute FROM rolled_minutes WHERE changed >= fromUnixTimestamp64Micro({since:Int64}, 'UTC'))
GROUP BY project, minute
HAVING max(rolled) <= max(changed) AND max(changed) < fromUnixTimestamp64Micro({before:Int64}, 'UTC')
ORDER BY project, minute
"""

_OF_MINUTES: Final = f"""
  project = {{project:String}}
  AND start_time >= fromUnixTimestamp64Second({{since:Int64}}, 'UTC')
  AND start_time < fromUnixTimestamp64Second({{until:Int64}}, 'UTC') AND {MINUTE} IN {{minutes:Array(UInt32)}}
"""

_MEANWHILE: Final = """
SELECT toInt64(minute) AS minute FROM rolled_minutes
WHERE project = {project:String} AND minute IN {minutes:Array(UInt32)}
GROUP BY minute HAVING max(changed) > fromUnixTimestamp64Micro({as_of:Int64}, 'UTC')
"""

_ROLLED: Final = """
INSERT INTO rolled_minutes
SELECT {project:String}, arrayJoin({minutes:Array(UInt32)}), toDateTime64(0, 6, 'UTC'),
  fromUnixTimestamp64Micro({as_of:Int64}, 'UTC')
"""
