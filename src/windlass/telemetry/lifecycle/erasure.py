"""Finding, counting and deleting what a project holds of a subject, in steps of which each may be repeated."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.lifecycle.deletion import (
    Between,
    Counts,
    count_named,
    count_rows,
    delete_named,
    delete_traces,
    go_on,
    remove_old_parts,
)
from windlass.telemetry.lifecycle.holdings import ERASED, Holding
from windlass.telemetry.lifecycle.media import delete_unreferenced, media_of
from windlass.telemetry.lifecycle.refused import erase_refused
from windlass.telemetry.lifecycle.subjects import Subject, find_traces
from windlass.telemetry.media import MediaStore
from windlass.telemetry.writer import Writer


class RecordsOfTraces(Protocol):
    """Records beside the warehouse that say something of traces, and go with them."""

    def count(self, project: str, traces: Sequence[str]) -> Counts:
        """Return how many rows of which table there are."""

    def delete(self, project: str, traces: Sequence[str]) -> None:
        """Delete them."""


class Eraser:
    """Knows every place where something of a subject may be.

    Traces are found by spans that name the subject, so who deletes keeps their ids until nothing is left of them.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        writer: Writer,
        media: MediaStore,
        *,
        spool: Path,
        holdings: Sequence[Holding] = ERASED,
        records: Sequence[RecordsOfTraces] = (),
    ) -> None:
        self._warehouse = warehouse
        self._writer = writer
        self._media = media
        self._spool = spool
        self._holdings = holdings
        self._records = records

    def find_traces(self, project: str, subject: Subject) -> list[str]:
        """Return the traces that are the subject's; what was acknowledged before is loaded first."""
        self._writer.flush()
        return find_traces(self._warehouse, project, subject)

    def find_files(self, project: str, traces: Sequence[str]) -> list[str]:
        """Return the digests of the files that some traces refer to."""
        return sorted(media_of(self._warehouse, project, traces))

    def count(self, project: str, subject: Subject, traces: Sequence[str]) -> Counts:
        """Return how many rows of some traces, and rows that name the subject, each table has."""
        counts = Counter(count_rows(self._warehouse, project, traces, self._holdings))
        counts.update(count_named(self._warehouse, project, subject, traces, self._holdings))
        for records in self._records:
            counts.update(records.count(project, traces))
        return dict(counts)

    def count_refused(self, project: str, subject: Subject, traces: Sequence[str]) -> int:
        """Return how many spans lie refused in the spool."""
        return erase_refused(self._spool, project, subject, traces, dry_run=True)

    def delete(self, project: str, subject: Subject, traces: Sequence[str], *, between: Between = go_on) -> None:
        """Delete all that is counted here; on return no query sees it, and no file of an embedded engine does."""
        erase_refused(self._spool, project, subject, traces, dry_run=False)
        for records in self._records:
            between()
            records.delete(project, traces)
        delete_traces(self._warehouse, project, traces, self._holdings, between=between)
        delete_named(self._warehouse, project, subject, self._holdings, between=between)
        if self._warehouse.embedded:
            remove_old_parts(self._warehouse, self._holdings, between=between)

    def delete_files(self, project: str, files: Collection[str]) -> int:
        """Delete those of some files that nothing refers to any more; return how many are gone, since whenever."""
        delete_unreferenced(self._warehouse, self._media, project, files)
        return len(files) - len(self._media.known(project, files))
