"""Which trace refers to which file: noted before its spans are written, so that erasing one erases the other."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from google.protobuf.message import Message

from windlass.storage.warehouse import Step, Warehouse
from windlass.telemetry.masking.detectors import compile_bytes
from windlass.telemetry.media import SCHEME
from windlass.telemetry.schema import DURABLE

TABLE: Final = "media_uses"

_USES: Final = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  project LowCardinality(String), trace_id String, digest String, received DateTime64(6, 'UTC'),
  INDEX by_digest digest TYPE bloom_filter GRANULARITY 1
) ENGINE = ReplacingMergeTree(received) ORDER BY (project, trace_id, digest)
SETTINGS index_granularity = 1024, {DURABLE}
"""

STEPS: Final = (Step(1, "files that traces refer to", (_USES,)),)

TRACES_OF_PROJECT: Final = "project = {project:String} AND trace_id IN {traces:Array(String)}"

_SCHEME: Final = compile_bytes(SCHEME)
"""RE2 looks for it five times as fast as Python does."""
_REFERENCE: Final = re.compile(SCHEME.encode() + rb"(sha256:[0-9a-f]{64})")


def note_uses(warehouse: Warehouse, project: str, message: Message, body: bytes) -> None:
    """Commit which traces of an OTLP message refer to which files. Raises Unavailable."""
    if _SCHEME.search(body) is None:
        return
    received = datetime.now(UTC)
    uses = sorted(set(_uses(message)))
    warehouse.insert(
        TABLE,
        [
            {"project": project, "trace_id": trace_id, "digest": digest, "received": received}
            for trace_id, digest in uses
        ],
    )


def _uses(message: Message) -> Iterator[tuple[str, str]]:
    """Yield trace ids and digests, from whatever in the message is of a trace: spans and log records."""
    trace_id = getattr(message, "trace_id", None)
    if isinstance(trace_id, bytes):
        for found in _REFERENCE.finditer(message.SerializeToString()):
            yield trace_id.hex(), found[1].decode()
        return
    for field, value in message.ListFields():
        if field.message_type is not None and not isinstance(value, Message):
            for item in value:
                if isinstance(item, Message):
                    yield from _uses(item)
