import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from windlass.canonical import digest_bytes
from windlass.errors import ConfigurationError, InputError, NotFound, Unavailable
from windlass.storage.blobs import Blobs, FolderBlobs, open_blobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture(params=["folder", "object store"])
def each_blobs(request: pytest.FixtureRequest, folder: Path) -> Blobs:
    if request.param == "folder":
        return open_blobs(folder.as_uri())
    pytest.importorskip("obstore", reason="obstore is not installed: pip install 'windlass[objectstore]'")
    return open_blobs("memory:///")


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=2000), max_size=6))
def test_bytes_come_back_by_their_digest_and_are_kept_once(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        blobs = FolderBlobs(Path(name))
        for content in contents:
            assert blobs.put(content) == "sha256:" + hashlib.sha256(content).hexdigest()
        assert [blobs.get(digest_bytes(content)) for content in contents] == contents
        assert len(files_in(Path(name))) == len(set(contents))


def test_a_blob_exists_after_it_was_put_and_not_before(each_blobs: Blobs) -> None:
    digest = digest_bytes(b"content")
    assert not each_blobs.exists(digest)
    with pytest.raises(NotFound, match=f"There is no blob {digest}; it may have been erased"):
        each_blobs.get(digest)
    assert each_blobs.put(b"content") == digest
    assert each_blobs.put(b"content") == digest
    assert each_blobs.exists(digest)
    assert each_blobs.get(digest) == b"content"


def test_bytes_in_pieces_are_the_same_blob_as_at_once(each_blobs: Blobs) -> None:
    digest = each_blobs.put_pieces(iter([b"con", b"", b"tent"]))
    assert digest == digest_bytes(b"content")
    assert each_blobs.get(digest) == b"content"
    assert each_blobs.put_pieces([b"content"]) == digest


def test_pieces_that_break_off_leave_nothing(blobs: Blobs, folder: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"con"
        raise InputError("line 2 is not JSON")

    with pytest.raises(InputError, match="line 2"):
        blobs.put_pieces(breaking())
    assert files_in(folder) == []


def test_a_deleted_blob_is_gone_and_deleting_it_again_is_nothing(each_blobs: Blobs) -> None:
    digest, other = each_blobs.put(b"picture"), each_blobs.put(b"other")
    for _ in range(2):
        each_blobs.delete(digest)
    assert (each_blobs.exists(digest), each_blobs.exists(other)) == (False, True)
    with pytest.raises(NotFound, match="may have been erased"):
        each_blobs.get(digest)


@pytest.mark.parametrize("damage", [b"", b"conten", b"Content", b"content\n"])
def test_a_damaged_blob_is_found(blobs: Blobs, folder: Path, damage: bytes) -> None:
    digest = blobs.put(b"content")
    [file] = files_in(folder)
    file.write_bytes(damage)
    with pytest.raises(Unavailable, match=f"The blob {digest} is damaged: .* Restore it from a backup"):
        blobs.get(digest)


@pytest.mark.parametrize(
    "digest",
    ["", "sha256:", "sha256:" + "g" * 64, "sha256:" + "A" * 64, "md5:" + "0" * 64, "sha256:../../etc/passwd"],
)
def test_what_is_no_digest_is_refused(each_blobs: Blobs, digest: str) -> None:
    with pytest.raises(InputError, match="is not a digest; one looks like sha256:"):
        each_blobs.get(digest)
    with pytest.raises(InputError, match="is not a digest"):
        each_blobs.exists(digest)


def test_a_write_that_fails_is_unavailable_and_leaves_nothing(
    blobs: Blobs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match=r"could not be written to .*: No space left on device"):
        blobs.put(b"content")
    monkeypatch.undo()
    assert files_in(folder) == []
    assert not blobs.exists(digest_bytes(b"content"))
    assert blobs.get(blobs.put(b"content")) == b"content"


def test_a_folder_that_cannot_be_made_is_unavailable(folder: Path) -> None:
    folder.write_text("a file stands here", encoding="utf-8")
    with pytest.raises(Unavailable, match="could not be written"):
        open_blobs(folder.as_uri()).put(b"content")
    with pytest.raises(Unavailable, match="cannot be read"):
        open_blobs(folder.as_uri()).get(digest_bytes(b"content"))


def test_threads_that_put_the_same_bytes_and_read_them_see_them_whole(blobs: Blobs, folder: Path) -> None:
    content = os.urandom(2_000_000)
    digest = digest_bytes(content)
    wrong: list[object] = []
    put = threading.Event()

    def read() -> None:
        while not put.is_set():
            try:
                if blobs.get(digest) != content:
                    wrong.append("other bytes")
            except NotFound:
                continue
            except Unavailable as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=blobs.put, args=[content]) for _ in range(4)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    put.set()
    for thread in readers:
        thread.join()
    assert wrong == []
    assert len(files_in(folder)) == 1


def test_a_folder_with_a_name_that_a_url_quotes_is_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a b%41#?"
    open_blobs(folder.as_uri()).put(b"content")
    assert len(files_in(folder)) == 1


@pytest.mark.parametrize("url", ["", "/just/a/path", "ftp://host/x", "file://relative/path"])
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not understood; use file:///folder"):
        open_blobs(url)


def test_a_blob_is_read_in_pieces_and_in_part(each_blobs: Blobs) -> None:
    content = bytes(range(256)) * 20_000
    digest = each_blobs.put(content)
    pieces = list(each_blobs.chunks(digest))
    assert b"".join(pieces) == content
    # What a store of this memory has is one piece already.
    assert len(pieces) == (5 if isinstance(each_blobs, FolderBlobs) else 1)
    assert each_blobs.read(digest, 300, 5) == content[300:305]
    assert each_blobs.read(digest, len(content) - 2, 10) == content[-2:]
    assert each_blobs.read(digest, len(content) + 5, 10) == b""
    missing = digest_bytes(b"never kept")
    for read in (lambda: list(each_blobs.chunks(missing)), lambda: each_blobs.read(missing, 0, 1)):
        with pytest.raises(NotFound, match="may have been erased"):
            read()


def test_damage_is_told_after_the_last_piece(folder: Path) -> None:
    blobs = FolderBlobs(folder)
    digest = blobs.put(b"content")
    (path,) = files_in(folder)
    path.write_bytes(b"changed")
    pieces = blobs.chunks(digest)
    assert next(pieces) == b"changed"
    with pytest.raises(Unavailable, match="is damaged"):
        next(pieces)
