"""The report of an arena: who is ranked where, by people and by judges, and how far these agree."""

from collections.abc import Iterator

from windlass.evaluation.arenas.boards import Board, Leaderboard, VoteShare
from windlass.evaluation.arenas.records import Arena
from windlass.evaluation.ranking import RankedPlayer, Ranking, ranking_note
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
from windlass.evaluation.reports.figures import MISSING, moment, percent, share_words
from windlass.evaluation.reviews.report import Figure
from windlass.evaluation.wording.language import said, say, say_count
from windlass.evaluation.wording.reasons import reasons_line


def arena_report(arena: Arena, found: Leaderboard, made: str) -> Document:
    return Document(
        title=say("Arena {name}", name=arena.name),
        subtitle=say(
            "{n} runs on {data}",
            n=len(arena.contestants),
            data=f"{arena.dataset.name}@{arena.dataset.number}",
        ),
        lead=_lead(found),
        facts=[
            (say("Items"), f"{arena.items:,}"),
            (say("Votes of people"), f"{arena.votes:,}"),
            (say("Verdicts of judges"), f"{arena.judgements:,}"),
            (say("Created"), say("{time} by {who}", time=moment(arena.created), who=arena.created_by)),
            (say("Data"), arena.dataset.digest),
        ],
        sections=[*map(_section, found.boards), *_agreement(found)],
        made=made,
    )


def _lead(found: Leaderboard) -> str:
    said = [
        say(
            "{by} {name} is first; the data allow {ranks} of {n}",
            by=_by(board),
            name=best.name,
            ranks=ranks(best),
            n=len(board.ranking.players),
        )
        for board in found.boards
        if board.ranking is not None and (best := board.ranking.players[0])
    ]
    return " ".join(f"{each}." for each in said) if said else say("Nobody has voted yet.")


def _by(board: Board) -> str:
    return say("By people") if board.kind == "person" else say("By {name}", name=board.name)


def ranks(player: RankedPlayer) -> str:
    if player.best_rank == player.worst_rank:
        return say("rank {best}", best=player.best_rank)
    return say("rank {best} to {worst}", best=player.best_rank, worst=player.worst_rank)


def _section(board: Board) -> Section:
    title = _by(board)
    if board.ranking is None:
        return Section(title=title, blocks=[Text(text=say("No verdict yet."))])
    note = say(
        "Bradley–Terry strengths with Davidson's ties; intervals resample items, ranks hold for all together."
    )
    return Section(title=title, note=note, blocks=[*_blocks(board, board.ranking)])


def _blocks(board: Board, ranking: Ranking) -> Iterator[Block]:
    note = ranking_note(ranking.prior, ranking.prior_names, ranking.clusters)
    if note:
        yield Text(text=note, tone="warn")
    rows = [
        IntervalRow(name=each.name, value=each.strength, low=each.low, high=each.high, text=_strength(each))
        for each in ranking.players
    ]
    yield Intervals(caption=say("Log strength; the mean of all is 0"), rows=rows, zero=True)
    yield _players(ranking)
    if len(ranking.players) > 2:
        yield _matrix(ranking)
    yield Text(text=_remark(board))


def _strength(player: RankedPlayer) -> str:
    if player.low is None and player.high is None:
        return _signed(player.strength)
    low = say("no bound") if player.low is None else _signed(player.low)
    high = say("no bound") if player.high is None else _signed(player.high)
    return f"{_signed(player.strength)} ({say('{low} to {high}', low=low, high=high)})"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _players(ranking: Ranking) -> Table:
    rows = [
        [
            str(each.rank),
            each.name,
            _possible(each),
            percent(each.win_rate),
            f"{each.battles:,}",
            f"{each.wins:,}",
            f"{each.losses:,}",
            f"{each.ties:,}",
        ]
        for each in ranking.players
    ]
    right = said("may be", "win rate", "battles", "won", "lost", "tied")
    return plain_table("", say("release"), *right, rows=rows, right=("", *right))


def _possible(player: RankedPlayer) -> str:
    if player.best_rank == player.worst_rank:
        return f"{player.best_rank}"
    return say("{low} to {high}", low=player.best_rank, high=player.worst_rank)


def _matrix(ranking: Ranking) -> Table:
    expected = {(each.first, each.second): each.expected for each in ranking.pairs}
    expected |= {(each.second, each.first): 1 - each.expected for each in ranking.pairs}
    names = [each.name for each in ranking.players]
    rows = [
        [row, *(MISSING if row == column else percent(expected[row, column]) for column in names)] for row in names
    ]
    caption = say("Expected win rates of the row against the column, a tie counting one half")
    return plain_table("", *names, rows=rows, right=tuple(names), caption=caption)


def _remark(board: Board) -> str:
    verdicts = say_count(board.verdicts, "{n} verdict", "{n} verdicts")
    ties = say_count(board.ties, "{n} tie", "{n} ties")
    if board.same:
        ties = say("{ties} ({n} of equal answers, on which nobody was asked)", ties=ties, n=f"{board.same:,}")
    told = [f"{verdicts}, {ties}"]
    if board.both_bad:
        told.append(say("{n} both bad, counted as ties", n=f"{board.both_bad:,}"))
    if board.first_preferred.n:
        told.append(say("the one shown first was preferred {share}", share=_share(board.first_preferred)))
    if board.consistent.n:
        told.append(say("both orders said the same {share}", share=_share(board.consistent)))
    if board.coverage.n:
        told.append(say("it has a verdict on {share} of those it was asked about", share=_share(board.coverage)))
    if board.judge is not None:
        told.append(say("the judge {standing}", standing=board.judge.standing.why))
    if board.missing_why:
        told.append(say("without a verdict: {reasons}", reasons=reasons_line(board.missing_why)))
    return f"{'; '.join(told)}."


def _agreement(found: Leaderboard) -> list[Section]:
    rows = [
        [board.name, _share(board.agreement.equal), _number(board.agreement.kappa), f"{board.agreement.equal.n:,}"]
        for board in found.boards
        if board.agreement is not None
    ]
    if found.among_people.n:
        rows.append(
            [say("people with each other"), _share(found.among_people), MISSING, f"{found.among_people.n:,}"]
        )
    if not rows:
        return []
    right = said("says the same", "Cohen's kappa", "n")
    note = say(
        "On the same two answers; what people say with each other is what no judge should be expected to pass."
    )
    table = plain_table("", *right, rows=rows, right=right)
    return [Section(title=say("Agreement of judges and people"), note=note, blocks=[table])]


def _share(found: Figure | VoteShare) -> str:
    return share_words(found.value, found.low, found.high)


def _number(figure: Figure) -> str:
    if figure.value is None:
        return MISSING
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f}"
    ends = say("{low} to {high}", low=f"{figure.low:.2f}", high=f"{figure.high:.2f}")
    return f"{figure.value:.2f} ({ends})"
