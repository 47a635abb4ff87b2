"""Everything that can be asked of spans and scores, in one place to import from."""

from windlass.telemetry.charts import measure_chart
from windlass.telemetry.conditions import Condition
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.metric_points import list_metrics
from windlass.telemetry.metric_queries import read_metric
from windlass.telemetry.outlines import get_outline
from windlass.telemetry.samples import list_samples
from windlass.telemetry.scores import scores_of_run, scores_of_traces
from windlass.telemetry.sessions import get_session, get_user, list_sessions, list_users
from windlass.telemetry.span_events import list_events
from windlass.telemetry.spans import list_spans
from windlass.telemetry.traces import get_span, get_trace, list_traces
from windlass.telemetry.traffic import measure_traffic

__all__ = [
    "Condition",
    "TraceFilters",
    "get_outline",
    "get_session",
    "get_span",
    "get_trace",
    "get_user",
    "list_events",
    "list_metrics",
    "list_samples",
    "list_sessions",
    "list_spans",
    "list_traces",
    "list_users",
    "measure_chart",
    "measure_traffic",
    "read_metric",
    "scores_of_run",
    "scores_of_traces",
]
