"""Erasing what is held of a user, a session or a trace: durable work, with proof that nothing is left."""

import logging
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeVar
from uuid import uuid4

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import digest
from windlass.errors import Unavailable, WindlassError
from windlass.storage.database import Database, now
from windlass.storage.jobs import JobInterrupted, Jobs
from windlass.storage.warehouse import NO_SPACE, WarehouseError
from windlass.telemetry.lifecycle.erasure import Eraser
from windlass.telemetry.lifecycle.erasure_records import (
    UNFINISHED,
    Erasure,
    Owed,
    begin_erasure,
    create_erasure,
    end_erasure,
    get_erasure,
    note_counts,
    unfinished_erasures,
)
from windlass.telemetry.lifecycle.notes import Note, Notes
from windlass.telemetry.lifecycle.subjects import Subject

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_JOB: Final = "erasure"
_TRIES: Final = 3
_LISTED: Final = 1000
"""Digests of traces that a receipt has one by one."""
_LOOK_S: Final = 0.02
_TURN_S: Final = 0.25
_RECEIPT: Final = {"kind", "subject", "traces", "rows", "refused_spans", "media", "left"}


class Erasures:
    """The erasures of one server: one at a time, each goes on until it ends, also after the process was killed."""

    def __init__(self, database: Database, audit: AuditChain, jobs: Jobs, *, eraser: Eraser, notes: Notes) -> None:
        self._database = database
        self._audit = audit
        self._jobs = jobs
        self._eraser = eraser
        self._notes = notes
        self._starting = threading.Lock()
        self._one = threading.Lock()
        jobs.register(_JOB, self.execute)

    def count(self, principal: Principal, subject: Subject, *, reason: str = "") -> Erasure:
        """Return what would be erased, and change nothing."""
        project = principal.project
        traces = self._eraser.find_traces(project, subject)
        rows = self._eraser.count(project, subject, traces)
        at = now()
        return Erasure(
            id=str(uuid4()),
            dry_run=True,
            state="finished",
            error=None,
            kind=subject.kind,
            subject=self._pseudonym(project, subject),
            reason=reason,
            by=principal.id,
            created=at,
            started=at,
            finished=at,
            traces=len(traces),
            rows=rows,
            refused_spans=self._eraser.count_refused(project, subject, traces),
            media=len(self._eraser.find_files(project, traces)),
            left=rows,
        )

    def record(self, principal: Principal, subject: Subject, *, reason: str = "") -> Erasure:
        """Record an erasure, so that `execute` erases."""
        erasure_id = str(uuid4())
        self._notes.write(erasure_id, Note(subject=subject))
        try:
            return create_erasure(
                self._database,
                principal,
                erasure_id,
                kind=subject.kind,
                subject=self._pseudonym(principal.project, subject),
                reason=reason,
            )
        except BaseException:
            self._notes.remove(erasure_id)
            raise

    def start(self, principal: Principal, subject: Subject, *, reason: str = "") -> Erasure:
        """Record an erasure and start it: what a project holds of a subject goes, with a receipt at the end."""
        with self._starting:
            erasure = self.record(principal, subject, reason=reason)
            try:
                self._jobs.start(_JOB, erasure.id, id=erasure.id)
            except WindlassError as error:
                self._fail(erasure, error.message)
                raise
        return erasure

    def wait(self, project: str, erasure_id: str, seconds: float) -> Erasure:
        """Return an erasure as it stands when it ends, or after some seconds. Raises Unavailable if it failed."""
        until = time.monotonic() + seconds
        while True:
            erasure = get_erasure(self._database, project, erasure_id)
            if erasure.state == "failed":
                raise Unavailable(erasure.error or "")
            if erasure.state not in UNFINISHED or time.monotonic() >= until:
                return erasure
            time.sleep(_LOOK_S)

    def recover(self) -> None:
        """Go on with what an earlier process left unfinished, and forget whom those were of that ended."""
        with self._starting:
            owed = [each.erasure for each in unfinished_erasures(self._database)]
            self._notes.remove_others({erasure.id for erasure in owed})
            if not owed:
                return
            self._jobs.launch()
            for erasure in owed:
                # One that was recorded but not started yet is started; any other is known to the jobs already.
                self._jobs.start(_JOB, erasure.id, id=erasure.id)
                if self._jobs.state(erasure.id) in {"finished", "failed"}:
                    # A job of one name runs once: nobody would work on it, and it would stand there as running.
                    self._fail(erasure, "Its work broke off and could not be taken up: erase again.")

    def execute(self, erasure_id: str) -> None:
        """Erase until nothing is left, and write the receipt; or write why that is not so.

        What an earlier process did of it is done again where that is not sure: each step finds less, or nothing.
        """
        with self._turn():
            owed = self._insist(lambda: begin_erasure(self._database, erasure_id))
            if owed is None:
                return
            try:
                self._erase(owed)
            except WindlassError as error:
                self._give_up(owed.erasure, _sentence(error))
            except Exception as error:  # noqa: BLE001 - raised, the jobs would keep what it says, which may be a name
                kind, where = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
                log.error("The erasure %s failed with %s:\n%s", erasure_id, kind, where)
                self._give_up(owed.erasure, f"It failed with {kind}; the server's log says where: erase again.")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        while not self._one.acquire(timeout=_TURN_S):
            self._go_on()
        try:
            yield
        finally:
            self._one.release()

    def _go_on(self) -> None:
        """Leave the rest to the next start when the process is about to end."""
        if self._jobs.stopping.is_set():
            raise JobInterrupted

    def _insist(self, do: Callable[[], _T]) -> _T:
        """Do what must be written; a database that is away for a moment is asked again."""
        while True:
            try:
                return do()
            except Unavailable:
                self._go_on()
                self._jobs.stopping.wait(_TURN_S)

    def _erase(self, owed: Owed) -> None:
        project, note = owed.project, self._notes.read(owed.erasure.id)
        if not owed.erasure.rows:
            note, owed = self._look(owed, note)
        for tries_left in reversed(range(_TRIES)):
            self._eraser.delete(project, note.subject, note.traces, between=self._go_on)
            # A span may have come in meanwhile, of these traces or of another of the subject's.
            found = sorted({*note.traces, *self._eraser.find_traces(project, note.subject)})
            left = self._eraser.count(project, note.subject, found)
            if not any(left.values()):
                self._finish(owed, note, left)
                return
            if tries_left:
                note, owed = self._look_again(owed, note, found, left)
        raise Unavailable(
            "Spans of what is to be erased keep coming in: stop what sends them, then erase again. "
            f"Left are {sum(left.values())} rows."
        )

    def _look(self, owed: Owed, note: Note) -> tuple[Note, Owed]:
        """Find and count, before anything is deleted: afterwards nobody could, and the receipt tells all of it."""
        project, subject = owed.project, note.subject
        traces = self._eraser.find_traces(project, subject)
        files = self._eraser.find_files(project, traces)
        counts = {
            "traces": len(traces),
            "rows": self._eraser.count(project, subject, traces),
            "refused_spans": self._eraser.count_refused(project, subject, traces),
            "media": len(files),
        }
        return self._keep(owed, Note(subject=subject, traces=traces, files=files), counts)

    def _look_again(self, owed: Owed, note: Note, traces: list[str], left: dict[str, int]) -> tuple[Note, Owed]:
        """Take in what came meanwhile, before it is deleted."""
        files = sorted({*note.files, *self._eraser.find_files(owed.project, traces)})
        rows = dict(Counter(owed.erasure.rows) + Counter(left))
        counts = {
            "traces": len(traces),
            "rows": {table: rows.get(table, 0) for table in left},
            "media": len(files),
            "left": left,
        }
        return self._keep(owed, Note(subject=note.subject, traces=traces, files=files), counts)

    def _keep(self, owed: Owed, note: Note, counts: Mapping[str, object]) -> tuple[Note, Owed]:
        # In this order: who finds counts finds what was counted.
        self._notes.write(owed.erasure.id, note)
        return note, owed._replace(erasure=note_counts(self._database, owed.erasure.id, **counts))

    def _finish(self, owed: Owed, note: Note, left: dict[str, int]) -> None:
        media = self._eraser.delete_files(owed.project, note.files)
        # Of what came meanwhile the counts may be missing, where a kill came between; the traces are in the note.
        ended = {"traces": len(note.traces), "media": media, "left": left}
        erasure = owed.erasure.model_copy(update=ended)
        digests = [digest(trace) for trace in note.traces]
        details = {
            **erasure.model_dump(include=_RECEIPT),
            "traces_digest": digest(digests),
            "trace_digests": digests[:_LISTED],
        }

        def end() -> None:
            with self._database.write() as tx:
                if end_erasure(tx, erasure.id, "finished", **ended):
                    resource = f"erasure/{erasure.id}"
                    self._audit.append(
                        tx, owed.principal, "erasure:create", resource, reason=erasure.reason, details=details
                    )

        self._insist(end)
        self._notes.remove(erasure.id)

    def _give_up(self, erasure: Erasure, error: str) -> None:
        # What fails because the process is about to end has not failed.
        self._go_on()
        self._insist(lambda: self._fail(erasure, error))

    def _fail(self, erasure: Erasure, error: str) -> None:
        with self._database.write() as tx:
            end_erasure(tx, erasure.id, "failed", error=error)
        self._notes.remove(erasure.id)

    def _pseudonym(self, project: str, subject: Subject) -> str:
        return self._audit.pseudonym(f"{project}:{subject.kind}:{subject.id}")


def _sentence(error: WindlassError) -> str:
    """Return what failed; the engine, or the way to it, may quote what was asked, and so whom."""
    if not isinstance(error, WarehouseError) or error.code in NO_SPACE:
        return error.message
    if error.code is None:
        return "The warehouse does not answer, or has no disk space left: erase again when it works."
    return f"The warehouse refused a statement with its code {error.code}: erase again when it works."
