"""Exemplars: single measurements that a point of a metric was made of, with the span in which each was made."""

import math
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar as OtlpExemplar

from windlass.telemetry.otlp.limits import Limits
from windlass.telemetry.summaries import LATEST_NS
from windlass.telemetry.values import encode_attributes

_MOST: Final = 4096
"""Exemplars of a point; exporters send one for each bucket at most."""
_ID_BYTES: Final = {"trace_id": 16, "span_id": 8}


class Exemplar(NamedTuple):
    """A measurement as it is stored: values of attributes are typed texts (see values.py)."""

    name: str
    """Of the metric."""
    series: int
    """Of the point, see ``MetricPoint``."""
    time_ns: int
    value: float
    trace_id: str
    """In hexadecimal; empty when it was made within no trace."""
    span_id: str
    attributes: dict[str, str]
    """Those of the point, and those that were filtered out of it."""
    resource: dict[str, str]
    digest: int
    """Tells it from others of the same span and time; the same when it is delivered again."""


def problem_of_exemplars(exemplars: Sequence[OtlpExemplar], limits: Limits) -> str | None:
    """Return why a point's exemplars cannot be kept."""
    if len(exemplars) > _MOST:
        return f"more than {_MOST} exemplars"
    return next(filter(None, (_problem_of(exemplar, limits) for exemplar in exemplars)), None)


def exemplars_of(
    sent: Iterable[OtlpExemplar], name: str, series: int, attributes: dict[str, str], resource: dict[str, str]
) -> list[Exemplar]:
    """Return the exemplars of a point, which is of a series with some attributes and a resource."""
    return [_stored(exemplar, name, series, attributes, resource) for exemplar in sent]


def value_of(exemplar: OtlpExemplar) -> float:
    return float(exemplar.as_int) if exemplar.WhichOneof("value") == "as_int" else exemplar.as_double


def _problem_of(exemplar: OtlpExemplar, limits: Limits) -> str | None:
    for field, length in _ID_BYTES.items():
        if len(getattr(exemplar, field)) not in {0, length}:
            return f"an exemplar with a {field.replace('_', ' ')} that is not {length} bytes"
    if not exemplar.time_unix_nano:
        return "an exemplar without a time"
    if exemplar.time_unix_nano > LATEST_NS:
        return "an exemplar with a time after the year 2262"
    if not math.isfinite(value_of(exemplar)):
        return "an exemplar with a number that is not finite"
    return limits.problem_of(exemplar.filtered_attributes, "an exemplar's attribute")


def _stored(
    exemplar: OtlpExemplar, name: str, series: int, attributes: dict[str, str], resource: dict[str, str]
) -> Exemplar:
    belongs = any(exemplar.trace_id)
    content = exemplar.SerializeToString(deterministic=True)
    filtered = encode_attributes(exemplar.filtered_attributes)
    return Exemplar(
        name=name,
        series=series,
        time_ns=exemplar.time_unix_nano,
        value=value_of(exemplar),
        trace_id=exemplar.trace_id.hex() if belongs else "",
        span_id=exemplar.span_id.hex() if belongs and any(exemplar.span_id) else "",
        attributes={**attributes, **filtered},
        resource=resource,
        digest=int.from_bytes(blake2b(content, digest_size=8).digest(), "big"),
    )
