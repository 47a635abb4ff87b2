"""Erasures as records, on both engines."""

from dataclasses import replace

import pytest

from windlass.access.principals import Principal
from windlass.errors import InputError, NotFound
from windlass.storage.database import Database
from windlass.storage.jobs import JobState
from windlass.telemetry.lifecycle.erasure_records import (
    Erasure,
    begin_erasure,
    create_erasure,
    end_erasure,
    get_erasure,
    list_erasures,
    note_counts,
    unfinished_erasures,
)


def create(database: Database, principal: Principal, name: str) -> Erasure:
    return create_erasure(database, principal, name, kind="user", subject="hmac-sha256:1", reason="ticket 481")


def test_an_erasure_waits_runs_and_ends_once(database: Database, principal: Principal) -> None:
    waiting = create(database, principal, "a")
    assert (waiting.state, waiting.rows, waiting.left, waiting.started, waiting.finished) == (
        "waiting",
        {},
        {},
        None,
        None,
    )
    begun = begin_erasure(database, "a")
    assert begun is not None
    assert (begun.erasure.state, begun.principal.id, begun.principal.project) == ("running", "ada", "guide")
    counted = note_counts(database, "a", traces=2, rows={"spans": 4}, refused_spans=1, media=3)
    assert (counted.traces, counted.rows, counted.refused_spans, counted.media) == (2, {"spans": 4}, 1, 3)
    # Taken up again, it began when it began.
    assert begin_erasure(database, "a") == begun._replace(erasure=counted)
    ends: list[tuple[JobState, bool]] = [("finished", True), ("failed", False)]
    for state, first in ends:
        with database.write() as tx:
            assert end_erasure(tx, "a", state, left={"spans": 0}) is first
    ended = get_erasure(database, "guide", "a")
    assert (ended.state, ended.left, ended.error) == ("finished", {"spans": 0}, None)
    assert ended.finished is not None
    assert note_counts(database, "a", traces=0) == ended
    assert begin_erasure(database, "a") is begin_erasure(database, "never") is None


def test_erasures_are_listed_newest_first_and_owed_oldest_first(database: Database, principal: Principal) -> None:
    for name in "abc":
        create(database, principal, name)
    create(database, replace(principal, project="other"), "d")
    with database.write() as tx:
        end_erasure(tx, "b", "failed", error="No luck.")
    first = list_erasures(database, "guide", limit=2)
    assert [each.id for each in first.items] == ["c", "b"]
    second = list_erasures(database, "guide", limit=2, cursor=first.next)
    assert ([each.id for each in second.items], second.next) == (["a"], None)
    assert [(each.project, each.erasure.id) for each in unfinished_erasures(database)] == [
        ("guide", "a"),
        ("guide", "c"),
        ("other", "d"),
    ]
    with pytest.raises(InputError, match="'b' is no cursor of this list"):
        list_erasures(database, "guide", cursor="b")
    with pytest.raises(NotFound, match="no erasure 'd' in the project 'guide'"):
        get_erasure(database, "guide", "d")
