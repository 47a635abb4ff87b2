"""What came of an arena: a ranking by people and one by each judge, and how far these agree."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from pydantic import BaseModel

from windlass.evaluation import ranking
from windlass.evaluation.arenas.judgings import judgings_of
from windlass.evaluation.arenas.pairing import Meeting
from windlass.evaluation.arenas.records import Arena, VoterKind
from windlass.evaluation.arenas.voting import Battle, battles_of
from windlass.evaluation.calibration.judges import JudgeVersion
from windlass.evaluation.calibration.standing import Standing, standing_of
from windlass.evaluation.ranking import Ranking, Winner, rank
from windlass.evaluation.reviews.agreement import Coefficient, cohen_kappa, raw_agreement
from windlass.evaluation.reviews.report import Figure
from windlass.evaluation.statistics.rates import clopper_pearson
from windlass.storage.database import Database

Side = Literal["a", "b", "tie"]
"""Who won by the order of the ids of the runs, whatever was shown first."""

PEOPLE: Final = "people"


class VoteShare(BaseModel):
    """A share with its 95 % interval, Clopper and Pearson's."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class JudgeAgreement(BaseModel):
    """A judge against what most people said of the same answers; both-bad counts as a tie."""

    equal: Figure
    kappa: Figure


class JudgeOfBoard(BaseModel):
    """Which judge it is, and how that stands against people."""

    version: JudgeVersion
    standing: Standing


class Board(BaseModel):
    kind: VoterKind
    name: str
    """People, or the version of a judge."""
    judge: JudgeOfBoard | None
    """Null of people."""
    ranking: Ranking | None
    """Null before somebody voted."""
    verdicts: int
    same: int
    """Of those, equal answers: ties on which nobody was asked."""
    ties: int
    both_bad: int
    """Counted as ties in the ranking."""
    skipped: int
    missing_why: dict[str, int]
    """Of a judge: battles without a verdict, by why."""
    coverage: VoteShare
    """Of the battles that a judge was asked about, the share with a verdict."""
    voters: int
    first_preferred: VoteShare
    """Of people's verdicts for one of two answers, the share for the one shown first."""
    consistent: VoteShare
    """Of a judge's verdicts, the share that was the same in both orders."""
    agreement: JudgeAgreement | None
    """Of a judge with people; null where they judged no answers in common."""


class Leaderboard(BaseModel):
    boards: list[Board]
    """People's first."""
    among_people: Figure
    """Equal verdicts among people on the same answers: what no judge should be expected to pass."""


def leaderboard(database: Database, project: str, arena: Arena) -> Leaderboard:
    """Return the rankings of an arena as its battles stand."""
    with database.read() as tx:
        battles = battles_of(tx, project, arena.name)
        versions = {each.judge.named: each.judge for each in judgings_of(tx, project, arena.name)}
    people = [each for each in battles if each.voter_kind == "person"]
    judges: defaultdict[str, list[Battle]] = defaultdict(list)
    for each in battles:
        if each.voter_kind == "judge":
            judges[each.voter].append(each)
    said = _by_meeting(people)
    boards = [_board(arena, "person", PEOPLE, people, None, None)]
    boards += [
        _board(arena, "judge", name, found, said, _judge(database, project, versions.get(name)))
        for name, found in sorted(judges.items())
    ]
    return Leaderboard(boards=boards, among_people=_figure(raw_agreement(list(said.values()), seed=ranking.SEED)))


def _board(
    arena: Arena,
    kind: VoterKind,
    name: str,
    battles: Sequence[Battle],
    people: Mapping[Meeting, Sequence[Side]] | None,
    judge: JudgeOfBoard | None,
) -> Board:
    voted = [each for each in battles if each.state == "voted"]
    verdicts = Counter(each.verdict for each in voted)
    consistent = [each.consistent for each in voted if each.consistent is not None]
    of_people = kind == "person"
    voters = {each.voter for each in voted if not each.same}
    missing = Counter(each.missing_why for each in battles if each.state == "missing")
    asked = [each for each in voted if not each.same]
    return Board(
        kind=kind,
        name=name,
        judge=judge,
        # Equal answers are ties whoever looks: alone they rank nobody.
        ranking=rank(list(arena.players.values()), [_fought(arena, each) for each in voted]) if voters else None,
        verdicts=len(voted),
        same=sum(each.same for each in voted),
        ties=verdicts["tie"],
        both_bad=verdicts["both_bad"],
        skipped=sum(each.state == "skipped" for each in battles),
        missing_why=dict(missing.most_common()),
        coverage=_rate(0, 0) if of_people else _rate(len(asked), len(asked) + missing.total()),
        voters=len(voters),
        first_preferred=_rate(verdicts["first"], verdicts["first"] + verdicts["second"])
        if of_people
        else _rate(0, 0),
        consistent=_rate(sum(consistent), len(consistent)),
        agreement=_agreement(voted, people) if people else None,
    )


def _judge(database: Database, project: str, version: JudgeVersion | None) -> JudgeOfBoard | None:
    if version is None:
        return None
    standing = standing_of(database, project, version.evaluator, version.version, version.prompt)
    return JudgeOfBoard(version=version, standing=standing)


def _fought(arena: Arena, battle: Battle) -> ranking.Battle:
    winner: Winner = battle.verdict if battle.verdict in ("first", "second") else "tie"
    players = arena.players
    return ranking.Battle(players[battle.first_run], players[battle.second_run], winner, battle.item)


def _side(battle: Battle) -> Side:
    if battle.verdict not in ("first", "second"):
        return "tie"
    won = battle.first_run if battle.verdict == "first" else battle.second_run
    return "a" if won == battle.meeting.a else "b"


def _by_meeting(battles: Iterable[Battle]) -> dict[Meeting, list[Side]]:
    said: defaultdict[Meeting, list[Side]] = defaultdict(list)
    for each in battles:
        if each.state == "voted" and not each.same:
            said[each.meeting].append(_side(each))
    return dict(said)


def _agreement(voted: Sequence[Battle], people: Mapping[Meeting, Sequence[Side]]) -> JudgeAgreement | None:
    pairs = [(_side(each), _majority(people[each.meeting])) for each in voted if each.meeting in people]
    if not pairs:
        return None
    return JudgeAgreement(
        equal=_figure(raw_agreement(pairs, seed=ranking.SEED)),
        kappa=_figure(cohen_kappa(pairs, seed=ranking.SEED)),
    )


def _majority(sides: Sequence[Side]) -> Side:
    """Return what most said; where as many said another thing, neither answer won."""
    (most, count), *others = Counter(sides).most_common()
    return most if not others or others[0][1] < count else "tie"


def _rate(count: int, n: int) -> VoteShare:
    if n == 0:
        return VoteShare(value=None, low=None, high=None, n=0)
    interval = clopper_pearson(count, n)
    return VoteShare(value=count / n, low=interval.low, high=interval.high, n=n)


def _figure(found: Coefficient) -> Figure:
    return Figure(value=found.value, low=found.low, high=found.high, n=found.n)
