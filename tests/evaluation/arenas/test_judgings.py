"""Judgings as records: what is begun once, counted with each verdict, and ended with an audit entry."""

from typing import Any

import pytest

from tests.evaluation.arenas.people import person
from windlass.access.audit import AuditChain, list_entries
from windlass.errors import Conflict, NotFound
from windlass.evaluation.arenas.boards import leaderboard
from windlass.evaluation.arenas.judging import open_meetings, waiting_for
from windlass.evaluation.arenas.judgings import (
    Judging,
    JudgingRequest,
    begun_judging,
    begun_judgings,
    calls_by_judge,
    cancel_judging,
    create_judging,
    end_judging,
    get_judging,
    list_judgings,
    record_verdict,
)
from windlass.evaluation.arenas.pairing import Meeting
from windlass.evaluation.arenas.records import delete_arena, get_arena
from windlass.evaluation.calibration.judges import JudgeVersion
from windlass.evaluation.samples import Judgement
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database

JUDGE = JudgeVersion(evaluator="which", number=1, version="sha256:1", prompt="sha256:told", models=["openai:x"])
ED = person("ed")


def begun(database: Database, audit: AuditChain, judge: JudgeVersion = JUDGE, **request: Any) -> Judging:
    asked = JudgingRequest.model_validate({"judge": judge.named, **request})
    return create_judging(database, audit, ED, "answers", judge, asked)


def next_meetings(database: Database, most: int) -> list[Meeting]:
    with database.read() as tx:
        arena = get_arena(database, "guide", "answers")
        return waiting_for(tx, "guide", arena, JUDGE.named, most=most).chosen


def decide(
    database: Database, judging: Judging, meeting: Meeting, value: float | None, *, same: bool = False
) -> bool:
    arena = get_arena(database, "guide", "answers")
    said = Judgement(value, "" if value is not None else "unparsable", "so")
    counts = CallCounts(answered=2, input_tokens=20, output_tokens=6)
    return record_verdict(database, judging, arena, meeting, said, counts, same=same)


def found(database: Database, judging: Judging) -> Judging:
    return get_judging(database, "guide", "answers", judging.id)


def test_a_judging_counts_its_verdicts_as_they_come_and_none_twice(arena: Database, audit: AuditChain) -> None:
    judging = begun(arena, audit, most=5)
    assert (judging.battles, judging.left, judging.state) == (5, 5, "running")
    first, second, third = next_meetings(arena, 3)
    assert decide(arena, judging, first, 1.0)
    assert decide(arena, judging, first, -1.0)
    decide(arena, judging, second, None)
    decide(arena, judging, third, 0.0, same=True)
    now = found(arena, judging)
    assert (now.judged, now.missing, now.same, now.left) == (2, 1, 1, 2)
    assert now.calls.output_tokens == 6
    assert not {first, second, third} & set(next_meetings(arena, 18))
    assert [each.id for each in begun_judgings(arena)] == [judging.id]
    board = leaderboard(arena, "guide", get_arena(arena, "guide", "answers")).boards[1]
    assert board.judge is not None
    assert (board.judge.version, board.judge.standing.state, board.verdicts) == (JUDGE, "none", 2)

    end_judging(arena, audit, ED, judging, "finished", calls=CallCounts(answered=4, output_tokens=20))
    assert begun_judging(arena, judging.id) is None
    assert calls_by_judge(arena, "guide", JUDGE).output_tokens == 20
    assert calls_by_judge(arena, "guide", JUDGE.model_copy(update={"prompt": "other"})).answered == 0
    recorded, created = list_entries(arena, "guide")[:2]
    assert (created.action, created.details["battles"]) == ("judging:create", 5)
    assert (recorded.action, recorded.details["judged"], recorded.details["state"]) == (
        "judging:record",
        2,
        "finished",
    )
    assert str(recorded.details["verdicts"]).startswith("sha256:")


def test_a_judge_is_at_work_once_and_must_be_told_the_same(arena: Database, audit: AuditChain) -> None:
    judging = begun(arena, audit)
    with pytest.raises(Conflict, match=f"which@1 is at work in this arena already: {judging.id}"):
        begun(arena, audit)
    another = JUDGE.model_copy(update={"number": 2, "version": "sha256:2"})
    assert begun(arena, audit, another).battles == 18
    end_judging(arena, audit, ED, judging, "failed", error="no key")
    with pytest.raises(Conflict, match="Make another arena of the same runs"):
        begun(arena, audit, JUDGE.model_copy(update={"prompt": "sha256:else"}))


def test_what_is_left_is_gone_on_with_and_what_has_no_verdict_comes_again_when_asked_for(
    arena: Database, audit: AuditChain
) -> None:
    judging = begun(arena, audit)
    meetings = next_meetings(arena, 18)
    for number, meeting in enumerate(meetings):
        decide(arena, judging, meeting, None if number < 2 else 1.0)
    end_judging(arena, audit, ED, judging, "finished")
    with pytest.raises(Conflict, match="windlass arena judge answers --judge which@1 --retry"):
        begun(arena, audit)
    with arena.read() as tx:
        assert open_meetings(tx, "guide", "answers", JUDGE.named, retry=False) == ([], 0)
        assert set(open_meetings(tx, "guide", "answers", JUDGE.named, retry=True)[0]) == set(meetings[:2])
    again = begun(arena, audit, retry=True)
    assert (again.battles, set(next_meetings(arena, 18))) == (2, set(meetings[:2]))
    assert [each.id for each in list_judgings(arena, "guide", "answers")] == [again.id, judging.id]


def test_a_judging_that_was_cancelled_stays_so_and_what_was_in_flight_is_kept(
    arena: Database, audit: AuditChain
) -> None:
    judging = begun(arena, audit)
    (meeting,) = next_meetings(arena, 1)
    assert cancel_judging(arena, audit, ED, "answers", judging.id).state == "cancelled"
    assert not decide(arena, judging, meeting, 1.0)
    end_judging(arena, audit, ED, judging, "stopped", error="The judging was cancelled.")
    ended = found(arena, judging)
    assert (ended.state, ended.error, ended.judged) == ("cancelled", None, 1)
    with pytest.raises(Conflict, match="is cancelled and cannot be cancelled any more"):
        cancel_judging(arena, audit, ED, "answers", judging.id)
    assert begun(arena, audit).battles == 17


def test_a_judging_goes_with_its_arena(arena: Database, audit: AuditChain) -> None:
    judging = begun(arena, audit)
    (meeting,) = next_meetings(arena, 1)
    there = get_arena(arena, "guide", "answers")
    delete_arena(arena, audit, ED, "answers")
    assert begun_judging(arena, judging.id) is None
    assert not record_verdict(arena, judging, there, meeting, Judgement(1.0), CallCounts(), same=False)
    end_judging(arena, audit, ED, judging, "finished")
    with pytest.raises(NotFound, match="no arena"):
        list_judgings(arena, "guide", "answers")
    assert list_entries(arena, "guide")[0].action == "arena:delete"
