"""Retention: what a policy does not keep goes from every table, while spans come in."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tests.telemetry.lifecycle.conftest import House
from tests.telemetry.sending import request, span, trace_id
from windlass.access.audit import list_entries
from windlass.access.principals import Principal
from windlass.server.rounds import Duty, Rounds
from windlass.telemetry.lifecycle.retention import RetentionPolicy, Retentions
from windlass.telemetry.scores import Score
from windlass.telemetry.summaries import nanoseconds_of

TODAY = datetime(2026, 6, 30, 12, tzinfo=UTC)


def store(house: House, trace: int, days_ago: int, *, project: str = "guide", run: str = "") -> None:
    at = TODAY - timedelta(days=days_ago)
    attributes = {"windlass.run": run} if run else {}
    spans = span(trace, 1, name=f"{trace}", start_ns=nanoseconds_of(at), attributes=attributes)
    house.writer.write_spans(project, request(spans))
    house.writer.write_scores(
        project, [Score(trace_id=trace_id(trace), name="n", value=1.0, source="code", time=at, run=run)]
    )


def scored(house: House, project: str = "guide") -> list[object]:
    rows = house.warehouse.query(
        "SELECT trace_id FROM scores FINAL WHERE project = {project:String} ORDER BY 1", {"project": project}
    )
    return [row["trace_id"] for row in rows]


def test_traces_older_than_the_days_kept_go_from_every_table_step_by_step(house: House, admin: Principal) -> None:
    for trace, days in enumerate((40, 39, 38, 37, 31, 29, 0), 1):
        store(house, trace, days)
    store(house, 8, 400, project="other")
    house.retentions.put(admin, RetentionPolicy(max_age_days=30))
    assert +Counter(house.retentions.apply("guide", at=TODAY)) == {"spans": 5, "traces": 5, "scores": 5}
    assert house.spans() == ["6", "7"]
    assert scored(house) == [trace_id(6), trace_id(7)]
    assert house.spans("other") == ["8"]
    assert not any(house.retentions.apply("guide", at=TODAY).values())


def test_a_trace_is_as_old_as_its_last_span(house: House, admin: Principal) -> None:
    store(house, 1, 40)
    house.writer.write_spans("guide", request(span(1, 2, parent=1, start_ns=nanoseconds_of(TODAY), name="late")))
    house.retentions.put(admin, RetentionPolicy(max_age_days=30))
    house.retentions.apply("guide", at=TODAY)
    assert house.spans() == ["1", "late"]


def test_the_newest_so_many_traces_stay(house: House, admin: Principal) -> None:
    for trace in range(1, 8):
        store(house, trace, 10 - trace)
    house.retentions.put(admin, RetentionPolicy(max_traces=3))
    assert house.retentions.apply("guide", at=TODAY)["spans"] == 4
    assert house.spans() == ["5", "6", "7"]
    assert scored(house) == [trace_id(trace) for trace in (5, 6, 7)]


def test_traces_of_runs_stay_unless_the_policy_says_otherwise(house: House, admin: Principal) -> None:
    store(house, 1, 40, run="run-1")
    store(house, 2, 40)
    house.retentions.put(admin, RetentionPolicy(max_age_days=30, max_traces=1))
    house.retentions.apply("guide", at=TODAY)
    assert house.spans() == ["1"]
    assert scored(house) == [trace_id(1)]
    house.retentions.put(admin, RetentionPolicy(max_age_days=30, keep_runs=False))
    house.retentions.apply("guide", at=TODAY)
    assert house.spans() == scored(house) == []


def test_scores_of_traces_that_never_came_grow_old_too(house: House, admin: Principal) -> None:
    for trace, days in ((1, 40), (2, 0)):
        at = TODAY - timedelta(days=days)
        score = Score(trace_id=trace_id(trace), name="n", value=1.0, source="code", time=at)
        house.writer.write_scores("guide", [score])
    house.retentions.put(admin, RetentionPolicy(max_age_days=30))
    assert house.retentions.apply("guide", at=TODAY)["scores"] == 1
    assert scored(house) == [trace_id(2)]


def test_spans_come_in_while_others_are_cleared(house: House, admin: Principal) -> None:
    for trace in range(1, 21):
        store(house, trace, 40)
    house.retentions.put(admin, RetentionPolicy(max_age_days=30))
    clearing = threading.Thread(target=house.retentions.apply, args=("guide",), kwargs={"at": TODAY})
    clearing.start()
    stored: list[str] = []
    while clearing.is_alive() or not stored:
        trace = 100 + len(stored)
        house.writer.write_spans("guide", request(span(trace, 1, name=f"{trace}", start_ns=nanoseconds_of(TODAY))))
        stored.append(f"{trace}")
    clearing.join()
    assert house.spans() == sorted(stored)


def test_without_a_policy_everything_is_kept(house: House) -> None:
    store(house, 1, 4000)
    assert house.retentions.projects() == []
    assert not any(house.retentions.apply("guide", at=TODAY).values())
    assert house.spans() == ["1"]


def test_a_policy_and_what_it_cleared_are_in_the_audit_chain(house: House, admin: Principal) -> None:
    store(house, 1, 40)
    retention = house.retentions.put(admin, RetentionPolicy(max_age_days=30), reason="ticket 12")
    assert (retention.policy.max_age_days, retention.by) == (30, admin.id)
    house.retentions.apply("guide", at=TODAY)
    house.retentions.apply("guide", at=TODAY)
    applied, changed = list_entries(house.database, "guide")
    assert (changed.action, changed.principal, changed.reason) == ("retention:change", admin.id, "ticket 12")
    assert (applied.action, applied.principal) == ("retention:apply", "windlass")
    assert applied.details["rows"] == {"spans": 1, "traces": 1, "scores": 1}
    assert changed.after == applied.after
    assert house.retentions.put(admin, RetentionPolicy()).policy == RetentionPolicy()
    assert list_entries(house.database, "guide")[0].before == changed.after


@pytest.mark.parametrize("limit", [{"max_age_days": 0}, {"max_traces": 0}, {"max_age_days": -1}], ids=str)
def test_a_policy_that_keeps_nothing_is_refused(limit: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        RetentionPolicy.model_validate(limit)


def test_rounds_apply_every_policy_again_and_again_until_they_are_closed(house: House, admin: Principal) -> None:
    retentions = Retentions(house.database, house.audit, house.warehouse, house.media)
    retentions.put(admin, RetentionPolicy(max_age_days=30))
    rounds = Rounds([Duty("retention", 0.05, retentions.apply_all)])
    rounds.start()
    rounds.start()
    try:
        for trace in (1, 2):
            # Long ago by any clock.
            store(house, trace, 3000)
            until = time.monotonic() + 20
            while house.spans() and time.monotonic() < until:
                time.sleep(0.02)
            assert house.spans() == []
    finally:
        rounds.close()
    store(house, 3, 3000)
    rounds.start()
    time.sleep(0.2)
    assert house.spans() == ["3"]
