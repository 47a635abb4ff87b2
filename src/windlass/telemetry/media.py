"""Images, sounds and files that spans refer to: bytes in the blob store, and which project may read them."""

import re
from typing import Final, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import delete, insert, select

from windlass.errors import NotFound
from windlass.storage.blobs import Blobs
from windlass.storage.database import Database, now, take_turns
from windlass.telemetry.tables import media

SCHEME: Final = "windlass-media://"
UNKNOWN_TYPE: Final = "application/octet-stream"

_MIME_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,80}/[a-z0-9][a-z0-9.+-]{0,80}")
_REFERENCE: Final = re.compile(rf"{SCHEME}sha256:[0-9a-f]{{64}}\?type=([a-z0-9.+/-]+)&size=[0-9]+")
_MOST_KNOWN: Final = 10_000


class MediaFile(NamedTuple):
    data: bytes
    mime_type: str


class MediaStore:
    """Media of all projects. The same bytes are kept once, and read by those projects only that sent them."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._known: set[tuple[str, str]] = set()

    def keep(self, project: str, data: bytes, mime_type: str) -> str:
        """Keep a file, durably on return, and return the reference to it. Raises Unavailable."""
        digest = self._blobs.put(data)
        kind = clean_type(mime_type)
        if (project, digest) not in self._known:
            self._note(project, digest, kind, len(data))
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known.add((project, digest))
        return f"{SCHEME}{digest}?{urlencode({'type': kind, 'size': len(data)}, safe='/')}"

    def get(self, project: str, digest: str) -> MediaFile:
        """Return a file that spans of a project refer to. Raises NotFound, for those of other projects too."""
        of_project = (media.c.project == project, media.c.digest == digest)
        with self._database.read() as tx:
            row = tx.execute(select(media.c.mime_type).where(*of_project)).one_or_none()
        if row is None:
            raise NotFound(f"No span of this project refers to the file {digest}.")
        return MediaFile(self._blobs.get(digest), row.mime_type)

    def forget(self, project: str, digest: str) -> None:
        """Take a file from a project, and delete it when no other has it."""
        with self._database.write() as tx:
            take_turns(tx, project, digest)
            tx.execute(delete(media).where(media.c.project == project, media.c.digest == digest))
            elsewhere = tx.execute(select(media.c.project).where(media.c.digest == digest)).first()
        self._known.discard((project, digest))
        if elsewhere is None:
            self._blobs.delete(digest)

    def _note(self, project: str, digest: str, mime_type: str, size: int) -> None:
        with self._database.write() as tx:
            take_turns(tx, project, digest)
            found = select(media.c.digest).where(media.c.project == project, media.c.digest == digest)
            if tx.execute(found).one_or_none() is None:
                tx.execute(
                    insert(media).values(
                        project=project, digest=digest, mime_type=mime_type, size=size, created=now()
                    )
                )


def without_references(text: str) -> str:
    """Return a text with the type of each file in place of the reference to it."""
    return _REFERENCE.sub(r"[\1]", text) if SCHEME in text else text


def clean_type(mime_type: str) -> str:
    """Return a MIME type without parameters, or that of unknown bytes for what is none."""
    kind = mime_type.partition(";")[0].strip().lower()
    return kind if _MIME_TYPE.fullmatch(kind) else UNKNOWN_TYPE
