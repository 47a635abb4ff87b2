"""One run on several workers of a PostgreSQL: a server in this process, and workers beside it."""

import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from windlass.client import Client
from windlass.errors import ConfigurationError
from windlass.evaluation.workers.tables import run_handovers, run_plans
from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer
from windlass.server.local import LocalServer
from windlass.server.ray_workers import run_on_ray
from windlass.server.services import Services
from windlass.server.worker import work
from windlass.settings import Settings, load_settings

from .processes import READY_S, Processes, Running, eventually

pytestmark = pytest.mark.postgres

LEASE_S = 2.0
LOOK_S = 0.1
MOST_IN_HAND = 16
"""Of a worker with two samples in flight: they, and what a slow machine answered since the last commit."""


def question(number: int) -> str:
    return f"What is the number {number} times two?"


def answer(messages: Sequence[Message]) -> str:
    return f"It is {2 * int(messages[-1].content.split()[4])}."


@dataclass
class Shared:
    """A server whose records are in PostgreSQL, a scripted model, and workers of one test."""

    services: Services
    client: Client
    model: ScriptedServer
    settings: Settings
    asked_before: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def push(self, items: int, **parameters: object) -> None:
        prompt = {
            "messages": [{"role": "user", "template": "{{ question }}"}],
            "input": {"question": {"type": "string"}},
        }
        self.client.post("/artifacts/prompt/double", {"body": prompt})
        model = {"model": "openai:scripted", **({"parameters": parameters} if parameters else {})}
        self.client.post("/artifacts/model/scripted", {"body": model})
        release = {"prompts": {"answer": "prompt/double@latest"}, "model": "model/scripted@latest"}
        self.client.post("/artifacts/release/doubler", {"body": release})
        rows = [
            {
                "id": f"item-{number:03}",
                "input": {"question": question(number)},
                "reference": f"It is {2 * number}.",
            }
            for number in range(items)
        ]
        self.client.post("/datasets/numbers", {"items": rows})

    def start_run(self, **more: object) -> str:
        request = {"release": "doubler@latest", "dataset": "numbers@latest", "evaluators": ["token_f1"]}
        return str(self.client.post("/runs", {"concurrency": 4, **request, **more})["id"])

    def await_run(self, run_id: str, until: Callable[[dict[str, Any]], bool] | None = None) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            # Asked as often as `eventually` looks, the server would do little else.
            time.sleep(LOOK_S)
            run: dict[str, Any] = self.client.get(f"/runs/{run_id}")
            return run if (until or _has_ended)(run) else None

        return eventually(look, f"{run_id} so far")

    def worker_here(self, settings: Settings | None = None) -> None:
        """Start a worker in a thread: what it does is the same, and costs no second of start."""

        def run() -> None:
            try:
                work(settings or self.settings, self.stopping, name=f"thread-{len(self.threads)}")
            except BaseException as error:  # noqa: BLE001 - the test says what it thinks of it
                self.errors.append(error)

        thread = threading.Thread(target=run)
        self.threads.append(thread)
        thread.start()

    def await_workers(self, count: int) -> None:
        from windlass.evaluation.workers.roster import count_present

        def look() -> bool | None:
            with self.services.database.read() as tx:
                return count_present(tx) == count or None

        eventually(look, f"{count} workers")

    def end_workers(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(READY_S)
        assert not any(thread.is_alive() for thread in self.threads)
        assert self.errors == []

    def asked(self) -> Counter[str]:
        calls = self.model.calls[self.asked_before :]
        return Counter(f"item-{int(call.messages[-1].content.split()[4]):03}" for call in calls)

    def plans(self) -> list[str]:
        with self.services.database.read() as tx:
            return list(tx.execute(select(run_plans.c.run)).scalars())

    def handed_over(self) -> set[int]:
        with self.services.database.read() as tx:
            return {item for items in tx.execute(select(run_handovers.c.finished)).scalars() for item in items}


def _has_ended(run: dict[str, Any]) -> bool:
    return run["state"] not in {"queued", "running"}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str, postgres_template: Callable[[str], None]
) -> Iterator[Shared]:
    """One server for these tests: its start is most of what a test of it costs."""
    postgres_template("CREATE DATABASE workers TEMPLATE template_windlass")
    with ScriptedServer(answer, latency_s=0.05) as model:
        settings = load_settings(
            data=tmp_path_factory.mktemp("workers") / "data",
            mode="dev",
            port=0,
            database_url=postgres_server.format("workers"),
            model_base_url=model.url,
            worker_lease_s=LEASE_S,
        )
        with LocalServer(settings) as running, Client(running.url, key="", timeout_s=60) as client:
            yield Shared(running.services, client, model, settings)
    postgres_template("DROP DATABASE workers WITH (FORCE)")


@pytest.fixture
def shared(server: Shared) -> Iterator[Shared]:
    made = replace(server, asked_before=len(server.model.calls), stopping=threading.Event(), threads=[], errors=[])
    yield made
    made.end_workers()


