from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.models import Traffic, Volume
from windlass.telemetry.queries import measure_traffic
from windlass.telemetry.writer import Writer

from .sending import Plain, request, span

HOUR = datetime(2026, 5, 1, 12, tzinfo=UTC)
SINCE, UNTIL = HOUR - timedelta(hours=1), HOUR + timedelta(hours=23)


def answer(
    writer: Writer,
    trace: int,
    minute: int,
    seconds: float,
    *,
    cost: float | None,
    error: bool = False,
    says: Mapping[str, Plain] | None = None,
) -> None:
    start_ns = int((HOUR + timedelta(minutes=minute)).timestamp()) * 10**9
    root: dict[str, Plain] = {"windlass.release": "sha256:1", "windlass.release.name": "guide"}
    root |= {"windlass.environment": "production", **(says or {})}
    call: dict[str, Plain] = {"gen_ai.operation.name": "chat"}
    if cost is not None:
        call["windlass.cost_usd"] = cost
    spans = request(
        span(trace, 1, start_ns=start_ns, duration_ns=int(seconds * 10**9), error=error, attributes=root),
        span(trace, 2, parent=1, start_ns=start_ns + 1, attributes=call),
    )
    writer.write_spans("shop", spans)
    writer.write_spans("shop", spans)


def test_traffic_counts_each_request_once_by_release_and_hour(warehouse: Warehouse, writer: Writer) -> None:
    for trace, seconds in enumerate((1.0, 2.0, 3.0), 1):
        answer(writer, trace, trace, seconds, cost=0.5, error=trace == 3)
    answer(writer, 4, 70, 9.0, cost=None)
    answer(writer, 5, 5, 4.0, cost=1.0, says={"windlass.environment": "staging"})
    answer(writer, 6, 5, 4.0, cost=1.0, says={"windlass.run": "r1"})
    answer(writer, 7, -90, 4.0, cost=1.0)
    writer.write_spans("shop", request(span(8, start_ns=int(HOUR.timestamp()) * 10**9)))

    production: dict[str, Any] = {
        "environment": "production",
        "release": "sha256:1",
        "release_name": "guide",
        "estimated": False,
    }
    assert measure_traffic(warehouse, "shop", since=SINCE, until=UNTIL).intervals == [
        Traffic(**production, time=HOUR, requests=3, errors=1, latency_p50_s=2.0, latency_p95_s=2.9, cost_usd=1.5),
        Traffic(
            **production,
            time=HOUR + timedelta(hours=1),
            requests=1,
            errors=0,
            latency_p50_s=9.0,
            latency_p95_s=9.0,
            cost_usd=None,
        ),
        Traffic(
            **{**production, "environment": "staging"},
            time=HOUR,
            requests=1,
            errors=0,
            latency_p50_s=4.0,
            latency_p95_s=4.0,
            cost_usd=1.0,
        ),
    ]
    whole, _ = measure_traffic(warehouse, "shop", since=SINCE, until=UNTIL).whole
    assert (whole.time, whole.requests, whole.errors, whole.latency_p50_s) == (SINCE, 4, 1, 2.5)
    assert measure_traffic(warehouse, "another", since=SINCE, until=UNTIL).intervals == []


def test_volume_counts_spans_and_traces_once(warehouse: Warehouse, writer: Writer) -> None:
    answer(writer, 1, 5, 1.0, cost=None)
    answer(writer, 2, 5, 1.0, cost=None)
    answer(writer, 3, -90, 1.0, cost=None)

    writer.write_spans("shop", request(span(9, start_ns=int(HOUR.timestamp()) * 10**9)))

    figures = measure_traffic(warehouse, "shop", since=SINCE, until=UNTIL)
    assert figures.volume == Volume(traces=3, spans=5), "also what has no release"
    assert [point.requests for point in figures.whole] == [2]
    assert measure_traffic(warehouse, "another", since=SINCE, until=UNTIL).volume == Volume(traces=0, spans=0)
