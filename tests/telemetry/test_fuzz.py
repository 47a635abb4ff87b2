"""Bodies of every signal, broken in every way that comes to mind, into a real warehouse.

    WINDLASS_FUZZ_EXAMPLES=1000000 .venv/bin/pytest -m slow tests/telemetry/test_fuzz.py

Each example is a seed, which breaks bodies in the same way again. Whatever a body holds, it is taken, or refused
by one of the errors that a caller is told of; and no more memory is held afterwards than before.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import psutil
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import InputError
from windlass.storage.blobs import open_blobs
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.bodies import Body, read_body
from windlass.telemetry.ingest import parse_traces
from windlass.telemetry.intake import Intake
from windlass.telemetry.limits import Limits
from windlass.telemetry.logs import parse_logs, scores_of
from windlass.telemetry.masking.store import MaskingRulesStore
from windlass.telemetry.media import MediaStore
from windlass.telemetry.metrics import parse_metrics
from windlass.telemetry.queries import get_trace, list_events, list_traces, read_metric
from windlass.telemetry.writer import Writer

from .mutations import mutate_bytes, mutate_json, mutate_protobuf
from .otlp import START_NS, Plain, request, span
from .otlp_signals import CUMULATIVE, counted, gauge, histogram, logs, metrics, number, record, total
from .test_bodies import COMPRESS
from .test_intake import RULES

pytestmark = pytest.mark.slow

EXAMPLES: Final = int(os.environ.get("WINDLASS_FUZZ_EXAMPLES", "3000"))

PROJECT: Final = "fuzz"

BATCH: Final = 50
"""Bodies of one example: what a warehouse loads together, one broken body must not break for the others."""

SMALL: Final = Limits(items=40, attributes=30, value_bytes=2000, depth=6)
"""So that bodies of a few hundred bytes reach them."""
BODY_LIMIT: Final = 200_000

SAID: Final[dict[str, Plain]] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.usage.input_tokens": 5,
    "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "Hi."}]}]',
    "ratio": 0.5,
    "stream": False,
    "bytes": b"\x00\xff",
    "nothing": None,
    "list": [1, "two", [3.0, None]],
    "map": {"a": {"b": [True]}},
}


def seeds() -> dict[str, list[Message]]:
    """Return whole requests of each signal, which are then broken."""
    asked = span(1, 1, attributes=SAID)
    asked.events.add(name="token", time_unix_nano=START_NS).attributes.extend(span(attributes=SAID).attributes)
    asked.links.add(trace_id=b"t" * 16, span_id=b"s" * 8).attributes.extend(span(a=1).attributes)
    result: dict[str, Plain] = {"gen_ai.evaluation.name": "fit", "gen_ai.evaluation.score.value": 0.5}
    exponential = metrics().resource_metrics[0].scope_metrics[0].metrics.add(name="fine", unit="s")
    exponential.exponential_histogram.aggregation_temporality = CUMULATIVE
    point = exponential.exponential_histogram.data_points.add(time_unix_nano=START_NS, count=6, scale=1)
    point.positive.bucket_counts.extend([1, 2])
    point.negative.bucket_counts.extend([3])
    return {
        "traces": [
            request(asked, span(1, 2, parent=1, error=True)),
            request(*(span(2, place, name=f"step {place}") for place in range(1, 60))),
            request(span(3), resource=SAID),
        ],
        "logs": [
            logs(record(1, 1, body=SAID, said=SAID), record(0, 0, body="text")),
            logs(record(1, 1, event="gen_ai.evaluation.result", said=result), resource=SAID),
        ],
        "metrics": [
            metrics(gauge(number(0.5, model="m")), total(number(7), temporality=CUMULATIVE)),
            metrics(histogram(counted([1, 2, 3], total_of=4.5, model="x")), exponential, resource=SAID),
        ],
    }


class Sent(NamedTuple):
    signal: str
    body: bytes
    is_json: bool


class Fuzz:
    """A warehouse, its writer, and what may happen to a body that is sent there."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse.open(f"chdb://{folder / 'warehouse'}")
        self.database = Database(f"sqlite:///{folder / 'records.sqlite'}")
        self.database.migrate()
        masking = MaskingRulesStore(self.database, AuditChain(b"the signing key of the fuzzing!!"))
        masking.set(Principal(id="ada", kind="user", role="admin", project=PROJECT), RULES)
        media = MediaStore(self.database, open_blobs((folder / "blobs").as_uri()))
        self.writer = Writer(self.warehouse, folder / "spool", intake=Intake(masking, media))
        made = seeds()
        self.protobuf = {signal: [seed.SerializeToString() for seed in made[signal]] for signal in made}
        self.json = {signal: [MessageToDict(seed) for seed in made[signal]] for signal in made}
        self.taken = self.refused = 0

    def close(self) -> None:
        self.writer.close()
        self.warehouse.close()
        self.database.close()

    def draw(self, random: Random) -> Sent:
        signal = random.choice(("traces", "traces", "logs", "metrics"))
        if random.random() < 0.25:
            return Sent(signal, mutate_json(random.choice(self.json[signal]), random), is_json=True)
        return Sent(signal, mutate_protobuf(random.choice(self.protobuf[signal]), random), is_json=False)

    def send(self, sent: Sent, random: Random) -> Future[None] | None:
        """Send a body as a route does; InputError and its kinds are answers."""
        encoding = random.choice(("", "", "", *COMPRESS))
        body = COMPRESS[encoding](sent.body) if encoding else sent.body
        if encoding and random.random() < 0.1:
            body = mutate_bytes(body, random)
        try:
            plain = read_body(
                body,
                content_type="application/json" if sent.is_json else "application/x-protobuf",
                content_encoding=encoding,
                limit_bytes=BODY_LIMIT,
            )
            committed = self._take(sent.signal, plain)
        except InputError:
            self.refused += 1
            return None
        self.taken += 1
        return committed

    def _take(self, signal: str, body: Body) -> Future[None] | None:
        if signal == "traces":
            parsed = parse_traces(body, SMALL)
            return self.writer.submit(PROJECT, parsed.message, body=parsed.body, stage="queryable")
        if signal == "logs":
            events = parse_logs(body, SMALL, self._clean).events
            self.writer.write_events(PROJECT, events)
            self.writer.write_scores(PROJECT, scores_of(events, "fuzz"))
        else:
            self.writer.write_points(PROJECT, parse_metrics(body, SMALL, self._clean).points)
        return None

    def _clean(self, message: Message, body: bytes) -> None:
        self.writer.clean(PROJECT, message, body)

    def read(self) -> None:
        """Read back what was stored, in every way that it is asked for."""
        for trace in list_traces(self.warehouse, PROJECT, limit=5).items:
            get_trace(self.warehouse, PROJECT, trace.trace_id).model_dump_json()
        for event in list_events(self.warehouse, PROJECT, limit=20):
            event.model_dump_json()
        for name in ("load", "tokens", "duration", "fine"):
            groups = read_metric(
                self.warehouse, PROJECT, name, since=EARLIEST, until=LATEST, group_by=["model", "service.name"]
            )
            for group in groups:
                group.model_dump_json()


EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2262, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzz]:
    made = Fuzz(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def memory() -> list[int]:
    """How many bytes the process had after each example."""
    return []


@settings(
    max_examples=max(1, EXAMPLES // BATCH),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**63 - 1))
def test_a_broken_body_is_taken_or_refused_and_what_was_taken_can_be_read(
    fuzz: Fuzz, memory: list[int], seed: int
) -> None:
    random = Random(seed)
    waiting = []
    for _ in range(BATCH):
        sent = fuzz.draw(random)
        try:
            waiting.append((sent, fuzz.send(sent, random)))
        except Exception as error:
            raise AssertionError(f"{sent} made {error!r}") from error
    for sent, committed in waiting:
        try:
            if committed is not None:
                committed.result(60)
        except InputError:
            fuzz.refused += 1
        except Exception as error:
            raise AssertionError(f"{sent} made {error!r}") from error
    fuzz.read()
    memory.append(psutil.Process().memory_info().rss)


def test_it_took_and_refused_many_and_holds_no_more_memory(fuzz: Fuzz, memory: list[int]) -> None:
    assert fuzz.taken > EXAMPLES // 10
    assert fuzz.refused > EXAMPLES // 20
    settled = memory[len(memory) // 2]
    assert memory[-1] - settled < 256 * 2**20, f"{settled} bytes in the middle, {memory[-1]} at the end"
