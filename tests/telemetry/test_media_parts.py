import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.telemetry.media_parts import may_hold_files, take_out_files
from windlass.telemetry.values import plain_attributes

from .sending import Plain, request, span
from .test_intake import png, wav

PNG, WAV = base64.b64encode(png()).decode(), base64.b64encode(wav()).decode()
TEXT = base64.b64encode(b"a text of some length, " * 8).decode()


def taken(plain: Plain) -> tuple[Plain, list[tuple[bytes, str]]]:
    """Return an attribute's value without its files, and the files."""
    message = request(span(attributes={"x": plain}))
    kept: list[tuple[bytes, str]] = []

    def keep(data: bytes, mime_type: str) -> str:
        kept.append((data, mime_type))
        return f"ref:{len(kept)}"

    may_hold = may_hold_files(message.SerializeToString())
    assert take_out_files(message, keep) is bool(kept)
    assert may_hold or not kept
    left: Any = plain_attributes(message.resource_spans[0].scope_spans[0].spans[0].attributes)
    return left["x"], kept


PARTS: list[tuple[Any, Any, str]] = [
    (
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "ref:1", "detail": "low"}},
        "image/png",
    ),
    (
        {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}"},
        {"type": "input_image", "image_url": "ref:1"},
        "image/png",
    ),
    (
        {"type": "input_audio", "input_audio": {"data": WAV, "format": "mp3"}},
        {"type": "input_audio", "input_audio": {"data": "ref:1", "format": "mp3"}},
        "audio/mpeg",
    ),
    (
        {
            "type": "file",
            "file": {"filename": "a.txt", "file_data": f"data:text/plain;charset=utf-8;base64,{TEXT}"},
        },
        {"type": "file", "file": {"filename": "a.txt", "file_data": "ref:1"}},
        "text/plain",
    ),
    (
        {"type": "image_generation_call", "result": PNG},
        {"type": "image_generation_call", "result": "ref:1"},
        "image/png",
    ),
    (
        {"type": "blob", "mime_type": "audio/x-own", "modality": "audio", "content": WAV},
        {"type": "blob", "mime_type": "audio/x-own", "modality": "audio", "content": "ref:1"},
        "audio/x-own",
    ),
    (
        {"type": "image", "source": {"type": "base64", "media_type": "image/webp", "data": PNG}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/webp", "data": "ref:1"}},
        "image/webp",
    ),
    (
        {"inline_data": {"mime_type": "image/png", "data": PNG.replace("+", "-").replace("/", "_").rstrip("=")}},
        {"inline_data": {"mime_type": "image/png", "data": "ref:1"}},
        "image/png",
    ),
    (
        {"inlineData": {"mimeType": "image/png", "data": PNG}},
        {"inlineData": {"mimeType": "image/png", "data": "ref:1"}},
        "image/png",
    ),
    (
        {"image": {"format": "png", "source": {"bytes": PNG}}},
        {"image": {"format": "png", "source": {"bytes": "ref:1"}}},
        "image/png",
    ),
    (
        {"kind": "binary", "media_type": "application/pdf", "data": TEXT},
        {"kind": "binary", "media_type": "application/pdf", "data": "ref:1"},
        "application/pdf",
    ),
    ({"type": "blob", "content": TEXT}, {"type": "blob", "content": "ref:1"}, "application/octet-stream"),
]


@pytest.mark.parametrize(("part", "left", "mime_type"), PARTS, ids=[str(number) for number in range(len(PARTS))])
@pytest.mark.parametrize("as_json", [True, False])
def test_a_file_of_every_known_shape_is_taken_out(part: Any, left: Any, mime_type: str, as_json: bool) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "see"}, part]}]
    expected = [{"role": "user", "content": [{"type": "text", "text": "see"}, left]}]
    found, ((_, kind),) = taken(json.dumps(messages) if as_json else messages)
    assert (json.loads(found) if isinstance(found, str) else found) == expected
    assert kind == mime_type


def test_a_data_url_within_a_text_is_taken_out() -> None:
    found, files = taken(f"![plot](data:image/png;base64,{PNG}) and json {{")
    assert (found, files) == ("![plot](ref:1) and json {", [(png(), "image/png")])


def test_json_in_json_is_looked_into() -> None:
    inner = json.dumps({"image": f"data:image/png;base64,{PNG}"})
    found, files = taken(json.dumps([{"arguments": inner}]))
    assert isinstance(found, str)
    assert json.loads(json.loads(found)[0]["arguments"]) == {"image": "ref:1"}
    assert files == [(png(), "image/png")]


def test_bytes_are_taken_out_as_they_are() -> None:
    found, files = taken({"type": "blob", "mime_type": "image/png", "content": png()})
    assert found == {"type": "blob", "mime_type": "image/png", "content": "ref:1"}
    assert files == [(png(), "image/png")]


@pytest.mark.parametrize(
    "plain",
    [
        "words about base64, and blob",
        f"data:image/png;base64,{PNG[:60]}",
        json.dumps({"type": "text", "mime_type": "text/plain", "content": "A" * 400}),
        json.dumps({"type": "blob", "mime_type": "image/png", "content": "not base64! " * 20}),
        json.dumps({"type": "blob", "mime_type": "image/png", "content": PNG[:64]}),
        json.dumps({"bytes": TEXT, "of": "nothing known"}),
        json.dumps({"type": "blob", "uri": "windlass-media://sha256:" + "0" * 64 + "?type=image/png&size=9" * 4}),
        "{ not json, " + "blob " * 60,
    ],
)
def test_what_is_no_file_stays(plain: str) -> None:
    assert taken(plain) == (plain, [])


@given(st.text(min_size=128), st.sampled_from(["blob", "text", "file", "image"]))
def test_no_text_breaks_the_search(text: str, kind: str) -> None:
    plain = json.dumps({"type": kind, "content": text, "data": f"data:{text};base64,{text}"})
    found, files = taken(plain)
    assert files or found == plain


def test_a_request_keeps_what_is_more_than_a_request_should_have() -> None:
    plain = json.dumps([{"type": "blob", "content": TEXT}] * 300)
    found, files = taken(plain)
    assert isinstance(found, str)
    assert (len(files), found.count(TEXT)) == (256, 44)
