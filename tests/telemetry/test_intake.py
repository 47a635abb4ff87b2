"""Nothing of what is masked reaches the disk, whoever sends it and however it is nested."""

import base64
import io
import json
import struct
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Unavailable
from windlass.storage.blobs import FolderBlobs, open_blobs
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.intake import Intake
from windlass.telemetry.masking.rules import DeniedAttribute, MaskingRules
from windlass.telemetry.masking.store import MaskingRulesStore
from windlass.telemetry.media import MediaStore
from windlass.telemetry.otlp.traces import parse_export
from windlass.telemetry.queries import get_trace
from windlass.telemetry.spool import Spool
from windlass.telemetry.tracing import Recorder
from windlass.telemetry.writer import Writer

from .otlp.test_traces import otlp_json
from .sending import Plain, attributes, request, span, trace_id

ADA = Principal(id="ada", kind="user", role="admin", project="shop")
SECRET = "ada@example.com"
RULES = MaskingRules(detectors=("email",), attributes=(DeniedAttribute(name="*.password"),), drop=("output",))


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def masking(records: Database, audit: AuditChain) -> MaskingRulesStore:
    return MaskingRulesStore(records, audit)


@pytest.fixture
def media(records: Database, tmp_path: Path) -> MediaStore:
    return MediaStore(records, open_blobs((tmp_path / "blobs").as_uri()))


