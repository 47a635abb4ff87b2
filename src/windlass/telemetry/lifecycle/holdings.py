"""The tables that hold telemetry: what retention and erasure clear.

A new table with a `trace_id` is covered by a line here; a test reads the columns that the engine knows.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple


class Holding(NamedTuple):
    """A table whose rows belong to traces of projects, by its columns `project` and `trace_id`."""

    table: str
    ids: Literal["binary", "text", "none"]
    """How its column `trace_id` has an id: the 16 bytes, or 32 hexadecimal digits; or that there is none."""
    time: str = ""
    """The column by which a row without spans of its trace grows old; empty where there is no such row."""
    time_ns: bool = False
    """Whether that column has nanoseconds since 1970, and not a time of the engine's."""
    has_run: bool = True
    """Whether a row says in its column `run` of which evaluation run it is."""
    names: Mapping[str, str] = MappingProxyType({})
    """The columns by which a row is of a user or a session, though it may be of none of their traces."""
    attributes: bool = False
    """Whether its columns `attributes` and `resource` may name a user or a session as those of a span do."""

    @property
    def of_traces(self) -> str:
        """The condition that a row is of one of the traces {traces:Array(String)} of a project."""
        if self.ids == "none":
            return "0"
        ids = "{traces:Array(String)}"
        if self.ids == "binary":
            ids = f"(SELECT toFixedString(unhex(arrayJoin({ids})), 16))"
        return f"project = {{project:String}} AND trace_id IN {ids}"

    @property
    def older(self) -> str:
        """The condition that a row is older than {cutoff:Int64}, in nanoseconds since 1970."""
        cutoff = "{cutoff:Int64}"
        return f"{self.time} < " + (cutoff if self.time_ns else f"fromUnixTimestamp64Nano({cutoff}, 'UTC')")

    @property
    def trace(self) -> str:
        """The trace id as text."""
        return {"binary": "lower(hex(trace_id))", "text": "trace_id", "none": "''"}[self.ids]


SPANS: Final = Holding("spans", "binary")
INDEX: Final = Holding("traces", "binary")
"""Where a trace is to be found: cleared last, so that what was cut off on the way is found again."""

HOLDINGS: Final = (
    Holding("scores", "text", time="time", names={"user": "author", "session": "conversation"}),
    Holding("span_events", "text", time="time_ns", time_ns=True, has_run=False, attributes=True),
    Holding("metric_exemplars", "text", time="time_ns", time_ns=True, has_run=False, attributes=True),
    Holding("media_uses", "text", time="received", has_run=False),
    Holding("trace_rollups", "binary", has_run=False),
    SPANS,
    INDEX,
)

POINTS: Final = "metric_points"
"""Points of metrics are of no trace: they grow old, and are erased where their attributes name a subject."""
OLD_POINTS: Final = "project = {project:String} AND time_ns < {cutoff:Int64}"

ERASED: Final = (*HOLDINGS, Holding(POINTS, "none", attributes=True))
"""What erasure looks through."""
