"""Erasing what is held of a user, a session or a trace, with proof that nothing is left and a receipt."""

import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from pydantic import BaseModel

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import digest
from windlass.errors import Unavailable
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.lifecycle.deletion import (
    Counts,
    count_named,
    count_rows,
    delete_named,
    delete_traces,
    remove_old_parts,
)
from windlass.telemetry.lifecycle.holdings import ERASED, Holding
from windlass.telemetry.lifecycle.media import delete_unreferenced, media_of
from windlass.telemetry.lifecycle.refused import erase_refused
from windlass.telemetry.lifecycle.subjects import Subject, find_traces
from windlass.telemetry.media import MediaStore
from windlass.telemetry.writer import Writer

_TRIES: Final = 3
_LISTED: Final = 1000
"""Digests of traces that a receipt has one by one."""


class Erasure(BaseModel):
    """What was erased, or would be."""

    id: str
    dry_run: bool
    kind: str
    subject: str
    """A keyed hash of the subject's id, as the receipt in the audit chain has it."""
    traces: int
    rows: dict[str, int]
    """Rows erased, by table."""
    refused_spans: int
    """Spans that lay refused in the spool."""
    media: int
    """Files in messages that no other trace of the project refers to; of a dry run, all that these refer to."""
    left: dict[str, int]
    """Rows found by counting again afterwards, by table: zeros."""


class RecordsOfTraces(Protocol):
    """Records beside the warehouse that say something of traces, and go with them."""

    def count(self, project: str, traces: Sequence[str]) -> Counts:
        """Return how many rows of which table there are."""

    def delete(self, project: str, traces: Sequence[str]) -> None:
        """Delete them."""


class Erasures:
    """Erases one subject at a time."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        warehouse: Warehouse,
        writer: Writer,
        media: MediaStore,
        *,
        spool: Path,
        holdings: Sequence[Holding] = ERASED,
        records: Sequence[RecordsOfTraces] = (),
    ) -> None:
        self._database = database
        self._audit = audit
        self._warehouse = warehouse
        self._writer = writer
        self._media = media
        self._spool = spool
        self._holdings = holdings
        self._records = records
        self._one = threading.Lock()

    def erase(self, principal: Principal, subject: Subject, *, dry_run: bool = False, reason: str = "") -> Erasure:
        """Erase what a project holds of a subject, and write the receipt; or, as a dry run, only count.

        What was acknowledged before is loaded first, so that nothing waits behind. On return no table has a row of
        it and no file of an embedded engine does. Raises Unavailable when spans of it keep coming in; calling it
        again goes on where it was.
        """
        project = principal.project
        with self._one:
            self._writer.flush()
            traces = find_traces(self._warehouse, project, subject)
            rows = self._count(project, subject, traces)
            files = media_of(self._warehouse, project, traces)
            refused = erase_refused(self._spool, project, subject, traces, dry_run=dry_run)
            erasure = Erasure(
                id=str(uuid4()),
                dry_run=dry_run,
                kind=subject.kind,
                subject=self._audit.pseudonym(f"{project}:{subject.kind}:{subject.id}"),
                traces=len(traces),
                rows=rows,
                refused_spans=refused,
                media=len(files),
                left=rows if dry_run else dict.fromkeys(rows, 0),
            )
            if dry_run:
                return erasure
            left = self._delete(project, subject, traces)
            erasure = erasure.model_copy(
                update={
                    "media": delete_unreferenced(self._warehouse, self._media, project, files),
                    "left": left,
                }
            )
            self._write_receipt(principal, erasure, traces, reason)
            return erasure

    def _delete(self, project: str, subject: Subject, traces: Sequence[str]) -> Counts:
        """Delete until counting again finds nothing, and return that count."""
        known = set(traces)
        for _ in range(_TRIES):
            # Before the traces, by which they are found: what was cut off here is found when it is tried again.
            for records in self._records:
                records.delete(project, sorted(known))
            delete_traces(self._warehouse, project, sorted(known), self._holdings)
            delete_named(self._warehouse, project, subject, self._holdings)
            if self._warehouse.embedded:
                remove_old_parts(self._warehouse, self._holdings)
            self._writer.flush()
            # A span may have come in meanwhile, of these traces or of another of the subject's.
            known |= set(find_traces(self._warehouse, project, subject))
            left = self._count(project, subject, sorted(known))
            if not any(left.values()):
                return left
        raise Unavailable(
            "Spans of what is to be erased keep coming in: stop what sends them, then erase again. "
            f"Left are {sum(left.values())} rows."
        )

    def _count(self, project: str, subject: Subject, traces: Sequence[str]) -> Counts:
        counts = Counter(count_rows(self._warehouse, project, traces, self._holdings))
        counts.update(count_named(self._warehouse, project, subject, traces, self._holdings))
        for records in self._records:
            counts.update(records.count(project, traces))
        return dict(counts)

    def _write_receipt(self, principal: Principal, erasure: Erasure, traces: Sequence[str], reason: str) -> None:
        digests = [digest(trace) for trace in traces]
        details = {
            **erasure.model_dump(exclude={"id", "dry_run"}),
            "traces_digest": digest(digests),
            "trace_digests": digests[:_LISTED],
        }
        with self._database.write() as tx:
            self._audit.append(
                tx, principal, "erasure:create", f"erasure/{erasure.id}", reason=reason, details=details
            )
