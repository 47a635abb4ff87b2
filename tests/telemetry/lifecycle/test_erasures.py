"""Erasures that are broken off, fail, or wait: what was begun is ended with the whole receipt, or says why not."""

import base64
import logging
import threading
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.telemetry.lifecycle.conftest import House
from tests.telemetry.lifecycle.test_erasure import ADA, TEXT, ask
from tests.telemetry.sending import trace_id
from windlass.access.audit import AuditEntry, list_entries
from windlass.access.principals import Principal
from windlass.canonical import digest
from windlass.errors import Unavailable
from windlass.evaluation.arenas.erasing import ArenasOfTraces
from windlass.evaluation.arenas.tables import arena_samples
from windlass.storage.jobs import JobInterrupted
from windlass.telemetry.lifecycle.erasure_records import get_erasure, unfinished_erasures
from windlass.telemetry.lifecycle.notes import Note
from windlass.telemetry.tables import erasures


class EndingAt(threading.Event):
    """A process that is about to end when this was asked so many times."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._looks = looks

    def is_set(self) -> bool:
        self._looks -= 1
        return self._looks < 0


class Said:
    """Records that do something of their own when they are to be deleted."""

    def __init__(self, delete: Any) -> None:
        self._delete = delete

    def count(self, project: str, traces: Sequence[str]) -> dict[str, int]:
        return {}

    def delete(self, project: str, traces: Sequence[str]) -> None:
        self._delete()


def receipts(house: House) -> list[AuditEntry]:
    return list_entries(house.database, "guide", action="erasure:create")


def meet_in_an_arena(house: House, trace: int) -> None:
    with house.database.write() as tx:
        tx.execute(
            insert(arena_samples).values(
                project="guide",
                arena="best",
                item="i",
                run=f"run-{trace}",
                trace_id=trace_id(trace),
                span_id="",
                answer="",
            )
        )


@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_one_that_is_broken_off_at_its_steps_ends_with_the_whole_receipt(
    house: House, admin: Principal, stride: int
) -> None:
    house.records.append(ArenasOfTraces(house.database))
    picture = base64.b64encode(b"h" * 300).decode()
    for trace in (1, 2):
        ask(house, trace, ADA.id, text=f"{TEXT} data:image/png;base64,{picture}")
        meet_in_an_arena(house, trace)
    ask(house, 3, "bob")
    held = house.erase(admin, ADA, dry_run=True)
    assert (held.traces, held.rows["spans"], held.rows["arena_samples"], held.media) == (2, 4, 2, 1)

    recorded = house.erasures.record(admin, ADA, reason="ticket 481")
    for looks in count(0, stride):
        house.jobs.stopping = EndingAt(looks)
        try:
            house.erasures.execute(recorded.id)
            break
        except JobInterrupted:
            assert (get_erasure(house.database, "guide", recorded.id).rows, receipts(house)) == (held.rows, [])
    assert looks > 10
    ended = house.erasures.wait("guide", recorded.id, 0)
    assert (ended.state, ended.traces, ended.rows, ended.media) == ("finished", 2, held.rows, 1)
    assert ended.left == dict.fromkeys(held.rows, 0)
    (receipt,) = receipts(house)
    assert receipt.details == {
        "kind": "user",
        "subject": held.subject,
        "traces": 2,
        "rows": held.rows,
        "refused_spans": 0,
        "media": 1,
        "left": ended.left,
        "traces_digest": digest([digest(trace_id(1)), digest(trace_id(2))]),
        "trace_digests": [digest(trace_id(1)), digest(trace_id(2))],
    }
    assert house.spans() == ["child 3", "root 3"]
    for text in (ADA.id, TEXT):
        assert house.holding(text) == [], text


def test_the_end_and_the_receipt_are_one_and_written_once(
    house: House, admin: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = base64.b64encode(b"h" * 300).decode()
    ask(house, 1, ADA.id, text=f"data:image/png;base64,{picture}")
    recorded = house.erasures.record(admin, ADA)

    def break_off(*_args: object, **_more: object) -> None:
        raise JobInterrupted

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(house.audit, "append", break_off)
        with pytest.raises(JobInterrupted):
            house.erasures.execute(recorded.id)
    # All is gone, files too, and it is not finished.
    assert (house.spans(), get_erasure(house.database, "guide", recorded.id).state) == ([], "running")
    for _ in range(2):
        house.erasures.execute(recorded.id)
    ended = get_erasure(house.database, "guide", recorded.id)
    assert (ended.state, ended.rows["spans"], ended.media) == ("finished", 2, 1)
    assert [entry.details["media"] for entry in receipts(house)] == [1]


def test_one_that_fails_says_why_names_nobody_and_is_asked_for_again(
    house: House, admin: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    ask(house, 1, ADA.id)
    house.warehouse.execute("RENAME TABLE scores TO elsewhere")
    recorded = house.erasures.record(admin, ADA)
    house.erasures.execute(recorded.id)
    sentence = "The warehouse refused a statement with its code 60: erase again when it works."
    with pytest.raises(Unavailable, match=sentence):
        house.erasures.wait("guide", recorded.id, 0)
    house.warehouse.execute("RENAME TABLE elsewhere TO scores")

    def fail() -> None:
        raise ZeroDivisionError(f"{ADA.id} divided by nothing")

    house.records.append(Said(fail))
    with caplog.at_level(logging.ERROR), pytest.raises(Unavailable, match="It failed with ZeroDivisionError"):
        house.erase(admin, ADA)
    assert "ZeroDivisionError" in caplog.text
    assert "in fail" in caplog.text
    assert ADA.id not in caplog.text
    assert {name.partition("/")[0] for name in house.holding(ADA.id)} <= {"warehouse"}
    with house.database.read() as tx:
        assert set(tx.execute(select(erasures.c.state)).scalars()) == {"failed"}
    assert (receipts(house), list((house.folder / "erasures").iterdir())) == ([], [])

    house.records.clear()
    assert house.erase(admin, ADA).rows["spans"] == 2
    assert len(receipts(house)) == 1
    assert house.holding(ADA.id) == []


def test_a_database_that_is_away_for_a_moment_is_asked_again(
    house: House, admin: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    away: list[Callable[[], object]] = [lambda: None, house.jobs.stopping.set, lambda: None]
    written = house.audit.append

    def append(*arguments: Any, **more: Any) -> None:
        if away:
            away.pop()()
            raise Unavailable("The connection to the database was lost: try again.")
        written(*arguments, **more)

    monkeypatch.setattr(house.audit, "append", append)
    recorded = house.erasures.record(admin, ADA)
    with pytest.raises(JobInterrupted):
        house.erasures.execute(recorded.id)
    assert get_erasure(house.database, "guide", recorded.id).state == "running"
    house.jobs.stopping.clear()
    house.erasures.execute(recorded.id)
    assert (get_erasure(house.database, "guide", recorded.id).state, len(receipts(house))) == ("finished", 1)


def test_one_whose_note_is_lost_fails(house: House, admin: Principal) -> None:
    for damage in ("", "[]"):
        recorded = house.erasures.record(admin, ADA)
        (file,) = (house.folder / "erasures").iterdir()
        file.write_text(damage, encoding="utf-8") if damage else file.unlink()
        house.erasures.execute(recorded.id)
        with pytest.raises(Unavailable, match=r"Whom the erasure is of cannot be read from .* erase again"):
            house.erasures.wait("guide", recorded.id, 0)
    assert list((house.folder / "erasures").iterdir()) == []


def test_one_waits_for_the_one_before_and_can_be_left_to_the_next_start(house: House, admin: Principal) -> None:
    entered, leave = threading.Event(), threading.Event()

    def wait() -> None:
        entered.set()
        assert leave.wait(30)

    house.records.append(Said(wait))
    first, second = (house.erasures.record(admin, ADA) for _ in range(2))
    at_work = threading.Thread(target=house.erasures.execute, args=[first.id])
    at_work.start()
    assert entered.wait(30)
    house.jobs.stopping = EndingAt(1)
    with pytest.raises(JobInterrupted):
        house.erasures.execute(second.id)
    assert [each.erasure.state for each in unfinished_erasures(house.database)] == ["running", "waiting"]
    house.jobs.stopping = threading.Event()
    leave.set()
    at_work.join()
    house.erasures.execute(second.id)
    assert len(receipts(house)) == 2


def test_a_start_takes_up_what_it_can_and_says_what_it_cannot(house: House, admin: Principal) -> None:
    ask(house, 1, ADA.id)
    never_started = house.erasures.record(admin, ADA)
    house.notes.write("of-one-that-ended", Note(subject=ADA))
    house.erasures.recover()
    assert house.erasures.wait("guide", never_started.id, 30).state == "finished"
    assert house.holding(ADA.id) == []
    with house.database.write() as tx:
        tx.execute(update(erasures).values(state="running"))
    house.jobs.wait(never_started.id)
    house.erasures.recover()
    with pytest.raises(Unavailable, match="broke off and could not be taken up: erase again"):
        house.erasures.wait("guide", never_started.id, 0)
    house.jobs.close()


def test_one_that_cannot_be_started_fails_at_once(house: House, admin: Principal) -> None:
    house.jobs.close()
    with pytest.raises(Unavailable, match="about to end"):
        house.erasures.start(admin, ADA)
    (state,) = (each.state for each in _all(house))
    assert (state, list((house.folder / "erasures").iterdir())) == ("failed", [])


def _all(house: House) -> list[Any]:
    with house.database.read() as tx:
        return list(tx.execute(select(erasures)))
