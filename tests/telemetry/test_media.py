import pytest

from windlass.errors import NotFound
from windlass.storage.blobs import Blobs
from windlass.storage.database import Database
from windlass.telemetry.media import MediaStore, clean_type, without_references


@pytest.fixture
def store(database: Database, blobs: Blobs) -> MediaStore:
    return MediaStore(database, blobs)


def digest_in(reference: str) -> str:
    return reference.removeprefix("windlass-media://").partition("?")[0]


def test_a_file_is_kept_once_and_read_by_those_who_sent_it(
    store: MediaStore, database: Database, blobs: Blobs
) -> None:
    reference = store.keep("shop", b"GIF89a", "image/gif")
    again = MediaStore(database, blobs)
    assert again.keep("shop", b"GIF89a", "image/gif") == reference
    assert again.get("shop", digest_in(reference)) == (b"GIF89a", "image/gif")
    with pytest.raises(NotFound, match="No span of this project refers to the file sha256:"):
        again.get("other", digest_in(reference))
    assert again.keep("other", b"GIF89a", "image/gif") == reference
    assert again.get("other", digest_in(reference)) == (b"GIF89a", "image/gif")


def test_the_type_that_came_first_stays(store: MediaStore, database: Database, blobs: Blobs) -> None:
    reference = store.keep("shop", b"GIF89a", "image/gif")
    MediaStore(database, blobs).keep("shop", b"GIF89a", "text/html")
    assert store.get("shop", digest_in(reference)).mime_type == "image/gif"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Image/PNG; q=1", "image/png"),
        ("image/svg+xml", "image/svg+xml"),
        ("", "application/octet-stream"),
        ("text/html\r\nx: y", "application/octet-stream"),
        ("a/b/c", "application/octet-stream"),
    ],
)
def test_a_type_is_one_or_that_of_unknown_bytes(given: str, kept: str) -> None:
    assert clean_type(given) == kept


def test_where_there_is_no_room_for_a_file_its_type_is_named(store: MediaStore) -> None:
    reference = store.keep("shop", b"GIF89a", "image/gif")
    assert without_references(f"see {reference}, and {reference}") == "see [image/gif], and [image/gif]"
    assert without_references("windlass-media://nothing") == "windlass-media://nothing"


def test_an_uploaded_file_stays_until_it_is_released(store: MediaStore, database: Database, blobs: Blobs) -> None:
    digest = digest_in(store.keep("shop", b"GIF89a", "image/gif"))
    assert store.keep("shop", b"GIF89a", "image/gif", uploaded=True)
    assert not store.forget("shop", digest)
    assert store.get("shop", digest).data == b"GIF89a"
    store.release("shop", digest)
    assert store.forget("shop", digest)
    assert not blobs.exists(digest)
    with pytest.raises(NotFound, match="This project has no file"):
        store.release("shop", digest)
    # Kept again, it is noted again.
    store.keep("shop", b"GIF89a", "image/gif", uploaded=True)
    assert not MediaStore(database, blobs).forget("shop", digest)


def test_what_one_project_uploaded_another_may_forget(store: MediaStore, blobs: Blobs) -> None:
    digest = digest_in(store.keep("shop", b"GIF89a", "image/gif", uploaded=True))
    store.keep("other", b"GIF89a", "image/gif")
    assert store.forget("other", digest)
    assert blobs.exists(digest)
