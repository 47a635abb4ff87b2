import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.models import Traffic
from windlass.telemetry.preparation import prepare
from windlass.telemetry.queries import measure_traffic
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, request, span

SINCE = datetime.fromtimestamp(START_NS / 1e9, UTC) - timedelta(hours=1)
UNTIL = SINCE + timedelta(hours=2)
RELEASE: dict[str, Plain] = {"windlass.release": "sha256:1", "windlass.environment": "production"}


def traffic(warehouse: Warehouse) -> Traffic:
    (one,) = measure_traffic(warehouse, "shop", since=SINCE, until=UNTIL).whole
    return one


WEIGHTS: list[tuple[str, dict[str, Plain], float]] = [
    ("", {}, 1),
    ("ot=th:0", {}, 1),
    ("ot=th:8", {}, 2),
    ("ot=th:c", {}, 4),
    ("vendor=a:b,ot=rv:6e6d1a75832a2f;th:e6666666666668,other=c", {}, 10),
    (" ot=th:fd70a3d70a3d7", {}, 100),
    ("ot=th:ffffffffffffff", {}, 2.0**56),
    ("ot=p:3;r:20", {}, 8),
    ("ot=p:63", {}, 0),
    ("es=s:0.25", {}, 4),
    ("es=s:0", {}, 1),
    ("ot=th:xyz", {}, 1),
    ("ot=th:8000000000000000", {}, 1),
    ("not=th:8", {}, 1),
    ("vendor=ot=th:8", {}, 1),
    ("ot=rv:8;nth:8", {}, 1),
    ("", {"SampleRate": 20}, 20),
    ("", {"SampleRate": 2.5}, 2.5),
    ("", {"SampleRate": "nonsense"}, 1),
    ("", {"SampleRate": 0}, 1),
    ("", {"microsoft.sample_rate": 25.0}, 4),
    ("", {"_MS.sampleRate": 12.5}, 8),
    ("", {"_MS.sampleRate": 0.0}, 1),
    ("vendor=x", {"SampleRate": 20}, 20),
    ("ot=th:8", {"SampleRate": 20}, 2),
]


def test_a_span_stands_for_as_many_as_its_probability_says(warehouse: Warehouse, writer: Writer) -> None:
    spans = [span(number, attributes=plain) for number, (_, plain, _) in enumerate(WEIGHTS, 1)]
    for sent, (trace_state, _, _) in zip(spans, WEIGHTS, strict=True):
        sent.trace_state = trace_state
    writer.write_spans("shop", request(*spans))
    rows = warehouse.query("SELECT weight FROM spans ORDER BY trace_id")
    assert [row["weight"] for row in rows] == [pytest.approx(weight, rel=1e-9) for _, _, weight in WEIGHTS]


class Request(NamedTuple):
    latency_s: float
    failed: bool
    cost: float
    probability: float


def kept_spans(number: int, made: Request, trace_state: str) -> list[object]:
    root = span(
        number, 1, attributes=RELEASE, error=made.failed, duration_ns=int(made.latency_s * 1e9), start_ns=START_NS
    )
    call = span(number, 2, parent=1, attributes={"gen_ai.operation.name": "chat", "windlass.cost_usd": made.cost})
    for one in (root, call):
        one.trace_state = trace_state
    return [root, call]


def test_figures_of_a_sampled_stream_are_those_of_the_whole_within_their_error(
    warehouse: Warehouse, writer: Writer
) -> None:
    """Failures are kept more often than the rest, and slow requests too: unweighted figures would be far off."""
    chance = random.Random(7)
    stream = [
        Request(
            latency_s=(latency := chance.lognormvariate(0, 0.5)),
            failed=(failed := chance.random() < 0.03),
            cost=chance.random() / 100,
            probability=0.5 if failed else 0.25 if latency > 1.5 else 0.0625,
        )
        for _ in range(20_000)
    ]
    states = {0.5: "ot=th:8", 0.25: "ot=th:c", 0.0625: "ot=th:f"}
    kept = [made for made in stream if chance.random() < made.probability]
    spans = [
        one for number, made in enumerate(kept, 1) for one in kept_spans(number, made, states[made.probability])
    ]
    writer.write_spans("shop", request(*spans))  # type: ignore[arg-type]

    found = traffic(warehouse)
    assert found.estimated
    assert abs(found.requests - len(stream)) < 4 * error_of(stream, lambda _: 1.0)
    assert abs(found.errors - sum(made.failed for made in stream)) < 4 * error_of(stream, lambda made: made.failed)
    assert found.cost_usd is not None
    assert abs(found.cost_usd - sum(made.cost for made in stream)) < 4 * error_of(stream, lambda made: made.cost)
    ordered = sorted(made.latency_s for made in stream)
    assert found.latency_p50_s == pytest.approx(ordered[10_000], rel=0.03)
    assert found.latency_p95_s == pytest.approx(ordered[19_000], rel=0.03)
    # What it would be without weights is far from it.
    unweighted = sorted(made.latency_s for made in kept)
    assert unweighted[len(kept) // 2] > 1.1 * ordered[10_000]
    assert sum(made.failed for made in kept) / len(kept) > 3 * found.errors / found.requests


def error_of(stream: list[Request], of: Callable[[Request], float]) -> float:
    """Return the standard error of Horvitz and Thompson's estimator of a sum."""
    return math.sqrt(sum((1 / made.probability - 1) * of(made) ** 2 for made in stream))


def test_a_stream_of_which_all_is_kept_is_counted_and_not_estimated(warehouse: Warehouse, writer: Writer) -> None:
    made = Request(latency_s=1.0, failed=False, cost=0.5, probability=1)
    writer.write_spans("shop", request(*kept_spans(1, made, "ot=th:0")))  # type: ignore[arg-type]
    found = traffic(warehouse)
    assert (found.estimated, found.requests, found.errors, found.cost_usd) == (False, 1, 0, 0.5)


def test_what_the_root_says_goes_for_spans_that_say_nothing(warehouse: Warehouse, writer: Writer) -> None:
    root, call = kept_spans(1, Request(latency_s=1.0, failed=True, cost=0.5, probability=0.25), "")
    root.attributes.add(key="SampleRate").value.int_value = 4  # type: ignore[attr-defined]
    writer.write_spans("shop", request(root, call))  # type: ignore[arg-type]
    found = traffic(warehouse)
    assert (found.requests, found.errors, found.cost_usd, found.estimated) == (4, 4, 2.0, True)


def test_spans_of_before_have_a_weight_too(warehouse: Warehouse, writer: Writer) -> None:
    sent = span(attributes=RELEASE)
    sent.trace_state = "ot=th:8"
    warehouse.execute("ALTER TABLE spans DROP COLUMN weight")
    warehouse.execute("DELETE FROM schema_steps WHERE schema = 'sampling'")
    writer.write_spans("shop", request(sent))
    prepare(warehouse)
    assert traffic(warehouse).requests == 2
