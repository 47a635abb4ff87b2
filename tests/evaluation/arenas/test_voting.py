"""Battles: who is given what, once, and what a vote is."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.evaluation.arenas.people import JUDGE, person
from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Conflict, NotFound
from windlass.evaluation.arenas.boards import leaderboard
from windlass.evaluation.arenas.erasing import ArenasOfTraces
from windlass.evaluation.arenas.judging import Waiting, drop_missing, record, waiting_for
from windlass.evaluation.arenas.pairing import Meeting, choose, meetings
from windlass.evaluation.arenas.records import Verdict, arena_of, delete_arena, get_arena, list_arenas
from windlass.evaluation.arenas.tables import arena_samples
from windlass.evaluation.arenas.voting import Battle, battles_of, next_battle, skip, vote
from windlass.evaluation.judges.pairwise import ORDER_DECIDED
from windlass.evaluation.samples import Judgement
from windlass.storage.database import Database, now


def given(database: Database, who: str) -> Battle:
    battle = next_battle(database, person(who), "answers")
    assert battle is not None
    return battle


def waiting(database: Database, most: int) -> Waiting:
    with database.read() as tx:
        return waiting_for(tx, "guide", arena_of(tx, "guide", "answers"), JUDGE, most=most)


def judge_all(
    database: Database, judged: Iterable[tuple[Meeting, Judgement]], same: Collection[Meeting] = ()
) -> list[bool]:
    """Record what the judge said; return of each whether it was new."""
    with database.write() as tx:
        there = arena_of(tx, "guide", "answers")
        return [record(tx, "guide", there, JUDGE, *each, same=each[0] in same) for each in judged]


def battles(database: Database) -> list[Battle]:
    with database.read() as tx:
        return battles_of(tx, "guide", "answers")


def better(battle: Battle, *order: str) -> Verdict:
    """Return the verdict that prefers the run named first."""
    places = {run: place for place, run in enumerate(order)}
    return "first" if places[battle.first_run] < places[battle.second_run] else "second"


def test_pairs_with_the_fewest_battles_come_first_and_every_pair_of_samples_once(
    arena: Database, audit: AuditChain
) -> None:
    seen = []
    for number in range(1, 19):
        battle = given(arena, "ada")
        vote(arena, audit, person("ada"), "answers", battle.id, "tie")
        seen.append(battle.meeting)
        pairs = Counter(each.pair for each in seen)
        assert len(pairs) == min(number, 3)
        assert max(pairs.values()) - min(pairs.values()) <= 1
    assert len(set(seen)) == 18
    # Items are as even as pairs: three battles on each.
    assert set(Counter(each.item for each in seen).values()) == {3}
    assert next_battle(arena, person("ada"), "answers") is None


def test_a_battle_stays_with_who_was_given_it_and_both_sides_come_first(
    arena: Database, audit: AuditChain
) -> None:
    battle = given(arena, "ada")
    assert given(arena, "ada") == battle
    assert given(arena, "bob").meeting.pair != battle.meeting.pair
    turned = 0
    for _ in range(18):
        each = given(arena, "ada")
        vote(arena, audit, person("ada"), "answers", each.id, "tie")
        turned += (each.first_run, each.second_run) != (each.meeting.a, each.meeting.b)
    assert 4 <= turned <= 14


def test_what_somebody_was_shown_and_left_is_soon_open_to_others(arena: Database) -> None:
    first = given(arena, "ada").meeting.pair
    later = now() + timedelta(hours=1)
    others = {given(arena, "bob").meeting.pair, given(arena, "eve").meeting.pair}
    assert first not in others
    again = next_battle(arena, person("dan"), "answers", time=later)
    assert again is not None


def test_a_vote_counts_once_and_stands(arena: Database, audit: AuditChain) -> None:
    battle = given(arena, "ada")
    voted = vote(arena, audit, person("ada"), "answers", battle.id, "first")
    assert (voted.state, voted.verdict) == ("voted", "first")
    assert vote(arena, audit, person("ada"), "answers", battle.id, "first") == voted
    with pytest.raises(Conflict, match="your vote stands"):
        vote(arena, audit, person("ada"), "answers", battle.id, "second")
    with pytest.raises(Conflict, match="cannot be skipped"):
        skip(arena, person("ada"), "answers", battle.id)
    with pytest.raises(NotFound, match="was shown to you"):
        vote(arena, audit, person("bob"), "answers", battle.id, "first")
    assert get_arena(arena, "guide", "answers").votes == 1


def test_what_was_skipped_does_not_come_again(arena: Database, audit: AuditChain) -> None:
    skipped = given(arena, "ada")
    skip(arena, person("ada"), "answers", skipped.id)
    skip(arena, person("ada"), "answers", skipped.id)
    seen = set()
    while (battle := next_battle(arena, person("ada"), "answers")) is not None:
        vote(arena, audit, person("ada"), "answers", battle.id, "both_bad")
        seen.add(battle.meeting)
    assert len(seen) == 17
    assert skipped.meeting not in seen


def test_the_same_seed_chooses_the_same_and_another_one_does_not() -> None:
    all_meetings = list(meetings({f"i{number}": ["x", "y", "z"] for number in range(20)}))
    chosen = choose(all_meetings, [], seed=1, most=12)
    assert chosen == choose(reversed(all_meetings), [], seed=1, most=12)
    assert chosen != choose(all_meetings, [], seed=2, most=12)
    assert len(set(chosen)) == 12
    assert len(choose(all_meetings, [], seed=1, most=100)) == 60


def test_people_and_judges_are_ranked_apart_and_compared(arena: Database, audit: AuditChain) -> None:
    ada = person("ada")
    for _ in range(12):
        battle = given(arena, "ada")
        vote(arena, audit, ada, "answers", battle.id, better(battle, "run-b", "run-a", "run-c"))
    found = waiting(arena, 14)
    # What people voted on comes first, so that there is something to compare.
    assert {each.meeting for each in battles(arena)} == set(found.chosen[:12])
    assert found.left == 4
    judged = [(each, Judgement(1.0 if each.a == "run-a" else -1.0, "", "so")) for each in found.chosen[:12]]
    judged.append((found.chosen[12], Judgement(0.0, "tie", f"{ORDER_DECIDED}\nso")))
    judged.append((found.chosen[13], Judgement(None, "unparsable", "what?")))
    assert all(judge_all(arena, judged))
    assert not any(judge_all(arena, judged)), "the first verdict stands"

    board = leaderboard(arena, "guide", get_arena(arena, "guide", "answers"))
    people, judge = board.boards
    assert (people.name, judge.name) == ("people", JUDGE)
    assert people.ranking is not None
    assert [each.name for each in people.ranking.players] == ["run-b@1", "run-a@1", "run-c@1"]
    assert people.first_preferred.n == people.verdicts == 12
    assert (judge.verdicts, judge.missing_why) == (13, {"unparsable": 1})
    assert (judge.coverage.value, judge.coverage.n) == (13 / 14, 14)
    assert (people.coverage.n, people.judge, judge.judge) == (0, None, None)
    assert (judge.consistent.value, judge.consistent.n) == (12 / 13, 13)
    assert judge.agreement is not None
    # Both say that a beats c; of the other pairs the judge says the contrary.
    same = sum(each.pair == "run-a run-c" for each, _ in judged[:12])
    assert judge.agreement.equal.value == pytest.approx(same / 12)
    assert judge.agreement.equal.n == 12
    assert (len(waiting(arena, 50).chosen), waiting(arena, 50).left) == (4, 0)
    with arena.write() as tx:
        drop_missing(tx, "guide", "answers", JUDGE)
    assert len(waiting(arena, 50).chosen) == 5


def test_what_most_people_say_is_held_against_a_judge_and_both_bad_is_a_tie(
    arena: Database, audit: AuditChain
) -> None:
    verdicts: dict[str, Verdict] = {"ada": "both_bad", "bob": "tie", "eve": "first"}
    for who, verdict in verdicts.items():
        for _ in range(18):
            battle = given(arena, who)
            vote(arena, audit, person(who), "answers", battle.id, verdict)
    judge_all(arena, [(each, Judgement(0.0, "tie", "")) for each in waiting(arena, 18).chosen])
    board = leaderboard(arena, "guide", get_arena(arena, "guide", "answers"))
    people, judge = board.boards
    assert (people.both_bad, people.ties, people.voters) == (18, 18, 3)
    assert judge.agreement is not None
    assert (judge.agreement.equal.value, judge.agreement.kappa.value) == (1.0, None)
    assert board.among_people.value == pytest.approx(1 / 3)


def test_erased_traces_take_their_battles_along(arena: Database, audit: AuditChain) -> None:
    while (battle := next_battle(arena, person("ada"), "answers")) is not None:
        vote(arena, audit, person("ada"), "answers", battle.id, "tie")
    records = ArenasOfTraces(arena)
    assert records.count("guide", ["run-a-0"]) == {"arena_samples": 1, "arena_battles": 2}
    assert records.count("other", ["run-a-0"]) == {"arena_samples": 0, "arena_battles": 0}
    records.delete("guide", ["run-a-0"])
    assert len(battles(arena)) == 16
    assert Meeting("i0", "run-b", "run-c") in {each.meeting for each in battles(arena)}
    assert next_battle(arena, person("bob"), "answers") is not None


def test_an_arena_is_removed_with_what_was_said_in_it(arena: Database, audit: AuditChain) -> None:
    given(arena, "ada")
    delete_arena(arena, audit, person("ed"), "answers")
    assert list_arenas(arena, "guide") == []
    assert battles(arena) == []
    with pytest.raises(NotFound, match="see `windlass arena list`"):
        get_arena(arena, "guide", "answers")
    with pytest.raises(NotFound):
        next_battle(arena, person("ada"), "answers")


def test_nobody_sees_another_project(arena: Database) -> None:
    other = Principal(id="ada", kind="key", role="reviewer", project="other")
    with pytest.raises(NotFound):
        next_battle(arena, other, "answers")
    assert list_arenas(arena, "other") == []


def test_of_equal_answers_nobody_is_asked_and_they_count_as_ties(arena: Database, audit: AuditChain) -> None:
    with arena.write() as tx:
        same = arena_samples.c.run.in_(["run-a", "run-b"])
        tx.execute(update(arena_samples).where(same).values(answer="the same"))
    shown: list[str] = []
    while (battle := next_battle(arena, person("ada"), "answers")) is not None:
        if not shown:
            (unvoted,) = leaderboard(arena, "guide", get_arena(arena, "guide", "answers")).boards
            assert unvoted.ranking is None
        vote(arena, audit, person("ada"), "answers", battle.id, better(battle, "run-a", "run-b", "run-c"))
        shown.append(battle.meeting.pair)
    assert Counter(shown) == {"run-a run-c": 6, "run-b run-c": 6}
    found = waiting(arena, 50)
    assert {each.pair for each in found.same} == {"run-a run-b"}
    judge_all(arena, [(each, Judgement(0.0, "tie", "")) for each in found.chosen], found.same)
    people, judge = leaderboard(arena, "guide", get_arena(arena, "guide", "answers")).boards
    assert (people.verdicts, people.same, people.ties, people.first_preferred.n) == (18, 6, 6, 12)
    assert (judge.verdicts, judge.same, judge.consistent.n) == (18, 6, 12)
    # On equal answers all agree: they say nothing of a judge.
    assert judge.agreement is not None
    assert (judge.agreement.equal.n, judge.agreement.equal.value) == (12, 0.0)
    assert get_arena(arena, "guide", "answers").votes == 12
