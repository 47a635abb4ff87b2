"""Which values name pictures and clips."""

from pathlib import Path

import pytest

from windlass.errors import InputError
from windlass.evaluation.media.files import Media, find_media, mime_type_of, reference_to, texts_beside_media
from windlass.evaluation.recorded import read_output

REFERENCE = reference_to(b"GIF89a", "image/gif")
DATA_URL = "data:image/gif;base64,R0lGODlh"


@pytest.mark.parametrize(
    ("value", "uris"),
    [
        (REFERENCE, [REFERENCE]),
        (DATA_URL, [DATA_URL]),
        ("a picture of https://example.com/a.png", []),
        ({"question": "What is it?", "picture": REFERENCE}, [REFERENCE]),
        ([{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": DATA_URL}}], [DATA_URL]),
        ({"type": "uri", "modality": "image", "mime_type": "image/gif", "uri": REFERENCE}, [REFERENCE]),
        ({"type": "blob", "mime_type": "image/gif", "content": "R0lGODlh"}, [DATA_URL]),
        (
            {"type": "image", "source": {"type": "base64", "media_type": "image/gif", "data": "R0lGODlh"}},
            [DATA_URL],
        ),
        ({"inline_data": {"mime_type": "image/gif", "data": "R0lGODlh"}}, [DATA_URL]),
        ({"type": "video", "video": {"url": "https://example.com/a.mp4"}}, ["https://example.com/a.mp4"]),
        ({"mime_type": "text/plain", "uri": "notes.txt"}, []),
        (7, []),
    ],
)
def test_files_are_found_in_whatever_shape_they_are_named(value: object, uris: list[str]) -> None:
    assert [media.uri for media in find_media(value)] == uris


def test_what_is_said_beside_a_file_is_what_is_left() -> None:
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": DATA_URL}}]
    assert texts_beside_media(parts) == ["What is it?"]
    assert texts_beside_media({"prompt": "a ball", "style": REFERENCE}) == {"prompt": "a ball"}
    assert texts_beside_media("a ball") == "a ball"
    assert texts_beside_media(3) == 3


def test_a_file_knows_its_type_its_digest_and_its_bytes(tmp_path: Path) -> None:
    kept, inline = Media(REFERENCE), Media(DATA_URL)
    assert (kept.type, kept.data) == ("image/gif", None)
    assert kept.digest.startswith("sha256:")
    assert (inline.type, inline.digest, inline.data) == ("image/gif", "", b"GIF89a")
    (tmp_path / "a.gif").write_bytes(b"GIF89a")
    assert Media.from_file(tmp_path / "a.gif") == Media(DATA_URL, "image/gif")
    with pytest.raises(InputError, match=r"'.*/b\.gif' cannot be read: No such file"):
        Media.from_file(tmp_path / "b.gif")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3", "video/webm"),
        (b"%PDF-1.7", ""),
    ],
)
def test_a_type_is_told_by_how_a_file_begins(data: bytes, kind: str) -> None:
    assert mime_type_of(data) == kind


def test_a_recorded_output_names_its_files_or_has_them_in_a_message() -> None:
    assert read_output({"media": [REFERENCE]}).media == (Media(REFERENCE),)
    said = [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": REFERENCE}}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Here."}, {"type": "image", "url": DATA_URL}]},
    ]
    drawn = read_output(said)
    assert (drawn.output, [media.uri for media in drawn.media]) == ("Here.", [DATA_URL])
    with pytest.raises(InputError, match="`media` is a list of files"):
        read_output({"media": ["a.png"]})
