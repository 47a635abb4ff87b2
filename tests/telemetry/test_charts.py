from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.charts import OTHERS, Chart, ChartData
from windlass.telemetry.queries import measure_chart
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, request, span

PROJECT = "shop"
SECOND = 1_000_000_000
START = datetime.fromtimestamp(START_NS // SECOND, UTC)
MODELS = ("m1", "m1", "m1", "m2", "m2", "m3")


@pytest.fixture
def stored(warehouse: Warehouse, writer: Writer) -> Warehouse:
    """Six traces, ten minutes apart, each delivered twice: a root of n seconds, and a call of a model below it."""
    for number, model in enumerate(MODELS, 1):
        root: dict[str, Plain] = {"windlass.environment": "production", "gen_ai.usage.input_tokens": 999}
        call: dict[str, Plain] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": model,
            "gen_ai.usage.input_tokens": 10 * number,
        }
        if number != 1:
            call["windlass.cost_usd"] = 0.5
        start = START_NS + (number - 1) * 600 * SECOND
        made = request(
            span(number, 1, start_ns=start, duration_ns=number * SECOND, attributes=root, error=number == 6),
            span(number, 2, parent=1, start_ns=start + 1, duration_ns=SECOND, attributes=call),
        )
        writer.write_spans(PROJECT, made)
        writer.write_spans(PROJECT, made)
        writer.write_spans("other", made)
    return warehouse


def measured(warehouse: Warehouse, chart: Chart) -> ChartData:
    return measure_chart(warehouse, PROJECT, chart, since=START, until=START + timedelta(hours=1))


def values(data: ChartData) -> dict[str, tuple[float | None, int]]:
    return {series.key: (series.value, series.n) for series in data.series}


def test_measures_are_of_each_span_once(stored: Warehouse) -> None:
    assert values(measured(stored, Chart(measure="count"))) == {"": (6.0, 6)}
    assert values(measured(stored, Chart(measure="count", of="spans"))) == {"": (12.0, 12)}
    assert values(measured(stored, Chart(measure="errors"))) == {"": (1.0, 6)}
    assert values(measured(stored, Chart(measure="error_rate"))) == {"": (1 / 6, 6)}
    (latency,) = measured(stored, Chart(measure="latency_p50_s")).series
    assert latency.value == pytest.approx(3.5, abs=0.51)


def test_tokens_and_cost_are_of_calls_by_model_and_an_unknown_cost_is_no_zero(stored: Warehouse) -> None:
    tokens = measured(stored, Chart(measure="input_tokens", of="calls", by="request_model"))
    cost = measured(stored, Chart(measure="cost_usd", of="calls", by="request_model"))
    first = measured(stored, Chart(measure="cost_usd", of="calls", where=["input_tokens=10"]))

    assert values(tokens) == {"m1": (60.0, 3), "m2": (90.0, 2), "m3": (60.0, 1)}
    assert values(cost) == {"m1": (1.0, 3), "m2": (1.0, 2), "m3": (0.5, 1)}
    assert values(first) == {"": (None, 1)}
    assert [(series.key, series.unknown) for series in cost.series] == [("m1", 1), ("m2", 0), ("m3", 0)]


def test_points_lie_in_intervals(stored: Warehouse) -> None:
    data = measured(stored, Chart(measure="latency_p99_s", by="environment", where=["duration_s>=5"]))

    assert (data.interval_s, [series.key for series in data.series]) == (60, ["production"])
    assert [(point.time - START, point.value, point.n) for point in data.series[0].points] == [
        (timedelta(minutes=39, seconds=40), 5.0, 1),
        (timedelta(minutes=49, seconds=40), 6.0, 1),
    ]


def test_what_is_not_among_the_largest_is_one_more_series(stored: Warehouse) -> None:
    data = measured(stored, Chart(measure="count", of="calls", by="request_model", series=1))

    assert values(data) == {"m1": (3.0, 3), OTHERS: (3.0, 3)}


def test_an_empty_period_has_no_series(stored: Warehouse) -> None:
    chart = Chart(measure="count", where=["environment=staging"])

    assert measured(stored, chart).series == []


def test_what_cannot_be_drawn_is_told_why(stored: Warehouse) -> None:
    with pytest.raises(ValidationError, match="cost_usd is of calls of models"):
        Chart(measure="cost_usd")
    with pytest.raises(ValidationError, match="There is no field 'colour'"):
        Chart(measure="count", where=["colour=red"])
    with pytest.raises(InputError, match="ends before it begins"):
        measure_chart(stored, PROJECT, Chart(measure="count"), since=START, until=START)
