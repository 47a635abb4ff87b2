"""Erasing what syntheses say of traces that are erased: drafts that were not taken, and why."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from windlass.evaluation.synthesis.making import SynthesisReport
from windlass.evaluation.tables import syntheses
from windlass.storage.database import Database


class SynthesesOfTraces:
    """What the reports of syntheses say of some traces. Items that were taken stand in their dataset."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, project: str, traces: Sequence[str]) -> dict[str, int]:
        """Return how many lines of reports there are."""
        with self._database.read() as tx:
            reports = _reports(tx, project, traces)
        return {syntheses.name: sum(_lines(before) - _lines(after) for before, after in reports.values())}

    def delete(self, project: str, traces: Sequence[str]) -> None:
        with self._database.write() as tx:
            for synthesis, (_, after) in _reports(tx, project, traces).items():
                changed = update(syntheses).where(syntheses.c.id == synthesis)
                tx.execute(changed.values(report=after.model_dump(mode="json")))


def _reports(
    tx: Connection, project: str, traces: Sequence[str]
) -> dict[str, tuple[SynthesisReport, SynthesisReport]]:
    """Return the reports that say something of the traces, as they are and as they are without it."""
    if not traces:
        return {}
    erased = set(traces)
    found = {}
    for row in tx.execute(select(syntheses.c.id, syntheses.c.report).where(syntheses.c.project == project)):
        before = SynthesisReport.model_validate(row.report)
        after = before.model_copy(
            update={
                "rejected": [each for each in before.rejected if each.source.get("trace_id") not in erased],
                "unwritten": [each for each in before.unwritten if each.source.get("trace_id") not in erased],
            }
        )
        if _lines(after) < _lines(before):
            found[row.id] = (before, after)
    return found


def _lines(report: SynthesisReport) -> int:
    return len(report.rejected) + len(report.unwritten)
