"""What a policy would clear is what clearing by it clears."""

import pytest

from tests.telemetry.lifecycle.conftest import House
from tests.telemetry.lifecycle.test_retention import TODAY, store
from tests.telemetry.sending import request, span
from windlass.access.principals import Principal
from windlass.telemetry.lifecycle.held import count_held
from windlass.telemetry.lifecycle.retention import RetentionPolicy
from windlass.telemetry.summaries import instant, nanoseconds_of

POLICIES = [
    RetentionPolicy(),
    RetentionPolicy(max_age_days=30),
    RetentionPolicy(max_age_days=30, keep_runs=False),
    RetentionPolicy(max_traces=2),
    RetentionPolicy(max_traces=2, keep_runs=False),
    RetentionPolicy(max_age_days=30, max_traces=1),
    RetentionPolicy(max_age_days=5, max_traces=1, keep_runs=False),
]


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_what_would_be_cleared_is_what_is_cleared(house: House, admin: Principal, policy: RetentionPolicy) -> None:
    for trace, days in enumerate((40, 35, 20, 10, 1), 1):
        store(house, trace, days)
    store(house, 6, 50, run="run-1")
    store(house, 7, 2, run="run-1")
    store(house, 8, 400, project="other")
    # As old as its last span: of two days, one is new.
    house.writer.write_spans("guide", request(span(1, 2, parent=1, start_ns=nanoseconds_of(TODAY), name="late")))
    held = count_held(house.warehouse, "guide", policy, at=TODAY)
    assert (held.traces, held.of_runs, held.newest) == (7, 2, TODAY)
    house.retentions.put(admin, policy)
    assert held.clearing == house.retentions.apply("guide", at=TODAY)["scores"]
    left = count_held(house.warehouse, "guide", policy, at=TODAY)
    assert (left.traces, left.clearing) == (7 - held.clearing, 0)


def test_a_project_without_traces_holds_nothing_from_no_time(house: House) -> None:
    held = count_held(house.warehouse, "guide", RetentionPolicy(max_age_days=1, max_traces=1))
    assert held.model_dump() == {"traces": 0, "of_runs": 0, "oldest": None, "newest": None, "clearing": 0}


def test_the_oldest_is_the_first_span_of_all(house: House) -> None:
    store(house, 1, 3)
    store(house, 2, 9)
    held = count_held(house.warehouse, "guide", RetentionPolicy())
    assert held.oldest is not None
    assert held.oldest < instant(nanoseconds_of(TODAY)) == TODAY
    assert (TODAY - held.oldest).days == 9
