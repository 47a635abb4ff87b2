"""Rows on their way into the warehouse, in files of this machine: what is in one survives the process.

A file is written whole under another name, synced, and then named: what has a name is complete. It holds rows as
the inbox of its folder reads them, so that a windlass with another inbox still loads what an older one left.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from windlass.errors import Unavailable
from windlass.storage.warehouse import ProtobufSchema
from windlass.telemetry.schema import Inbox

_SCHEMA = "schema.proto"
_ROWS = ".rows"
_REFUSED = "refused"


class Segment(NamedTuple):
    """A file of rows and the inbox that reads them."""

    path: Path
    size: int
    inbox: Inbox


class Spool:
    """The files of one folder, one folder an inbox within it. Adding is for one thread, removing for another."""

    def __init__(self, folder: Path, inbox: Inbox) -> None:
        """Open the spool of an inbox, and clear away what was cut off while it was written."""
        self._folder = folder
        self._own = folder / inbox.table
        self._inbox = inbox
        self._own.mkdir(parents=True, exist_ok=True)
        if not (self._own / _SCHEMA).exists():
            write_synced(self._own, _SCHEMA, [inbox.schema.text.encode()])
            _sync_folder(folder)
        for cut_off in folder.glob("*/.*"):
            cut_off.unlink()
        self._next = 1 + max((int(segment.path.stem) for segment in self._segments(self._own)), default=0)

    def left(self) -> list[Segment]:
        """Return what an earlier process left, oldest first; folders of other inboxes come before this one's."""
        others = sorted(path for path in self._folder.iterdir() if path.is_dir() and path != self._own)
        return [segment for folder in (*others, self._own) for segment in self._segments(folder)]

    def add(self, rows: Sequence[bytes]) -> Segment:
        """Write rows; on return they are on disk. Raises Unavailable, and then nothing of them is there."""
        name = f"{self._next:012}{_ROWS}"
        try:
            write_synced(self._own, name, rows)
        except OSError as error:
            raise Unavailable(
                f"The spans could not be written to {self._own}: {error.strerror}. "
                "Free disk space, then try again."
            ) from error
        self._next += 1
        return Segment(self._own / name, sum(map(len, rows)), self._inbox)

    def remove(self, segments: Sequence[Segment]) -> None:
        """Forget segments, which are in the warehouse. Should one come back after a crash, it is loaded twice."""
        for segment in segments:
            segment.path.unlink(missing_ok=True)
        for folder in {segment.path.parent for segment in segments} - {self._own}:
            if not any(folder.glob(f"*{_ROWS}")):
                (folder / _SCHEMA).unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    folder.rmdir()

    def set_aside(self, segment: Segment, rows: bytes) -> Path:
        """Keep rows that the warehouse refuses where nothing loads them, and return where."""
        folder = segment.path.parent / _REFUSED
        folder.mkdir(exist_ok=True)
        return write_synced(folder, segment.path.name, [rows])

    @staticmethod
    def _segments(folder: Path) -> Iterator[Segment]:
        files = sorted(folder.glob(f"*{_ROWS}"))
        if files:
            inbox = Inbox(folder.name, ProtobufSchema((folder / _SCHEMA).read_text(encoding="utf-8"), "Row"))
            for file in files:
                yield Segment(file, file.stat().st_size, inbox)


def rewrite_refused(file: Path, rows: Sequence[bytes]) -> None:
    """Replace the rows of a file of refused ones; without any the file goes."""
    if rows:
        write_synced(file.parent, file.name, rows)
    else:
        file.unlink()
        _sync_folder(file.parent)


def write_synced(folder: Path, name: str, pieces: Sequence[bytes]) -> Path:
    """Write a file that is on disk wholly, or not at all. Raises OSError."""
    path, temporary = folder / name, folder / f".{name}"
    try:
        with temporary.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(folder)
    except OSError:
        temporary.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise
    return path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
