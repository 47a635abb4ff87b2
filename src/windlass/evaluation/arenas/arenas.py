"""The arenas of one server."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, JsonValue

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.evaluation.arenas import voting
from windlass.evaluation.arenas.boards import Leaderboard, leaderboard
from windlass.evaluation.arenas.records import (
    Arena,
    ArenaRequest,
    Contestant,
    Verdict,
    create_arena,
    get_arena,
)
from windlass.evaluation.arenas.tables import arena_samples
from windlass.evaluation.arenas.voting import Battle
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.reviews.contents import Contents, ItemContent
from windlass.evaluation.reviews.items import OutputSource, Source
from windlass.evaluation.runs import Run, get_run
from windlass.evaluation.samples import SampleResult
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse

ResultsOf = Callable[[Run], Mapping[str, SampleResult]]
"""Returns what came of a run by item."""


class ShownBattle(BaseModel):
    """What whoever votes is shown: nothing of it says whose the answers are."""

    id: str
    input: JsonValue
    reference: JsonValue
    """What the dataset says is right, if it does."""
    answers: list[str]
    """The first and the second; empty when what is to be compared is not there any more."""


class RevealedBattle(BaseModel):
    """A battle after the vote."""

    id: str
    verdict: Verdict
    first: Contestant
    second: Contestant


class Arenas:
    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        warehouse: Warehouse,
        datasets: Datasets,
        results_of: ResultsOf,
    ) -> None:
        self._database = database
        self._audit = audit
        self._contents = Contents(warehouse, datasets)
        self._results_of = results_of

    def create(self, principal: Principal, request: ArenaRequest) -> Arena:
        """Make an arena of finished runs. Raises NotFound, Conflict, and InputError for runs that cannot meet."""
        runs = [get_run(self._database, principal.project, run) for run in request.runs]
        answers = {run.id: self._results_of(run) for run in runs}
        return create_arena(self._database, self._audit, principal, request, runs, answers)

    def next(self, principal: Principal, name: str) -> ShownBattle | None:
        """Give the principal two answers to compare; None when they have seen all."""
        battle = voting.next_battle(self._database, principal, name)
        return None if battle is None else self._shown(principal, name, battle)

    def vote(self, principal: Principal, name: str, battle: str, verdict: Verdict) -> RevealedBattle:
        """Take a verdict and say whose the answers were."""
        voted = voting.vote(self._database, self._audit, principal, name, battle, verdict)
        assert voted.verdict is not None
        runs = {each.run: each for each in get_arena(self._database, principal.project, name).contestants}
        return RevealedBattle(
            id=voted.id, verdict=voted.verdict, first=runs[voted.first_run], second=runs[voted.second_run]
        )

    def skip(self, principal: Principal, name: str, battle: str) -> None:
        voting.skip(self._database, principal, name, battle)

    def leaderboard(self, principal: Principal, name: str) -> Leaderboard:
        """Return the rankings so far. Raises NotFound."""
        arena = get_arena(self._database, principal.project, name)
        return leaderboard(self._database, principal.project, arena)

    def content(self, project: str, arena: Arena, item: str, run: str) -> ItemContent | None:
        """Return an item with one answer to it, read where it is kept; None when it is gone."""
        with self._database.read() as tx:
            row = tx.execute(
                arena_samples.select().where(
                    arena_samples.c.project == project,
                    arena_samples.c.arena == arena.name,
                    arena_samples.c.item == item,
                    arena_samples.c.run == run,
                )
            ).one_or_none()
        if row is None:
            return None
        source = Source(
            kind="run",
            dataset=arena.dataset.name,
            dataset_digest=arena.dataset.digest,
            item=item,
            outputs=[OutputSource(trace_id=row.trace_id, span_id=row.span_id)],
        )
        return self._contents.read(project, item, source)

    def _shown(self, principal: Principal, name: str, battle: Battle) -> ShownBattle:
        arena = get_arena(self._database, principal.project, name)
        sides = [
            self.content(principal.project, arena, battle.item, run)
            for run in (battle.first_run, battle.second_run)
        ]
        there = [side for side in sides if side is not None]
        # Neither passages nor metadata: both say more of a release than its answer does.
        return ShownBattle(
            id=battle.id,
            input=there[0].input if there else None,
            reference=there[0].reference if there else None,
            answers=[side.outputs[0].text for side in there] if len(there) == len(sides) else [],
        )
