"""What a project holds now, and how much of it a policy would not keep: nothing is cleared."""

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.lifecycle.retention import RetentionPolicy
from windlass.telemetry.summaries import instant, integer, nanoseconds_of


class Held(BaseModel):
    """A project's traces, and those that a policy would clear."""

    traces: int
    of_runs: int
    """Those of evaluation runs among them."""
    oldest: datetime | None
    """When the first span of all began; null when there is none."""
    newest: datetime | None
    """When the last one began."""
    clearing: int
    """Traces that the policy would clear now."""


def count_held(warehouse: Warehouse, project: str, policy: RetentionPolicy, *, at: datetime | None = None) -> Held:
    """Count a project's traces, and those of them that a policy would clear."""
    cutoff = (at or datetime.now(UTC)) - timedelta(days=policy.max_age_days or 0)
    parameters = {
        "project": project,
        "all": int(not policy.keep_runs),
        "by_age": int(policy.max_age_days is not None),
        "cutoff": nanoseconds_of(cutoff),
    }
    (row,) = warehouse.query(_COUNT, parameters)
    traces, old, judged = (integer(row[name]) for name in ("traces", "old", "judged"))
    surplus = 0 if policy.max_traces is None else max(0, judged - old - policy.max_traces)
    return Held(
        traces=traces,
        of_runs=integer(row["of_runs"]),
        oldest=instant(integer(row["oldest_ns"])) if traces else None,
        newest=instant(integer(row["newest_ns"])) if traces else None,
        clearing=old + surplus,
    )


_COUNT: Final = """
SELECT
  count() AS traces, countIf(of_run) AS of_runs, countIf({all:UInt8} OR NOT of_run) AS judged,
  countIf({by_age:UInt8} AND ({all:UInt8} OR NOT of_run) AND end < fromUnixTimestamp64Nano({cutoff:Int64}, 'UTC'))
    AS old,
  toUnixTimestamp64Nano(min(start)) AS oldest_ns, toUnixTimestamp64Nano(max(end)) AS newest_ns
FROM (
  SELECT
    min(first) AS start, max(last) AS end,
    trace_id IN (SELECT trace_id FROM spans WHERE project = {project:String} AND run != '') AS of_run
  FROM traces WHERE project = {project:String} GROUP BY trace_id
)
"""