def start_process(processes: Processes, shared: Shared, *options: str) -> Running:
    return processes.start(
        "worker",
        *options,
        "--data",
        shared.settings.data,
        WINDLASS_DATABASE_URL=shared.settings.database_url,
        WINDLASS_MODEL_BASE_URL=shared.model.url,
        WINDLASS_WORKER_LEASE_S=str(LEASE_S),
    )


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_is_replaced_and_no_finished_sample_is_called_again(
    processes: Processes, shared: Shared
) -> None:
    shared.push(100)
    workers = [start_process(processes, shared) for _ in range(2)]
    for worker in workers:
        worker.wait_for("is ready")
    run_id = shared.start_run()
    shared.await_run(run_id, lambda run: run["finished_items"] >= 15)
    workers[0].kill()
    finished, asked = shared.handed_over(), shared.asked()
    run = shared.await_run(run_id)
    samples = list(shared.client.pages(f"/runs/{run_id}/samples", limit=500))
    trace = shared.client.get(f"/traces/{samples[0]['trace_id']}")
    assert workers[1].end(signal.SIGTERM) == 0, workers[1].output
    assert (run["state"], run["error"], run["finished_items"], run["failed_items"]) == ("finished", None, 100, 0)
    assert run["metrics"]["token_f1"]["mean"] == 1.0
    assert len(samples) == 100
    assert 15 <= len(finished) < 100
    after = shared.asked() - asked
    # The other worker goes on while this looks: what it had asked but not handed over is in `asked`, too.
    assert not {f"item-{number:03}" for number in finished} & set(after)
    again = {item: count for item, count in shared.asked().items() if count > 1}
    assert max(shared.asked().values()) <= 2
    assert len(again) <= MOST_IN_HAND, f"only what one worker had in hand: {again}"
    assert all(re.search(f"Working on {run_id}", worker.output) for worker in workers)
    assert trace["span_count"] > 1, "what the release did is in the sample's trace"
    assert "Traceback" not in workers[1].output


def test_workers_on_ray_are_workers_as_others_are(processes: Processes, shared: Shared) -> None:
    pytest.importorskip("ray", reason="ray is not installed: pip install 'windlass[ray]'")
    shared.push(20)
    cluster = start_process(processes, shared, "--ray", "2")
    shared.await_workers(2)
    run = shared.await_run(shared.start_run())
    assert cluster.end(signal.SIGTERM, 120) == 0, cluster.output
    shared.await_workers(0)
    assert (run["state"], run["finished_items"]) == ("finished", 20)
    assert set(shared.asked().values()) == {1}
    assert cluster.output.count("Working on run-") == 2, cluster.output


def test_workers_on_ray_say_what_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    settings = load_settings(data=tmp_path, database_url="postgresql://localhost/windlass")
    with pytest.raises(
        ConfigurationError,
        match=r"^Workers on Ray need the package 'ray': pip install 'windlass\[ray\]'\.$",
    ):
        run_on_ray(settings, 2)


def test_workers_share_repeats_and_the_server_summarises(shared: Shared) -> None:
    shared.push(12)
    for _ in range(2):
        shared.worker_here()
    shared.await_workers(2)
    run = shared.await_run(shared.start_run(repeats=3, evaluators=["token_f1", "latency_s"]))
    assert (run["state"], run["finished_items"]) == ("finished", 36)
    assert set(shared.asked().values()) == {3}
    assert run["metrics"]["token_f1"]["repeats"]["samples"] == 36
    assert run["metrics"]["latency_s"]["n"] == 12
    assert run["calls"]["answered"] == 36
    assert shared.plans() == [] == sorted(shared.handed_over())


@pytest.mark.slow
def test_a_worker_that_comes_late_takes_its_share(shared: Shared, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "windlass.evaluation.workers.working")
    shared.push(60)
    shared.worker_here()
    shared.await_workers(1)
    run_id = shared.start_run(concurrency=2)
    shared.await_run(run_id, lambda run: run["finished_items"] >= 3)
    shared.worker_here()
    run = shared.await_run(run_id)
    assert (run["state"], run["finished_items"]) == ("finished", 60)
    assert set(shared.asked().values()) == {1}
    told = caplog.text
    assert told.index("in place 1 of 1.") < told.index("in place 1 of 2.")
    assert "in place 2 of 2." in told


def test_a_budget_holds_for_all_workers_together_and_a_resumed_run_goes_on(shared: Shared) -> None:
    # A question has 7 words, an answer 3: 10 tokens as the scripted model counts them.
    shared.push(40, max_tokens=10)
    for _ in range(2):
        shared.worker_here()
    shared.await_workers(2)
    stopped = shared.await_run(shared.start_run(max_tokens=200))
    assert stopped["state"] == "stopped", stopped
    assert "budget of 200 tokens" in stopped["error"]
    spent = stopped["calls"]["spent_tokens"]
    assert 150 <= spent <= 200
    assert spent == 10 * shared.asked().total()
    run_id = stopped["id"]
    shared.client.post(f"/runs/{run_id}/resume", {"max_tokens": 2000})
    run = shared.await_run(run_id)
    assert (run["state"], run["finished_items"]) == ("finished", 40)
    assert set(shared.asked().values()) == {1}, "what was finished is not asked again"
    assert run["calls"]["spent_tokens"] == 400


def test_a_cancelled_run_ends_on_all_workers(shared: Shared) -> None:
    shared.push(60)
    shared.worker_here()
    shared.await_workers(1)
    run_id = shared.start_run(concurrency=1)
    shared.await_run(run_id, lambda run: run["finished_items"] >= 3)
    shared.client.post(f"/runs/{run_id}/cancel", {})
    eventually(lambda: shared.plans() == [] or None, "the plan is dropped")
    eventually(lambda: shared.client.get(f"/runs/{run_id}")["metrics"] or None, "what there is is summarised")
    run = shared.client.get(f"/runs/{run_id}")
    asked = shared.asked().total()
    assert run["state"] == "cancelled"
    assert run["finished_items"] == asked == run["metrics"]["token_f1"]["n"] < 60


def test_a_worker_on_sqlite_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"^Workers share the records of a server over PostgreSQL, and these are in SQLite: set "
        r"WINDLASS_DATABASE_URL to the same postgresql:// URL for the server and its workers\.$",
    ):
        work(load_settings(data=tmp_path), threading.Event())
