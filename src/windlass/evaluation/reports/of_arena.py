"""The report of an arena: who is ranked where, by people and by judges, and how far these agree."""

from collections.abc import Iterator

from windlass.evaluation.arenas.boards import Board, Leaderboard, VoteShare
from windlass.evaluation.arenas.records import Arena
from windlass.evaluation.ranking import RankedPlayer, Ranking
from windlass.evaluation.reports.document import (
    Block,
    Document,
    IntervalRow,
    Intervals,
    Section,
    Table,
    Text,
    plain_table,
)
from windlass.evaluation.reports.figures import MISSING, count, moment, percent
from windlass.evaluation.reviews.report import Figure


def arena_report(arena: Arena, found: Leaderboard, made: str) -> Document:
    return Document(
        title=f"Arena {arena.name}",
        subtitle=f"{count(len(arena.contestants), 'run')} on {arena.dataset.name}@{arena.dataset.number}",
        lead=_lead(found),
        facts=[
            ("Items", f"{arena.items:,}"),
            ("Votes of people", f"{arena.votes:,}"),
            ("Verdicts of judges", f"{arena.judgements:,}"),
            ("Created", f"{moment(arena.created)} by {arena.created_by}"),
            ("Data", arena.dataset.digest),
        ],
        sections=[*map(_section, found.boards), *_agreement(found)],
        made=made,
    )


def _lead(found: Leaderboard) -> str:
    said = [
        f"{_by(board)} {best.name} is first; the data allow {ranks(best)} of {len(board.ranking.players)}"
        for board in found.boards
        if board.ranking is not None and (best := board.ranking.players[0])
    ]
    return " ".join(f"{each}." for each in said) if said else "Nobody has voted yet."


def _by(board: Board) -> str:
    return "By people" if board.kind == "person" else f"By {board.name}"


def ranks(player: RankedPlayer) -> str:
    if player.best_rank == player.worst_rank:
        return f"rank {player.best_rank}"
    return f"rank {player.best_rank} to {player.worst_rank}"


def _section(board: Board) -> Section:
    title = _by(board)
    if board.ranking is None:
        return Section(title=title, blocks=[Text(text="No verdict yet.")])
    note = "Bradley–Terry strengths with Davidson's ties; intervals resample items, ranks hold for all together."
    return Section(title=title, note=note, blocks=[*_blocks(board, board.ranking)])


def _blocks(board: Board, ranking: Ranking) -> Iterator[Block]:
    if ranking.note:
        yield Text(text=ranking.note, tone="warn")
    rows = [
        IntervalRow(name=each.name, value=each.strength, low=each.low, high=each.high, text=_strength(each))
        for each in ranking.players
    ]
    yield Intervals(caption="Log strength; the mean of all is 0", rows=rows, zero=True)
    yield _players(ranking)
    if len(ranking.players) > 2:
        yield _matrix(ranking)
    yield Text(text=_remark(board))


def _strength(player: RankedPlayer) -> str:
    low = "no bound" if player.low is None else _signed(player.low)
    high = "no bound" if player.high is None else _signed(player.high)
    reach = "" if player.low is None and player.high is None else f" ({low} to {high})"
    return f"{_signed(player.strength)}{reach}"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _players(ranking: Ranking) -> Table:
    rows = [
        [
            str(each.rank),
            each.name,
            ranks(each).removeprefix("rank "),
            percent(each.win_rate),
            f"{each.battles:,}",
            f"{each.wins:,}",
            f"{each.losses:,}",
            f"{each.ties:,}",
        ]
        for each in ranking.players
    ]
    right = ("", "may be", "win rate", "battles", "won", "lost", "tied")
    return plain_table(
        "", "release", "may be", "win rate", "battles", "won", "lost", "tied", rows=rows, right=right
    )


def _matrix(ranking: Ranking) -> Table:
    expected = {(each.first, each.second): each.expected for each in ranking.pairs}
    expected |= {(each.second, each.first): 1 - each.expected for each in ranking.pairs}
    names = [each.name for each in ranking.players]
    rows = [
        [row, *(MISSING if row == column else percent(expected[row, column]) for column in names)] for row in names
    ]
    caption = "Expected win rates of the row against the column, a tie counting one half"
    return plain_table("", *names, rows=rows, right=tuple(names), caption=caption)


def _remark(board: Board) -> str:
    same = f" ({board.same:,} of equal answers, on which nobody was asked)" if board.same else ""
    said = [f"{count(board.verdicts, 'verdict')}, {count(board.ties, 'tie')}{same}"]
    if board.both_bad:
        said.append(f"{board.both_bad:,} both bad, counted as ties")
    if board.first_preferred.n:
        said.append(f"the one shown first was preferred {_share(board.first_preferred)}")
    if board.consistent.n:
        said.append(f"both orders said the same {_share(board.consistent)}")
    if board.coverage.n:
        said.append(f"it has a verdict on {_share(board.coverage)} of those it was asked about")
    if board.judge is not None:
        said.append(f"the judge {board.judge.standing.why}")
    if board.missing_why:
        said.append("without a verdict: " + ", ".join(f"{n} {why}" for why, n in board.missing_why.items()))
    return f"{'; '.join(said)}."


def _agreement(found: Leaderboard) -> list[Section]:
    rows = [
        [board.name, _share(board.agreement.equal), _number(board.agreement.kappa), f"{board.agreement.equal.n:,}"]
        for board in found.boards
        if board.agreement is not None
    ]
    if found.among_people.n:
        rows.append(["people with each other", _share(found.among_people), MISSING, f"{found.among_people.n:,}"])
    if not rows:
        return []
    right = ("says the same", "Cohen's kappa", "n")
    note = "On the same two answers; what people say with each other is what no judge should be expected to pass."
    table = plain_table("", "says the same", "Cohen's kappa", "n", rows=rows, right=right)
    return [Section(title="Agreement of judges and people", note=note, blocks=[table])]


def _share(found: Figure | VoteShare) -> str:
    if found.value is None:
        return MISSING
    reach = "" if found.low is None or found.high is None else f" ({percent(found.low)} to {percent(found.high)})"
    return f"{percent(found.value)}{reach}"


def _number(figure: Figure) -> str:
    if figure.value is None:
        return MISSING
    reach = "" if figure.low is None or figure.high is None else f" ({figure.low:.2f} to {figure.high:.2f})"
    return f"{figure.value:.2f}{reach}"
