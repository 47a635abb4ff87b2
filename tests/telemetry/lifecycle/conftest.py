"""What erasure and retention stand on: a data folder with a warehouse, a spool, blobs and records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.storage.blobs import Blobs
from windlass.storage.database import Database
from windlass.storage.jobs import Jobs
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.intake import Intake
from windlass.telemetry.lifecycle.erasure import Eraser, RecordsOfTraces
from windlass.telemetry.lifecycle.erasure_records import Erasure
from windlass.telemetry.lifecycle.erasures import Erasures
from windlass.telemetry.lifecycle.notes import Notes
from windlass.telemetry.lifecycle.retention import Retentions
from windlass.telemetry.lifecycle.subjects import Subject
from windlass.telemetry.masking.store import MaskingRulesStore
from windlass.telemetry.media import MediaStore
from windlass.telemetry.writer import Writer


@dataclass
class House:
    folder: Path
    database: Database
    audit: AuditChain
    warehouse: Warehouse
    writer: Writer
    blobs: Blobs
    media: MediaStore
    jobs: Jobs
    """That are never opened: erasures are executed here and now."""
    records: list[RecordsOfTraces] = field(default_factory=list)

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def notes(self) -> Notes:
        return Notes(self.folder / "erasures")

    @cached_property
    def erasures(self) -> Erasures:
        eraser = Eraser(self.warehouse, self.writer, self.media, spool=self.spool, records=self.records)
        return Erasures(self.database, self.audit, self.jobs, eraser=eraser, notes=self.notes)

    def erase(self, principal: Principal, subject: Subject, *, dry_run: bool = False, reason: str = "") -> Erasure:
        """Erase as the job of an erasure does, or count."""
        if dry_run:
            return self.erasures.count(principal, subject)
        recorded = self.erasures.record(principal, subject, reason=reason)
        self.erasures.execute(recorded.id)
        return self.erasures.wait(principal.project, recorded.id, 0)

    @property
    def retentions(self) -> Retentions:
        return Retentions(self.database, self.audit, self.warehouse, self.media, step=2)

    def spans(self, project: str = "guide") -> list[object]:
        """Return the names of a project's spans."""
        rows = self.warehouse.query(
            "SELECT name FROM spans FINAL WHERE project = {project:String} ORDER BY name", {"project": project}
        )
        return [row["name"] for row in rows]

    def holding(self, text: str) -> list[str]:
        """Return the files of the data folder that have a text in them, as it is."""
        return [
            str(file.relative_to(self.folder))
            for file in sorted(self.folder.rglob("*"))
            if file.is_file() and text.encode() in file.read_bytes()
        ]


@pytest.fixture
def house(
    tmp_path: Path, sqlite_url: str, audit: AuditChain, warehouse: Warehouse, blobs: Blobs
) -> Iterator[House]:
    database = Database(sqlite_url)
    database.migrate()
    media = MediaStore(database, blobs)
    intake = Intake(MaskingRulesStore(database, audit), media)
    writer = Writer(warehouse, tmp_path / "spool", intake=intake)
    jobs = Jobs(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    yield House(tmp_path, database, audit, warehouse, writer, blobs, media, jobs)
    writer.close()
    database.close()


@pytest.fixture
def admin(principal: Principal) -> Principal:
    return principal
