"""What an erasure under way must know: whom it is of, and what was found of them. It is forgotten when it ends.

It stands in a file of its own and not in the database: a file is unlinked, while the pages, logs, replicas and
backups of a database keep what was deleted from it.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from windlass.errors import Unavailable
from windlass.telemetry.lifecycle.subjects import Subject
from windlass.telemetry.spool import write_synced

_SUFFIX: Final = ".json"


class Note(BaseModel, frozen=True):
    """Of one erasure."""

    subject: Subject
    traces: list[str] = []
    """The traces that go. When their spans are gone, nothing else says which they were."""
    files: list[str] = []
    """Digests of the files that these refer to."""


class Notes:
    """The notes of all erasures under way, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, erasure: str, note: Note) -> None:
        """Write a note, in the place of the one before; it is on disk on return. Raises Unavailable."""
        try:
            self._folder.mkdir(exist_ok=True)
            write_synced(self._folder, erasure + _SUFFIX, [note.model_dump_json().encode()])
        except OSError as error:
            raise Unavailable(
                f"What the erasure must know could not be written into {self._folder}: {error.strerror}. "
                "Free disk space, then erase again."
            ) from error

    def read(self, erasure: str) -> Note:
        """Raises Unavailable for one that is gone, or cannot be read."""
        file = self._folder / (erasure + _SUFFIX)
        try:
            return Note.model_validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            # Without the error: it may quote what it could not read.
            raise Unavailable(f"Whom the erasure is of cannot be read from {file} any more: erase again.") from (
                error if isinstance(error, OSError) else None
            )

    def remove(self, erasure: str) -> None:
        (self._folder / (erasure + _SUFFIX)).unlink(missing_ok=True)

    def remove_others(self, erasures: Collection[str]) -> None:
        """Remove what a killed process left that had no time to: all but the notes of some erasures."""
        for file in self._folder.glob("*"):
            if file.name.removesuffix(_SUFFIX) not in erasures:
                file.unlink(missing_ok=True)
