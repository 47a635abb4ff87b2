"""Metrics: which points are kept, and what they amount to in a time range."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import DataPointFlags, Metric

from tests.telemetry.otlp_signals import (
    CUMULATIVE,
    DELTA,
    counted,
    exemplar,
    gauge,
    histogram,
    metrics,
    number,
    summary,
    total,
)
from tests.telemetry.sending import START_NS, Plain
from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import metric_points, metric_queries
from windlass.telemetry.metric_queries import MetricGroup
from windlass.telemetry.otlp.bodies import Body
from windlass.telemetry.otlp.metrics import ParsedMetrics, parse_metrics
from windlass.telemetry.queries import list_metrics, read_metric
from windlass.telemetry.writer import Writer

S = 10**9
START = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=START_NS // S)


def parse(message: object) -> ParsedMetrics:
    return parse_metrics(Body(message.SerializeToString(), is_json=False))  # type: ignore[attr-defined]


def send(writer: Writer, *sent: Metric, project: str = "shop", resource: dict[str, Plain] | None = None) -> None:
    parsed = parse(metrics(*sent, resource=resource))
    assert parsed.reason == ""
    writer.write_points(project, parsed.points, parsed.exemplars)


def read(
    warehouse: Warehouse, name: str, group_by: Sequence[str] = (), *, since_s: int = 0, until_s: int = 3600
) -> list[MetricGroup]:
    since, until = START + timedelta(seconds=since_s), START + timedelta(seconds=until_s)
    return read_metric(warehouse, "shop", name, since=since, until=until, group_by=group_by)


def test_a_gauge_is_its_latest_value_with_the_least_and_the_greatest(writer: Writer, warehouse: Warehouse) -> None:
    send(writer, gauge(number(3.5), number(9.25, time_ns=START_NS + S), number(1.5, time_ns=START_NS + 2 * S)))
    (group,) = read(warehouse, "load")
    assert (group.kind, group.unit, group.points, group.series) == ("gauge", "1", 3, 1)
    assert (group.value, group.min, group.max, group.count, group.sum) == (1.5, 1.5, 9.25, None, None)


def test_increments_add_up(writer: Writer, warehouse: Warehouse) -> None:
    send(writer, total(number(3), number(4, time_ns=START_NS + S), number(100, time_ns=START_NS + 3600 * S)))
    (group,) = read(warehouse, "tokens")
    assert (group.value, group.points, group.min) == (7.0, 2, None)


def test_a_running_total_counts_from_where_the_time_range_begins(writer: Writer, warehouse: Warehouse) -> None:
    began = START_NS - 7200 * S
    send(
        writer,
        total(
            *(
                number(value, start_ns=began, time_ns=START_NS + at * S)
                for value, at in ((10, -60), (15, 5), (22, 65))
            ),
            temporality=CUMULATIVE,
        ),
    )
    (group,) = read(warehouse, "tokens")
    assert group.value == 12.0
    assert read(warehouse, "tokens", until_s=30)[0].value == 5.0
    assert read(warehouse, "tokens", since_s=30)[0].value == 7.0
    assert read(warehouse, "tokens", since_s=90) == []


def test_a_running_total_that_began_in_the_time_range_counts_whole(writer: Writer, warehouse: Warehouse) -> None:
    send(
        writer,
        total(
            number(40, start_ns=START_NS + S, time_ns=START_NS + 2 * S),
            # A process that was started again counts from nothing.
            number(3, start_ns=START_NS + 5 * S, time_ns=START_NS + 6 * S),
            temporality=CUMULATIVE,
        ),
    )
    assert read(warehouse, "tokens")[0].value == 43.0


def test_an_older_running_total_of_which_nothing_was_known_before_counts_from_its_first_report(
    writer: Writer, warehouse: Warehouse
) -> None:
    began = START_NS - 7200 * S
    points = (number(value, start_ns=began, time_ns=START_NS + at * S) for value, at in ((1000, 1), (1004, 61)))
    send(writer, total(*points, temporality=CUMULATIVE))
    assert read(warehouse, "tokens")[0].value == 4.0


def test_a_sum_that_may_fall_is_its_latest_values_together(writer: Writer, warehouse: Warehouse) -> None:
    for pod, values in (("a", (5, 3)), ("b", (2, 4))):
        points = (number(value, time_ns=START_NS + at * S, pod=pod) for at, value in enumerate(values))
        send(writer, total(*points, name="queue", temporality=CUMULATIVE, monotonic=False))
    (group,) = read(warehouse, "queue")
    assert (group.value, group.series) == (7.0, 2)


def test_histograms_have_count_sum_and_quantiles_that_are_called_estimates(
    writer: Writer, warehouse: Warehouse
) -> None:
    send(
        writer,
        histogram(
            counted([0, 5, 0], total_of=7.0, model="m1"),
            counted([0, 5, 0], total_of=8.0, model="m1", time_ns=START_NS + S),
            counted([4, 0, 0], total_of=1.0, model="m2"),
        ),
    )
    first, second = read(warehouse, "duration", ["model"])
    assert (first.attributes, first.count, first.sum, first.value) == ({"model": "m1"}, 10, 15.0, None)
    assert first.estimated_quantiles == {"0.5": 1.5, "0.9": 1.9, "0.95": 1.95, "0.99": 1.99}
    assert (second.attributes, second.count, second.sum) == ({"model": "m2"}, 4, 1.0)
    (both,) = read(warehouse, "duration")
    assert (both.count, both.sum, both.series) == (14, 16.0, 2)
    assert "estimated_quantiles" in both.model_dump()


def test_running_histograms_are_what_they_grew_by(writer: Writer, warehouse: Warehouse) -> None:
    began = START_NS - 7200 * S
    points = (
        counted(counts, total_of=of, start_ns=began, time_ns=START_NS + at * S)
        for counts, of, at in (([8, 0, 0], 4.0, -30), ([8, 2, 0], 7.0, 30))
    )
    send(writer, histogram(*points, temporality=CUMULATIVE))
    (group,) = read(warehouse, "duration")
    assert (group.count, group.sum) == (2, 3.0)
    assert group.estimated_quantiles["0.5"] == 1.5


def test_an_exponential_histogram_is_read_like_any_other(writer: Writer, warehouse: Warehouse) -> None:
    made = Metric(name="duration", unit="s")
    made.exponential_histogram.aggregation_temporality = DELTA
    point = made.exponential_histogram.data_points.add(time_unix_nano=START_NS, count=4, sum=12.0, max=4.0)
    point.positive.offset = 1
    point.positive.bucket_counts.append(4)
    send(writer, made)
    (group,) = read(warehouse, "duration")
    assert (group.count, group.sum, group.max, group.estimated_quantiles["0.5"]) == (4, 12.0, 4.0, 3.0)


def test_a_summary_has_its_count_and_sum_and_what_each_series_said_last(
    writer: Writer, warehouse: Warehouse
) -> None:
    began = START_NS - 7200 * S
    for pod, at, count, of, quantiles in (
        ("a", -60, 10, 5.0, {0.5: 0.1, 0.99: 0.9}),
        ("a", 5, 14, 9.0, {0.5: 0.25, 0.99: 1.5}),
        ("b", -60, 1, 1.0, {0.5: 1.0}),
        ("b", 6, 3, 4.5, {0.5: 2.0}),
    ):
        sent = summary(
            quantiles, count=count, total_of=of, start_ns=began, time_ns=START_NS + at * S, pod=pod, region="eu"
        )
        send(writer, sent)
    (group,) = read(warehouse, "latency", ["region"])
    assert (group.kind, group.unit, group.count, group.sum, group.value) == ("summary", "s", 6, 7.5, None)
    assert group.estimated_quantiles == {}
    said = {str(one.attributes["pod"]): one for one in group.summaries}
    assert said["a"].quantiles == {"0.5": 0.25, "0.99": 1.5}
    assert said["a"].attributes == {"pod": "a", "region": "eu"}
    assert (said["b"].quantiles, said["b"].time) == ({"0.5": 2.0}, START + timedelta(seconds=6))
    assert list_metrics(warehouse, "shop")[0].kind == "summary"


def test_a_summary_that_was_started_again_says_what_it_says_now(writer: Writer, warehouse: Warehouse) -> None:
    send(writer, summary({0.5: 1.0}, count=5, start_ns=START_NS, time_ns=START_NS + S))
    send(writer, summary({0.5: 3.0}, count=2, start_ns=START_NS + 2 * S, time_ns=START_NS + 3 * S))
    (group,) = read(warehouse, "latency")
    assert (group.count, [one.quantiles for one in group.summaries]) == (7, [{"0.5": 3.0}])


def test_a_quantile_of_which_nothing_was_observed_is_left_out() -> None:
    (point,) = parse(metrics(summary({0.5: math.nan, 0.9: 2.0}, count=3, total_of=1.0))).points
    assert (point.quantiles, point.quantile_values, point.count, point.sum) == ([0.9], [2.0], 3, 1.0)


def test_exemplars_lead_to_their_spans(writer: Writer, warehouse: Warehouse) -> None:
    slow = counted([0, 0, 1], total_of=5.0, model="m1")
    slow.exemplars.append(exemplar(5.0, 7, 8, time_ns=START_NS + S, user="ada"))
    quick = counted([1, 0, 0], total_of=0.5, model="m2")
    quick.exemplars.extend([exemplar(0.5, 0, 0), exemplar(1, 7, 0, time_ns=START_NS + 2 * S)])
    for _ in range(2):
        send(writer, histogram(slow, quick))
    first, second = read(warehouse, "duration", ["model"])
    (found,) = first.exemplars
    assert (found.value, found.time) == (5.0, START + timedelta(seconds=1))
    assert (found.trace_id, found.span_id) == (f"{7:032x}", f"{8:016x}")
    assert found.attributes == {"model": "m1", "user": "ada"}
    assert [(one.value, one.trace_id, one.span_id) for one in second.exemplars] == [
        (1.0, f"{7:032x}", ""),
        (0.5, "", ""),
    ]
    assert len(read(warehouse, "duration")[0].exemplars) == 3
    assert read(warehouse, "duration", since_s=2) == []


def test_of_many_exemplars_the_newest_are_given(writer: Writer, warehouse: Warehouse) -> None:
    for pod in ("a", "b"):
        point = number(1, pod=pod, time_ns=START_NS + 60 * S)
        point.exemplars.extend(exemplar(at, 1, at + 1, time_ns=START_NS + at * S) for at in range(12))
        send(writer, total(point))
    (group,) = read(warehouse, "tokens")
    assert [one.value for one in group.exemplars] == [11.0, 11.0, 10.0, 10.0, 9.0, 9.0, 8.0, 8.0, 7.0, 7.0]


def test_metrics_of_before_get_the_columns_that_they_lack(bare_warehouse: Warehouse, spool: Path) -> None:
    older = metric_points.STEPS[:1]
    bare_warehouse.apply_steps({"metric_points": older})
    columns = [row["name"] for row in bare_warehouse.query("DESCRIBE metric_points")]
    assert "quantiles" not in columns
    writer = Writer(bare_warehouse, spool)
    send(writer, summary({0.5: 1.0}, count=1))
    writer.close()
    assert read(bare_warehouse, "latency")[0].summaries[0].quantiles == {"0.5": 1.0}


def test_groups_are_by_attributes_of_points_and_of_resources(writer: Writer, warehouse: Warehouse) -> None:
    for service in ("shop", "bank"):
        send(writer, total(number(1, region="eu"), number(2, region="us")), resource={"service.name": service})
    groups = read(warehouse, "tokens", ["service.name", "region"])
    assert [(*group.attributes.values(), group.value) for group in groups] == [
        ("bank", "eu", 1.0),
        ("bank", "us", 2.0),
        ("shop", "eu", 1.0),
        ("shop", "us", 2.0),
    ]
    (unknown,) = read(warehouse, "tokens", ["nowhere"])
    assert (unknown.attributes, unknown.value) == ({"nowhere": ""}, 6.0)


def test_a_point_delivered_twice_is_one_and_of_one_project(writer: Writer, warehouse: Warehouse) -> None:
    for _ in range(2):
        send(writer, total(number(5)))
    send(writer, total(number(7)), project="other")
    assert read(warehouse, "tokens")[0].value == 5.0
    (name,) = list_metrics(warehouse, "shop")
    assert (name.name, name.kind, name.unit, name.points, name.last) == ("tokens", "sum", "{token}", 1, START)
    assert read(warehouse, "load") == []


def test_more_series_than_can_be_added_up_is_one_sentence(
    writer: Writer, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metric_queries, "_MOST_SERIES", 2)
    send(writer, total(*(number(1, user=f"u{place}") for place in range(3))))
    with pytest.raises(InputError, match="'tokens' has more than 2 series in this time range"):
        read(warehouse, "tokens")


@pytest.mark.parametrize("value", [0.0, -0.1, 1e308, 5e-324, 2.0**53, 1 / 3])
def test_a_number_is_read_as_it_was_sent(writer: Writer, warehouse: Warehouse, value: float) -> None:
    send(writer, gauge(number(value)))
    assert read(warehouse, "load")[0].value == value


def no_time() -> Metric:
    return gauge(number(1.0, time_ns=0))


def measured(**change: object) -> Metric:
    point = number(1.0)
    point.exemplars.append(exemplar(1.0))
    for name, plain in change.items():
        setattr(point.exemplars[0], name, plain)
    return gauge(point)


def scaled() -> Metric:
    made = Metric(name="fine")
    made.exponential_histogram.aggregation_temporality = DELTA
    made.exponential_histogram.data_points.add(time_unix_nano=START_NS, scale=21)
    return made


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (no_time(), "no time"),
        (gauge(number(1.0, time_ns=2**63)), "a time after the year 2262"),
        (gauge(number(math.nan)), "a number that is not finite"),
        (gauge(number(math.inf)), "a number that is not finite"),
        (gauge(number(1.0), name=""), "no name"),
        (total(number(1), temporality=0), "no temporality"),
        (histogram(counted([1, 1])), "another number of buckets than its bounds make"),
        (histogram(counted([1, 1, 1], bounds=[2.0, 1.0])), "bounds of buckets that do not rise"),
        (summary({1.5: 1.0}), "a quantile that is not between 0 and 1"),
        (summary({math.nan: 1.0}), "a quantile that is not between 0 and 1"),
        (summary({0.5: math.inf}), "a number that is not finite"),
        (summary({0.5: 1.0}, total_of=math.nan), "a number that is not finite"),
        (summary({place / 5000: 1.0 for place in range(5000)}), "more than 4096 quantiles"),
        (measured(time_unix_nano=0), "an exemplar without a time"),
        (measured(time_unix_nano=2**63), "an exemplar with a time after the year 2262"),
        (measured(trace_id=b"short"), "an exemplar with a trace id that is not 16 bytes"),
        (measured(span_id=b"much too long"), "an exemplar with a span id that is not 8 bytes"),
        (measured(as_double=math.nan), "an exemplar with a number that is not finite"),
        (scaled(), "a scale that is not between -10 and 20"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_point_that_cannot_be_kept_is_counted_and_the_others_are_kept(wrong: Metric, reason: str) -> None:
    parsed = parse(metrics(gauge(number(1.0)), wrong, total(number(2))))
    assert [point.value for point in parsed.points] == [1.0, 2.0]
    assert (parsed.rejected, parsed.reason) == (1, f"Data points rejected: 1 with {reason}.")


def test_a_point_that_says_that_nothing_was_recorded_is_taken_and_not_kept() -> None:
    gap = number(0.0)
    gap.flags = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK
    parsed = parse(metrics(gauge(gap)))
    assert (parsed.points, parsed.rejected) == ([], 0)


def test_json_says_the_same_as_protobuf() -> None:
    plain = {
        "timeUnixNano": str(START_NS),
        "asInt": "5",
        "attributes": [{"key": "model", "value": {"stringValue": "m1"}}],
        "exemplars": [
            # Its ids are hexadecimal, which protobuf's own JSON would take for base64 or refuse.
            {"traceId": f"{7:032x}", "spanId": f"{8:016X}", "asInt": "1", "timeUnixNano": str(START_NS)}
        ],
    }
    document = {
        "resourceMetrics": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
                "scopeMetrics": [
                    {
                        "scope": {"name": "tests"},
                        "metrics": [
                            {
                                "name": "tokens",
                                "unit": "{token}",
                                "sum": {"dataPoints": [plain], "aggregationTemporality": 1, "isMonotonic": True},
                            }
                        ],
                    }
                ],
            }
        ]
    }
    from_json = parse_metrics(Body(json.dumps(document).encode(), is_json=True))
    point = number(5, model="m1")
    point.exemplars.append(exemplar(1, 7, 8))
    assert from_json == parse(metrics(total(point)))
