"""Everything that can be asked of spans and scores, in one place to import from."""

from windlass.telemetry.samples import list_samples
from windlass.telemetry.scores import scores_of_run, scores_of_traces
from windlass.telemetry.traces import TraceFilters, get_trace, list_traces
from windlass.telemetry.traffic import count_volume, list_traffic

__all__ = [
    "TraceFilters",
    "count_volume",
    "get_trace",
    "list_samples",
    "list_traces",
    "list_traffic",
    "scores_of_run",
    "scores_of_traces",
]
