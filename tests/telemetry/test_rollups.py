"""What charts say from rollups is what they say from the spans, whatever happened meanwhile."""

import random
import threading
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import charts
from windlass.telemetry.charts import By, Chart, ChartData, Measure, Of, measure_chart
from windlass.telemetry.costs import Lists
from windlass.telemetry.lifecycle import deletion
from windlass.telemetry.lifecycle.deletion import delete_traces
from windlass.telemetry.lifecycle.holdings import SPANS
from windlass.telemetry.recosting import recost
from windlass.telemetry.redeliveries import Moved, Redeliveries
from windlass.telemetry.rollups import spans as span_rollups
from windlass.telemetry.rollups.minutes import Cover, Range, find_cover
from windlass.telemetry.rollups.rolling import Rolling
from windlass.telemetry.traffic import Figures, measure_traffic
from windlass.telemetry.writer import Writer

from .sending import Plain, request, span, trace_id
from .test_costs import Fixed, flat

PROJECT = "shop"
MINUTE_NS = 60 * 10**9
FIRST_NS = 1_790_000_040 * 10**9
SINCE = datetime.fromtimestamp(FIRST_NS // 10**9, UTC) + timedelta(seconds=20)
UNTIL = SINCE + timedelta(minutes=60)
"""Neither lies at the edge of a minute."""

LISTS = Fixed(large=(flat(2.0), flat(3.0, above=500)), small=(flat(0.5),))
MEASURES: tuple[tuple[Measure, Of], ...] = (
    ("count", "traces"),
    ("count", "spans"),
    ("errors", "spans"),
    ("error_rate", "calls"),
    ("latency_p95_s", "traces"),
    ("input_tokens", "calls"),
    ("output_tokens", "calls"),
    ("cost_usd", "calls"),
)
KEYS: tuple[By, ...] = ("", "request_model", "environment", "status", "name")


def fill(writer: Writer, seed: int, traces: range, *, twice: bool = True) -> None:
    """Store traces of a root and two calls, spread over the hour; each may come twice."""
    chance = random.Random(seed)
    everything: list[Span] = []
    for trace in traces:
        start_ns = FIRST_NS + chance.randrange(61 * MINUTE_NS)
        where: dict[str, Plain] = {"windlass.environment": chance.choice(["production", "staging"])}
        of_root: dict[str, Plain] = {**where, "SampleRate": chance.choice([1, 1, 4])}
        if chance.random() < 0.1:
            of_root["windlass.run"] = "a run"
        if chance.random() < 0.9:
            of_root |= {"windlass.release": "sha256:1", "windlass.release.name": "shop"}
        spans = [
            span(
                trace,
                1,
                # Some roots have not come.
                parent=9 if trace % 13 == 0 else 0,
                name="ask",
                start_ns=start_ns,
                # And some end before they begin, by a clock that is wrong.
                duration_ns=chance.randrange(-(10**9), 10**10),
                attributes=of_root,
                error=chance.random() < 0.2,
            )
        ]
        for number in (2, 3):
            said: dict[str, Plain] = {
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": chance.choice(["large", "small", "unknown"]),
            }
            if chance.random() < 0.9:
                said |= {
                    "gen_ai.usage.input_tokens": chance.randrange(1000),
                    "gen_ai.usage.output_tokens": chance.randrange(100),
                }
            if chance.random() < 0.1:
                said["windlass.cost_usd"] = 0.25
            spans.append(
                span(
                    trace,
                    number,
                    parent=1,
                    name=f"call {number}",
                    # Traces lie across minutes.
                    start_ns=start_ns + chance.randrange(10**9, 150 * 10**9),
                    duration_ns=10**9,
                    attributes={**where, **said},
                    error=chance.random() < 0.2,
                )
            )
        everything += spans
    for _ in range(1 + twice):
        writer.write_spans(PROJECT, request(*everything))


def roll(warehouse: Warehouse, lists: Lists = LISTS) -> None:
    Rolling(warehouse, lists, quiet_s=0.0).roll(threading.Event())


def measured(warehouse: Warehouse, chart: Chart, lists: Lists = LISTS) -> ChartData:
    return measure_chart(warehouse, PROJECT, chart, since=SINCE, until=UNTIL, lists=lists)


def compare(
    warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    *,
    lists: Lists = LISTS,
    where: tuple[str, ...] = (),
    keys: tuple[By, ...] = KEYS,
) -> None:
    for (measure, of), by in product(MEASURES, keys):
        chart = Chart(measure=measure, of=of, by=by, where=list(where))
        from_rollups = measured(warehouse, chart, lists)
        with monkeypatch.context() as patched:
            patched.setattr(charts, "_has_rollups", lambda *_: False)
            from_spans = measured(warehouse, chart, lists)
        assert from_spans.series, chart
        for given, expected in zip(from_rollups.series, from_spans.series, strict=True):
            assert (given.key, given.n, given.unknown) == (expected.key, expected.n, expected.unknown), chart
            assert given.value == pytest.approx(expected.value, rel=1e-3), chart
            assert [(each.time, each.n, each.unknown) for each in given.points] == [
                (each.time, each.n, each.unknown) for each in expected.points
            ]
            for one, other in zip(given.points, expected.points, strict=True):
                assert one.value == pytest.approx(other.value, rel=1e-3), chart
    compare_overview(warehouse, monkeypatch, lists)


def overview(warehouse: Warehouse, lists: Lists = LISTS) -> Figures:
    return measure_traffic(warehouse, PROJECT, since=SINCE, until=UNTIL, interval_s=600, lists=lists)


def compare_overview(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, lists: Lists = LISTS) -> None:
    from_rollups = overview(warehouse, lists)
    with monkeypatch.context() as patched:
        patched.setattr(
            span_rollups,
            "find_priced_cover",
            lambda _warehouse, _project, since, until, _listings: Cover.without_rollups(since, until),
        )
        from_spans = overview(warehouse, lists)
    assert from_spans.whole
    assert from_rollups.volume == from_spans.volume
    for given, expected in zip(
        (*from_rollups.whole, *from_rollups.intervals), (*from_spans.whole, *from_spans.intervals), strict=True
    ):
        assert given.cost_usd == pytest.approx(expected.cost_usd), expected
        assert given.model_copy(update={"cost_usd": expected.cost_usd}) == expected


def covered(warehouse: Warehouse) -> Cover:
    since, until = (int(time.timestamp()) * 10**9 for time in (SINCE, UNTIL))
    return find_cover(warehouse, PROJECT, since, until)


def read_spans_of(warehouse: Warehouse) -> int:
    """Return how many minutes of the hour a chart reads the spans of, but for those at its edges."""
    return sum((until - since) // MINUTE_NS for since, until in covered(warehouse).of_spans)


def test_charts_are_the_same_with_rollups(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(writer, 1, range(1, 60))
    assert not covered(warehouse).has_rollups or read_spans_of(warehouse) > 20
    roll(warehouse)
    edges = covered(warehouse).of_spans
    assert [(until - since) // 10**9 for since, until in edges] == [40, 20]
    compare(warehouse, monkeypatch)
    compare(warehouse, monkeypatch, where=("environment=production", "run="), keys=("request_model",))
    compare(warehouse, monkeypatch, where=("duration_s<5",), keys=("request_model",))


def test_spans_that_come_late_count_at_once_and_are_rolled_up_again(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(writer, 1, range(1, 40))
    roll(warehouse)
    # The same once more: nothing is another for it.
    before = measured(warehouse, Chart(measure="count", of="spans"))
    fill(writer, 1, range(1, 40), twice=False)
    assert measured(warehouse, Chart(measure="count", of="spans")) == before
    fill(writer, 2, range(50, 60))
    assert read_spans_of(warehouse) > 0
    compare(warehouse, monkeypatch, keys=("request_model",))
    roll(warehouse)
    assert read_spans_of(warehouse) == 0
    compare(warehouse, monkeypatch, keys=("request_model",))


def test_what_was_rolled_up_is_not_looked_at_again(warehouse: Warehouse, writer: Writer) -> None:
    fill(writer, 1, range(1, 20))
    rolling = Rolling(warehouse, LISTS, quiet_s=0.0)
    rolling.roll(threading.Event())
    (first,) = warehouse.query("SELECT max(version) AS version, count() AS n FROM span_rollups")
    rolling.roll(threading.Event())
    assert warehouse.query("SELECT max(version) AS version, count() AS n FROM span_rollups") == [first]


def test_a_minute_is_left_alone_until_it_is_quiet(warehouse: Warehouse, writer: Writer) -> None:
    fill(writer, 1, range(1, 20))
    Rolling(warehouse, LISTS, quiet_s=3600.0).roll(threading.Event())
    assert warehouse.query("SELECT count() AS n FROM span_rollups") == [{"n": 0}]


def test_what_was_cut_off_goes_on_with_the_next_round(warehouse: Warehouse, writer: Writer) -> None:
    fill(writer, 1, range(1, 20))
    stopped = threading.Event()
    stopped.set()
    rolling = Rolling(warehouse, LISTS, quiet_s=0.0)
    rolling.roll(stopped)
    Rolling(warehouse, LISTS, quiet_s=0.0, longest_s=-1.0).roll(threading.Event())
    assert warehouse.query("SELECT count() AS n FROM span_rollups") == [{"n": 0}]
    rolling.roll(threading.Event())
    assert read_spans_of(warehouse) == 0


def test_deleted_traces_are_gone_from_charts_and_their_names_from_rollups(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(writer, 1, range(1, 40))
    writer.write_spans(PROJECT, request(span(99, 1, name="Ada's", start_ns=FIRST_NS + 5 * MINUTE_NS)))
    roll(warehouse)
    with_ada = "SELECT count() AS n FROM span_rollups WHERE name = 'Ada\\'s'"
    assert warehouse.query(with_ada) == [{"n": 1}]
    delete_traces(warehouse, PROJECT, [trace_id(99), trace_id(7)])
    assert warehouse.query(with_ada) == [{"n": 0}]
    compare(warehouse, monkeypatch, keys=("name",))
    roll(warehouse)
    compare(warehouse, monkeypatch, keys=("name",))


def test_what_is_rolled_up_while_a_trace_is_deleted_is_not_kept(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.write_spans(PROJECT, request(span(99, 1, name="Ada's", start_ns=FIRST_NS + 5 * MINUTE_NS)))
    execute = warehouse.execute

    def delete_meanwhile(sql: str, parameters: object = None) -> None:
        execute(sql, parameters)  # type: ignore[arg-type]
        if "INSERT INTO trace_rollups" in sql:
            # As if what was written just now were there only after the deletion.
            with monkeypatch.context() as patched:
                patched.setattr(deletion, "delete_rollups", lambda *_: None)
                delete_traces(warehouse, PROJECT, [trace_id(99)], [SPANS])

    with monkeypatch.context() as patched:
        patched.setattr(warehouse, "execute", delete_meanwhile)
        roll(warehouse)
    for table in ("span_rollups", "trace_rollups"):
        assert warehouse.query(f"SELECT count() AS n FROM {table}") == [{"n": 0}]


def test_nothing_is_rolled_up_of_spans_that_are_being_deleted(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(PROJECT, request(span(99, 1, name="Ada's", start_ns=FIRST_NS + 5 * MINUTE_NS)))
    writer.write_spans(PROJECT, request(span(98, 1, name="Bob's", start_ns=FIRST_NS + 5 * MINUTE_NS)))
    rolled_up = "SELECT groupArray(name) AS names FROM span_rollups"
    delete = f"ALTER TABLE spans DELETE WHERE {SPANS.of_traces} SETTINGS mutations_sync = "
    parameters = {"project": PROJECT, "traces": [trace_id(99)]}
    warehouse.execute("SYSTEM STOP MERGES spans")
    warehouse.execute(f"{delete} 0", parameters)
    roll(warehouse)
    assert warehouse.query(rolled_up) == [{"names": []}]
    warehouse.execute("SYSTEM START MERGES spans")
    warehouse.execute(f"{delete} 2", parameters)
    roll(warehouse)
    assert warehouse.query(rolled_up) == [{"names": ["Bob's"]}]


def test_a_deletion_that_was_cut_off_is_not_hidden_by_rollups(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(writer, 1, range(1, 40))
    roll(warehouse)
    execute = warehouse.execute

    def cut_off(sql: str, parameters: object = None) -> None:
        execute(sql, parameters)  # type: ignore[arg-type]
        if sql.startswith("ALTER TABLE spans DELETE"):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(warehouse, "execute", cut_off)
        with pytest.raises(KeyboardInterrupt):
            delete_traces(warehouse, PROJECT, [trace_id(7)])
    roll(warehouse)
    compare(warehouse, monkeypatch, keys=("name",))


def test_a_span_that_moves_is_counted_where_it_is(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(writer, 1, range(1, 40))
    writer.write_spans(PROJECT, request(span(99, 1, start_ns=FIRST_NS + 5 * MINUTE_NS)))
    roll(warehouse)
    writer.write_spans(PROJECT, request(span(99, 1, start_ns=FIRST_NS + 25 * MINUTE_NS)))
    roll(warehouse)
    redeliveries = Redeliveries(warehouse)
    redeliveries.settle([Moved(PROJECT, trace_id(99), (1).to_bytes(8, "big").hex())])
    redeliveries.close()
    compare(warehouse, monkeypatch, keys=("name",))
    roll(warehouse)
    compare(warehouse, monkeypatch, keys=("name",))


def test_recosting_holds_for_what_was_rolled_up(
    warehouse: Warehouse,
    writer: Writer,
    database: Database,
    audit: AuditChain,
    principal: Principal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(writer, 1, range(1, 40))
    roll(warehouse)
    chart = Chart(measure="cost_usd", of="calls", by="request_model")
    before = {series.key: series.value for series in measured(warehouse, chart).series}
    dearer = Fixed(large=(flat(4.0), flat(6.0, above=500)), small=(flat(0.5),), unknown=(flat(1.0),))
    recost(database, audit, warehouse, _of(principal), dearer)
    after = {series.key: series.value for series in measured(warehouse, chart, dearer).series}
    assert after["large"] != before["large"]
    assert after["small"] == before["small"]
    assert (before["unknown"], after["unknown"]) != (after["unknown"], before["unknown"])
    compare(warehouse, monkeypatch, lists=dearer, keys=("request_model",))
    # Who met the old costs had them rolled up again.
    assert read_spans_of(warehouse) > 0
    roll(warehouse, dearer)
    assert read_spans_of(warehouse) == 0
    compare(warehouse, monkeypatch, lists=dearer, keys=("request_model",))


def _of(principal: Principal) -> Principal:
    return Principal(id=principal.id, kind=principal.kind, role=principal.role, project=PROJECT)


def test_minutes_next_to_each_other_are_one_range_and_many_are_few(warehouse: Warehouse, writer: Writer) -> None:
    of_minute = [request(span(n, 1, start_ns=FIRST_NS + n * MINUTE_NS)) for n in range(200)]
    for minute in of_minute:
        writer.submit(PROJECT, minute)
    writer.flush()
    roll(warehouse)
    for late in (*range(40, 45), *range(100, 200, 2)):
        writer.submit(PROJECT, of_minute[late])
    writer.flush()
    cover = find_cover(warehouse, PROJECT, FIRST_NS, FIRST_NS + 200 * MINUTE_NS)
    assert cover.of_spans[0] == Range(FIRST_NS + 40 * MINUTE_NS, FIRST_NS + 45 * MINUTE_NS)
    assert len(cover.of_spans) <= 32
    assert cover.of_spans[-1].until_ns == FIRST_NS + 199 * MINUTE_NS


@pytest.mark.parametrize(
    ("since_ns", "until_ns"), [(-(2**63) + 1, 2**63 - 1), (-5, -3), (0, 1), (FIRST_NS, FIRST_NS + 1)]
)
def test_any_period_has_a_cover(warehouse: Warehouse, writer: Writer, since_ns: int, until_ns: int) -> None:
    fill(writer, 1, range(1, 5))
    roll(warehouse)
    cover = find_cover(warehouse, PROJECT, since_ns, until_ns)
    for table, test in (("spans", cover.spans()), ("span_rollups", cover.rollups())):
        warehouse.query(f"SELECT count() AS n FROM {table} WHERE {test}", {"project": PROJECT})
