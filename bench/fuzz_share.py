"""The share of one process in fuzz.py: bodies through the receiver, into a warehouse, and to a server."""

import base64
import gc
import http.client
import json
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.sharedctypes import SynchronizedArray
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil

from tests.telemetry.broken_bodies import BrokenBodies, Sent
from tests.telemetry.fuzzing import Fault, Fuzzing
from windlass.server.memory import set_aside_what_stays

PLAIN, MASKED = "plain", "masked"
BATCH = 100
"""Bodies that go into the warehouse, or to the server, together."""
CONNECTIONS = 16
WARM_UP = 0.2
"""The part of the bodies after which memory may grow no more."""
ANSWERS = frozenset({200, 400, 413, 415, 422, 503})
LOOK_EVERY = 100


class Share(NamedTuple):
    """The bodies of one process."""

    place: int
    numbers: range
    seed: int
    store_every: int
    serve_every: int
    address: str
    server: int
    """The id of the server's process."""


class Progress(NamedTuple):
    """What the processes tell each other."""

    ended: Event
    """Whether all are to end early."""
    done: "SynchronizedArray[int]"


class Memory(NamedTuple):
    """The memory of a process; 0 after the warm-up where it ended before that."""

    warm_mb: int
    end_mb: int

    @property
    def growth_mb(self) -> int:
        return self.end_mb - self.warm_mb if self.warm_mb else 0


class Outcome(NamedTuple):
    bodies: int
    counts: Counter[str]
    faults: list[str]
    cpu_s: float
    slowest_s: float
    slowest: int
    memory: Memory
    server_memory: Memory


_progress: list[Progress] = []


def watch(*progress: object) -> None:
    """Prepare a process: who started it tells when to end early."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _progress.append(Progress(*progress))  # type: ignore[arg-type]


def run(share: Share) -> Outcome:
    """Send a process's share of the bodies."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(CONNECTIONS) as connections:
        fuzzing = Fuzzing(Path(folder))
        try:
            return _Sending(share, fuzzing, connections).all()
        finally:
            fuzzing.close()


class _Sending:
    def __init__(self, share: Share, fuzzing: Fuzzing, connections: ThreadPoolExecutor) -> None:
        self._share = share
        self._fuzzing = fuzzing
        self._server = _ServerOfOne(share.address, connections)
        self._faults: list[str] = []
        self._to_store: list[tuple[int, Sent]] = []
        self._to_serve: list[tuple[int, Sent]] = []
        self._slowest_s, self._slowest = 0.0, 0
        fuzzing.mask(MASKED)

    def all(self) -> Outcome:
        bodies, share, progress = BrokenBodies(), self._share, _progress[0]
        set_aside_what_stays()
        own, server = psutil.Process(), psutil.Process(share.server)
        warm = server_warm = sent = 0
        for place, number in enumerate(share.numbers):
            if place == int(len(share.numbers) * WARM_UP):
                warm, server_warm = _rss_mb(own), _rss_mb(server)
            if place % LOOK_EVERY == 0:
                progress.done[share.place] = place
                if progress.ended.is_set():
                    break
            self._send(place, number, bodies.draw(Random(share.seed << 40 | number)))
            sent += 1
        self._store_all()
        self._serve_all()
        return Outcome(
            sent,
            self._fuzzing.counts,
            self._faults,
            time.process_time(),
            self._slowest_s,
            self._slowest,
            Memory(warm, _rss_mb(own)),
            Memory(server_warm, _rss_mb(server)),
        )

    def _send(self, place: int, number: int, sent: Sent) -> None:
        if place % self._share.store_every == 0:
            self._to_store.append((number, sent))
            if len(self._to_store) == BATCH:
                self._store_all()
        elif place % self._share.serve_every == 1:
            self._to_serve.append((number, sent))
            if len(self._to_serve) == BATCH:
                self._serve_all()
        else:
            self._take(number, sent)

    def _take(self, number: int, sent: Sent) -> None:
        began = time.perf_counter()
        fault = self._fuzzing.take(MASKED if _is_masked(number) else PLAIN, sent)
        if (took_s := time.perf_counter() - began) > self._slowest_s:
            self._slowest_s, self._slowest = took_s, number
        if fault:
            self._faults.append(_told(fault, [number]))

    def _store_all(self) -> None:
        for masked in (False, True):
            batch = {number: sent for number, sent in self._to_store if _is_masked(number) == masked}
            if batch:
                self._faults += self._store(batch, masked=masked)
        self._to_store.clear()

    def _store(self, batch: dict[int, Sent], *, masked: bool) -> Iterator[str]:
        # A project of their own, so that what is missing there is not found among earlier ones.
        project = f"{MASKED if masked else PLAIN}-{min(batch)}"
        if masked:
            self._fuzzing.mask(project)
        self._fuzzing.counts["stored"] += len(batch)
        for fault in self._fuzzing.store(project, list(batch.values())):
            yield _told(fault, [number for number, sent in batch.items() if fault.sent in {None, sent}])

    def _serve_all(self) -> None:
        numbers = [number for number, _ in self._to_serve]
        bodies = [sent for _, sent in self._to_serve]
        for number, sent, answer in zip(numbers, bodies, self._server.answers(bodies), strict=True):
            if isinstance(answer, int) and answer in ANSWERS:
                self._fuzzing.counts[f"served {answer}"] += 1
            else:
                error = answer if isinstance(answer, Exception) else AssertionError(f"answered {answer}")
                self._faults.append(_told(Fault(sent, error), [number]))
        self._to_serve.clear()


class _ServerOfOne:
    """Connections to the server, kept for the bodies that are sent together."""

    def __init__(self, address: str, threads: ThreadPoolExecutor) -> None:
        self._address = address
        self._threads = threads
        self._free: list[http.client.HTTPConnection] = []

    def answers(self, bodies: list[Sent]) -> list[int | Exception]:
        """Return the status that each body is answered with, or what happened instead."""
        answers = list(self._threads.map(self._answer, bodies))
        # The server closes those that nobody uses for some seconds.
        while self._free:
            self._free.pop().close()
        return answers

    def _answer(self, sent: Sent) -> int | Exception:
        headers = {"content-type": sent.content_type, "content-encoding": sent.content_encoding}
        connection = self._free.pop() if self._free else http.client.HTTPConnection(self._address, timeout=120)
        try:
            connection.request("POST", f"/v1/{sent.signal}", sent.body, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return error
        if response.will_close:
            connection.close()
        self._free.append(connection)
        return response.status


def _is_masked(number: int) -> bool:
    """Tell whether a body goes to a project that masks, where requests are written again before they go on."""
    return Random(number).random() < 0.5


def _told(fault: Fault, numbers: list[int]) -> str:
    traces = traceback.extract_tb(fault.error.__traceback__)
    body = base64.b64encode(fault.sent.body).decode() if fault.sent else ""
    return json.dumps(
        {
            "error": f"{type(fault.error).__name__}: {fault.error}"[:500],
            "at": f"{Path(traces[-1].filename).name}:{traces[-1].lineno}" if traces else "",
            "bodies": numbers,
            "sent": fault.sent and [fault.sent.signal, fault.sent.content_type, fault.sent.content_encoding, body],
        }
    )


def _rss_mb(process: psutil.Process) -> int:
    gc.collect()
    return round(process.memory_info().rss / 1e6)
