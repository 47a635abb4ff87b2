"""Reports of a server's runs, verdicts and arenas."""

from collections.abc import Sequence
from typing import Final

from windlass.agents.release_runs import ReleaseRuns
from windlass.errors import InputError
from windlass.evaluation.arenas.boards import leaderboard
from windlass.evaluation.arenas.records import get_arena
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.gates.told import told_in
from windlass.evaluation.gates.verdicts import get_verdict, list_verdicts
from windlass.evaluation.reports.document import Document
from windlass.evaluation.reports.evaluated import Evaluated
from windlass.evaluation.reports.figures import moment
from windlass.evaluation.reports.of_arena import arena_report
from windlass.evaluation.reports.of_pair import pair_report
from windlass.evaluation.reports.of_run import run_report
from windlass.evaluation.reports.of_runs import runs_report
from windlass.evaluation.reports.of_verdict import verdict_report
from windlass.evaluation.runs import Run, get_run
from windlass.evaluation.wording.language import Language, speaking
from windlass.storage.database import Database, now
from windlass.version import __version__

MOST_RUNS: Final = 20


class Reports:
    """Reads what a report says; how it is drawn is its format's matter."""

    def __init__(self, database: Database, runs: ReleaseRuns) -> None:
        self._database = database
        self._runs = runs

    def of_runs(self, project: str, ids: Sequence[str], language: Language = "en") -> Document:
        """Return the report of one run, of two (the first is the baseline), or of more.

        Raises NotFound, and InputError for runs that cannot be compared.
        """
        if len(set(ids)) < len(ids):
            raise InputError("A report names each run once.")
        if len(ids) > MOST_RUNS:
            raise InputError(f"A report is of at most {MOST_RUNS} runs, not {len(ids)}.")
        evaluated = [self._evaluated(get_run(self._database, project, run)) for run in ids]
        with speaking(language):
            if len(evaluated) == 1:
                return run_report(evaluated[0], _made())
            if len(evaluated) == 2:
                baseline, candidate = evaluated
                return pair_report(baseline, candidate, self._verdict_on(baseline.run, candidate.run), _made())
            return runs_report(evaluated, _made())

    def of_verdict(self, project: str, verdict: str, language: Language = "en") -> Document:
        """Return the report of a verdict. Raises NotFound."""
        found = told_in(get_verdict(self._database, project, verdict), language)
        with speaking(language):
            return verdict_report(found, _made())

    def of_arena(self, project: str, name: str, language: Language = "en") -> Document:
        """Return the report of an arena as it stands. Raises NotFound."""
        arena = get_arena(self._database, project, name)
        found = leaderboard(self._database, project, arena)
        with speaking(language):
            return arena_report(arena, found, _made())

    def _evaluated(self, run: Run) -> Evaluated:
        reading = self._runs.reading
        return Evaluated(run, reading.items(run), reading.scores(run), reading.store(run))

    def _verdict_on(self, baseline: Run, candidate: Run) -> Verdict | None:
        found = list_verdicts(self._database, candidate.project, release=candidate.release.digest).items
        pair = (baseline.id, candidate.id)
        return next((each for each in found if (each.baseline.run, each.candidate.run) == pair), None)


def _made() -> str:
    return f"windlass {__version__}, {moment(now())}"
