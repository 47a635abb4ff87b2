"""Blobs: bytes kept under their own digest, in a folder or (by URL) in an object store."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final, Protocol
from urllib.parse import unquote, urlsplit

from windlass.canonical import digest_bytes
from windlass.errors import ConfigurationError, InputError, NotFound, Unavailable

_CHUNK_BYTES: Final = 2**20


class Blobs(Protocol):
    """Bytes by digest. Putting the same bytes twice is free and keeps one copy."""

    def put(self, data: bytes) -> str:
        """Keep bytes, durably on return; return their digest. Raises Unavailable when they cannot be written."""
        ...

    def put_pieces(self, pieces: Iterable[bytes]) -> str:
        """Keep bytes that come in pieces, as ``put`` does; no more of them is in memory than a piece."""
        ...

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest. Raises NotFound, or Unavailable when they are damaged."""
        ...

    def chunks(self, digest: str) -> Iterator[bytes]:
        """Give the bytes of a digest piece by piece. Raises as ``get`` does, for damage after the last piece."""
        ...

    def read(self, digest: str, start: int, length: int) -> bytes:
        """Return some of the bytes, which are not checked: fewer at the end. Raises NotFound, Unavailable."""
        ...

    def exists(self, digest: str) -> bool: ...

    def delete(self, digest: str) -> None:
        """Delete the bytes of a digest, if they are there. Raises Unavailable when they cannot be deleted."""
        ...


def open_blobs(url: str) -> Blobs:
    """Open ``file:///absolute/folder``, or ``s3://``, ``gs://``, ``az://`` with ``windlass[objectstore]``."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc:
        return FolderBlobs(Path(unquote(parts.path)))
    if parts.scheme in {"s3", "gs", "az", "memory"}:
        return ObjectStoreBlobs(url)
    raise ConfigurationError(f"The blob URL {url!r} is not understood; use file:///folder, s3://, gs:// or az://.")


class FolderBlobs:
    """Files named by digest, two levels deep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        digest = digest_bytes(data)
        path = self._path(digest)
        if path.exists():
            return digest
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, data)
        except OSError as error:
            raise Unavailable(f"A blob could not be written to {self._folder}: {error.strerror}.") from error
        return digest

    def put_pieces(self, pieces: Iterable[bytes]) -> str:
        try:
            # Beside the folders of the blobs, so that it is renamed into one of them.
            self._folder.mkdir(parents=True, exist_ok=True)
            with _new_file(self._folder) as (name, file):
                digest = _write_hashed(file, pieces)
                path = self._path(digest)
                path.parent.mkdir(parents=True, exist_ok=True)
                _put_in_place(name, file, path)
        except OSError as error:
            raise Unavailable(f"A blob could not be written to {self._folder}: {error.strerror}.") from error
        return digest

    def get(self, digest: str) -> bytes:
        with self._opened(digest) as file:
            return _checked(file.read(), digest)

    def chunks(self, digest: str) -> Iterator[bytes]:
        return _checked_at_end(self._pieces(digest), digest)

    def read(self, digest: str, start: int, length: int) -> bytes:
        with self._opened(digest) as file:
            file.seek(start)
            return file.read(length)

    def exists(self, digest: str) -> bool:
        return self._path(digest).exists()

    def delete(self, digest: str) -> None:
        path = self._path(digest)
        try:
            path.unlink(missing_ok=True)
            if path.parent.exists():
                _sync_folder(path.parent)
        except OSError as error:
            raise Unavailable(f"A blob could not be deleted in {self._folder}: {error.strerror}.") from error

    def _pieces(self, digest: str) -> Iterator[bytes]:
        with self._opened(digest) as file:
            while piece := file.read(_CHUNK_BYTES):
                yield piece

    @contextlib.contextmanager
    def _opened(self, digest: str) -> Iterator[IO[bytes]]:
        try:
            with self._path(digest).open("rb") as file:
                yield file
        except FileNotFoundError as error:
            raise NotFound(f"There is no blob {digest}; it may have been erased.") from error
        except OSError as error:
            raise Unavailable(f"The blob {digest} cannot be read in {self._folder}: {error.strerror}.") from error

    def _path(self, digest: str) -> Path:
        name = _hex_of(digest)
        return self._folder / name[:2] / name


class ObjectStoreBlobs:
    """Objects named by digest in S3, GCS or Azure."""

    def __init__(self, url: str) -> None:
        try:
            # Optional package: only those with an object store install it.
            from obstore.store import from_url
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"The blob URL {url!r} needs the package 'obstore': pip install 'windlass[objectstore]'."
            ) from error
        self._store = from_url(url)

    def put(self, data: bytes) -> str:
        digest = digest_bytes(data)
        self._store.put(_hex_of(digest), data)
        return digest

    def put_pieces(self, pieces: Iterable[bytes]) -> str:
        # The name is the digest, which is known at the end.
        with tempfile.TemporaryFile() as file:
            digest = _write_hashed(file, pieces)
            file.seek(0)
            self._store.put(_hex_of(digest), file)
        return digest

    def get(self, digest: str) -> bytes:
        try:
            data = bytes(self._store.get(_hex_of(digest)).bytes())
        except FileNotFoundError as error:
            raise NotFound(f"There is no blob {digest}; it may have been erased.") from error
        return _checked(data, digest)

    def chunks(self, digest: str) -> Iterator[bytes]:
        return _checked_at_end(self._pieces(digest), digest)

    def read(self, digest: str, start: int, length: int) -> bytes:
        try:
            name = _hex_of(digest)
            end = min(start + length, self._store.head(name)["size"])
            return bytes(self._store.get_range(name, start=start, end=end)) if start < end else b""
        except FileNotFoundError as error:
            raise NotFound(f"There is no blob {digest}; it may have been erased.") from error

    def exists(self, digest: str) -> bool:
        try:
            self._store.head(_hex_of(digest))
        except FileNotFoundError:
            return False
        return True

    def delete(self, digest: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._store.delete(_hex_of(digest))

    def _pieces(self, digest: str) -> Iterator[bytes]:
        try:
            yield from map(bytes, self._store.get(_hex_of(digest)).stream(min_chunk_size=_CHUNK_BYTES))
        except FileNotFoundError as error:
            raise NotFound(f"There is no blob {digest}; it may have been erased.") from error


def _write_durably(path: Path, data: bytes) -> None:
    """Write to a neighbour, sync, rename: a reader never sees half a blob and a crash leaves none."""
    with _new_file(path.parent) as (name, file):
        file.write(data)
        _put_in_place(name, file, path)


@contextlib.contextmanager
def _new_file(folder: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Give a new file, which is gone at the end unless it was put in its place."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            yield Path(name), file
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _write_hashed(file: IO[bytes], pieces: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
        file.write(piece)
    return f"sha256:{found.hexdigest()}"


def _put_in_place(name: Path, file: IO[bytes], path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    name.replace(path)
    # The names too: a power failure may otherwise lose the rename, or the folder it is in.
    for folder in (path.parent, path.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hex_of(digest: str) -> str:
    algorithm, _, name = digest.partition(":")
    if algorithm != "sha256" or len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise InputError(f"{digest!r} is not a digest; one looks like sha256: and 64 hexadecimal digits.")
    return name


def _checked(data: bytes, digest: str) -> bytes:
    return b"".join(_checked_at_end([data], digest))


def _checked_at_end(pieces: Iterable[bytes], digest: str) -> Iterator[bytes]:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
        yield piece
    if f"sha256:{found.hexdigest()}" != digest:
        raise Unavailable(
            f"The blob {digest} is damaged: its bytes have another digest. Restore it from a backup."
        )
