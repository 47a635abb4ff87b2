"""Images, sounds and files of spans and datasets: bytes in the blob store, and which project may read them."""

import re
from collections.abc import Collection
from typing import Final, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import delete, insert, select, update

from windlass.errors import NotFound
from windlass.storage.blobs import Blobs
from windlass.storage.database import Database, now, take_turns
from windlass.telemetry.tables import media

SCHEME: Final = "windlass-media://"
UNKNOWN_TYPE: Final = "application/octet-stream"

_MIME_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,80}/[a-z0-9][a-z0-9.+-]{0,80}")
_REFERENCE: Final = re.compile(rf"{SCHEME}sha256:[0-9a-f]{{64}}\?type=([a-z0-9.+/-]+)&size=[0-9]+")
_MOST_KNOWN: Final = 10_000
_AT_ONCE: Final = 500
"""Digests in one statement: SQLite takes a bounded number."""


class MediaFile(NamedTuple):
    data: bytes
    mime_type: str


class MediaStore:
    """Media of all projects. The same bytes are kept once, and read by those projects only that sent them."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._known: set[tuple[str, str, bool]] = set()

    def keep(self, project: str, data: bytes, mime_type: str, *, uploaded: bool = False) -> str:
        """Keep a file, durably on return, and return the reference to it; an uploaded one stays without any trace.

        Raises Unavailable.
        """
        digest = self._blobs.put(data)
        kind = clean_type(mime_type)
        if (project, digest, uploaded) not in self._known:
            self._note(project, digest, kind, len(data), uploaded)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known.add((project, digest, uploaded))
        return reference_of(digest, kind, len(data))

    def get(self, project: str, digest: str) -> MediaFile:
        """Return a file that spans of a project refer to. Raises NotFound, for those of other projects too."""
        of_project = (media.c.project == project, media.c.digest == digest)
        with self._database.read() as tx:
            row = tx.execute(select(media.c.mime_type).where(*of_project)).one_or_none()
        if row is None:
            raise NotFound(f"No span of this project refers to the file {digest}, and nobody put it there.")
        return MediaFile(self._blobs.get(digest), row.mime_type)

    def known(self, project: str, digests: Collection[str]) -> set[str]:
        """Return those of some files that a project has."""
        everything, found = list(digests), set[str]()
        with self._database.read() as tx:
            for start in range(0, len(everything), _AT_ONCE):
                some = everything[start : start + _AT_ONCE]
                query = select(media.c.digest).where(media.c.project == project, media.c.digest.in_(some))
                found.update(tx.execute(query).scalars())
        return found

    def forget(self, project: str, digest: str) -> bool:
        """Take a file from a project unless it was uploaded; tell whether. Without a project it is deleted."""
        of_project = (media.c.project == project, media.c.digest == digest)
        with self._database.write() as tx:
            take_turns(tx, project, digest)
            tx.execute(delete(media).where(*of_project, media.c.uploaded.is_(False)))
            of_projects = set(tx.execute(select(media.c.project).where(media.c.digest == digest)).scalars())
        if project in of_projects:
            return False
        self._known -= {(project, digest, False), (project, digest, True)}
        if not of_projects:
            self._blobs.delete(digest)
        return True

    def release(self, project: str, digest: str) -> None:
        """Have a file go with the last trace that refers to it, though it was uploaded. Raises NotFound."""
        of_project = (media.c.project == project, media.c.digest == digest)
        with self._database.write() as tx:
            take_turns(tx, project, digest)
            found = tx.execute(update(media).where(*of_project).values(uploaded=False)).rowcount
        self._known.discard((project, digest, True))
        if not found:
            raise NotFound(f"This project has no file {digest}.")

    def _note(self, project: str, digest: str, mime_type: str, size: int, uploaded: bool) -> None:
        of_project = (media.c.project == project, media.c.digest == digest)
        with self._database.write() as tx:
            take_turns(tx, project, digest)
            if tx.execute(select(media.c.digest).where(*of_project)).one_or_none() is None:
                tx.execute(
                    insert(media).values(
                        project=project,
                        digest=digest,
                        mime_type=mime_type,
                        size=size,
                        created=now(),
                        uploaded=uploaded,
                    )
                )
            elif uploaded:
                tx.execute(update(media).where(*of_project).values(uploaded=True))


def reference_of(digest: str, mime_type: str, size: int) -> str:
    """Return what items, outputs and messages name a file by."""
    return f"{SCHEME}{digest}?{urlencode({'type': mime_type, 'size': size}, safe='/')}"


def without_references(text: str) -> str:
    """Return a text with the type of each file in place of the reference to it."""
    return _REFERENCE.sub(r"[\1]", text) if SCHEME in text else text


def clean_type(mime_type: str) -> str:
    """Return a MIME type without parameters, or that of unknown bytes for what is none."""
    kind = mime_type.partition(";")[0].strip().lower()
    return kind if _MIME_TYPE.fullmatch(kind) else UNKNOWN_TYPE