@pytest.fixture
def spool_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave in the spool what was loaded from it, to look at."""
    monkeypatch.setattr(Spool, "remove", lambda *_: None)


@pytest.fixture
def writer(
    warehouse: Warehouse, tmp_path: Path, masking: MaskingRulesStore, media: MediaStore, spool_is_kept: None
) -> Iterator[Writer]:
    opened = Writer(warehouse, tmp_path / "spool", intake=Intake(masking, media))
    yield opened
    opened.close()


def on_disk(tmp_path: Path, warehouse: Warehouse) -> bytes:
    """Return the bytes of every file of the data folder, and every column of every table, base64 undone."""
    tables = [str(row["name"]) for row in warehouse.query("SHOW TABLES")]
    columns = [
        row for table in tables if "inbox" not in table for row in warehouse.query(f"SELECT * FROM {table}")
    ]
    text = repr(columns).encode()
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    spool = b"".join(path.read_bytes() for path in (tmp_path / "spool").rglob("*.rows"))
    assert spool
    return files + text + b"".join(map(_undone, columns))


def _undone(row: dict[str, object]) -> bytes:
    maps = [
        item for name in ("attributes", "resource", "scope_attributes") if isinstance(item := row.get(name), dict)
    ]
    texts = [text for item in maps for text in item.values() if text[:1] in "akx"]
    return b"".join(base64.b64decode(text[1:]) for text in texts)


def nested() -> dict[str, Plain]:
    return {
        "note": f"to {SECRET}",
        "list": [1, {"deep": [f"<{SECRET}>", {"password": "s3cret-word"}]}],
        "json": json.dumps([{"to": SECRET, "user": {"password": "s3cret-word"}}]).replace("@", r"\u0040"),
        "raw": SECRET.encode(),
        "gen_ai.output.messages": '[{"role":"assistant","content":"UNSPEAKABLE"}]',
    }


@pytest.mark.parametrize("media_type", ["application/x-protobuf", "application/json"])
def test_no_masked_secret_is_anywhere_in_the_data_folder(
    tmp_path: Path, warehouse: Warehouse, writer: Writer, masking: MaskingRulesStore, media_type: str
) -> None:
    masking.set(ADA, RULES)
    sent = span(name=f"mail {SECRET}", attributes=nested())
    sent.status.message = f"{SECRET} bounced"
    sent.events.add(name=SECRET, time_unix_nano=1).attributes.extend(attributes(nested()))
    sent.links.add(trace_id=b"t" * 16, span_id=b"s" * 8).attributes.extend(attributes(nested()))
    message = request(sent, resource={"owner": SECRET, **nested()})
    message.resource_spans[0].scope_spans[0].scope.attributes.extend(attributes(nested()))
    body = otlp_json(message) if "json" in media_type else message.SerializeToString()
    parsed = parse_export(body, content_type=media_type, content_encoding="", limit_bytes=10**6)

    writer.submit("shop", parsed.message, body=parsed.body, stage="queryable").result()

    found = on_disk(tmp_path, warehouse)
    for secret in (SECRET, "s3cret-word", "UNSPEAKABLE"):
        assert secret.encode() not in found
        assert base64.b64encode(secret.encode()).rstrip(b"=")[:-1] not in found
    stored = get_trace(warehouse, "shop", trace_id()).spans[0]
    assert (stored.name, stored.status_message, stored.output) == ("mail [email]", "[email] bounced", "")
    assert stored.attributes["list"] == [1, {"deep": ["<[email]>", {}]}]
    assert {masked.rule for masked in masking.get("shop").masked} == {
        "attribute:*.password",
        "detector:email",
        "drop:output",
    }


def test_without_rules_the_same_bytes_are_found(tmp_path: Path, warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans("shop", request(span(attributes=nested())))
    found = on_disk(tmp_path, warehouse)
    for secret in (SECRET, "s3cret-word", "UNSPEAKABLE"):
        assert secret.encode() in found


def test_rules_hold_for_their_project_only_and_from_when_they_are_set(
    warehouse: Warehouse, writer: Writer, masking: MaskingRulesStore
) -> None:
    writer.write_spans("shop", request(span(1, name=SECRET)))
    masking.set(ADA, RULES)
    writer.write_spans("shop", request(span(2, name=SECRET)))
    writer.write_spans("other", request(span(3, name=SECRET)))
    masking.set(ADA, MaskingRules())
    writer.write_spans("shop", request(span(4, name=SECRET)))

    names = {trace: get_trace(warehouse, "shop", trace_id(trace)).name for trace in (1, 2, 4)}
    assert names == {1: SECRET, 2: "[email]", 4: SECRET}
    assert get_trace(warehouse, "other", trace_id(3)).name == SECRET


def test_windlass_masks_its_own_spans_too(
    warehouse: Warehouse, writer: Writer, masking: MaskingRulesStore
) -> None:
    masking.set(ADA, RULES)
    recorder = Recorder(writer)
    with recorder.tracer("shop").start_as_current_span(f"run {SECRET}") as own:
        own.set_attribute("gen_ai.input.messages", f'[{{"role":"user","content":"I am {SECRET}"}}]')
    assert recorder.close()
    writer.flush()
    stored = get_trace(warehouse, "shop", f"{own.get_span_context().trace_id:032x}").spans[0]
    assert (stored.name, stored.input) == ("run [email]", '[{"role":"user","content":"I am [email]"}]')


def test_spans_are_not_taken_while_the_rules_cannot_be_read(
    warehouse: Warehouse,
    writer: Writer,
    masking: MaskingRulesStore,
    records: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> None:
        raise Unavailable("The database is away.")

    monkeypatch.setattr(records, "read", away)
    with pytest.raises(Unavailable):
        writer.submit("shop", request(span(name=SECRET)))
    assert warehouse.query("SELECT count() AS n FROM spans") == [{"n": 0}]


def png() -> bytes:
    """Return an image of 16 by 16 pixels of noise."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(x * y % 251 for x in range(48)) for y in range(16))
    header = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def wav() -> bytes:
    """Return a tenth of a second of a tone."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(b"".join(struct.pack("<h", 1_000 * (n % 20 - 10)) for n in range(800)))
    return file.getvalue()


def test_a_file_is_in_the_blob_store_and_a_reference_in_the_message(
    warehouse: Warehouse, writer: Writer, media: MediaStore
) -> None:
    picture, sound = base64.b64encode(png()).decode(), base64.b64encode(wav()).decode()
    content = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}},
        {"type": "input_audio", "input_audio": {"data": sound, "format": "wav"}},
    ]
    messages = json.dumps([{"role": "user", "content": content}])
    for trace in (1, 2):
        writer.write_spans("shop", request(span(trace, attributes={"gen_ai.input.messages": messages})))

    first, again = (get_trace(warehouse, "shop", trace_id(trace)).spans[0].input for trace in (1, 2))
    assert first == again
    kept = json.loads(first)[0]["content"]
    url, data = kept[0]["image_url"]["url"], kept[1]["input_audio"]["data"]
    assert url.startswith("windlass-media://sha256:")
    assert url.endswith(f"?type=image/png&size={len(png())}")
    assert data.endswith(f"?type=audio/wav&size={len(wav())}")
    assert kept[1]["input_audio"]["format"] == "wav"
    assert media.get("shop", url[len("windlass-media://") :].partition("?")[0]) == (png(), "image/png")
    assert media.get("shop", data[len("windlass-media://") :].partition("?")[0]) == (wav(), "audio/wav")


def test_a_span_is_not_stored_when_its_file_cannot_be(
    warehouse: Warehouse, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(FolderBlobs, "put", full)
    url = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    with pytest.raises(Unavailable, match="disk is full"):
        writer.submit("shop", request(span(attributes={"input.value": url})))
    assert warehouse.query("SELECT count() AS n FROM spans") == [{"n": 0}]


def test_files_of_text_are_masked_and_dropped_contents_leave_no_file(
    tmp_path: Path, warehouse: Warehouse, writer: Writer, masking: MaskingRulesStore
) -> None:
    masking.set(ADA, RULES)
    text = base64.b64encode(f"{SECRET} wrote this. ".encode() * 10).decode()
    picture = base64.b64encode(png()).decode()
    sent = span(
        attributes={
            "input.value": f"data:text/plain;base64,{text}",
            "output.value": f"data:image/png;base64,{picture}",
        }
    )
    writer.write_spans("shop", request(sent))

    blobs = [path.read_bytes() for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert blobs == [b"[email] wrote this. " * 10]
    assert SECRET.encode() not in on_disk(tmp_path, warehouse)
