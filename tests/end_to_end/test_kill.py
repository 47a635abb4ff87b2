"""A server that is killed, or asked to end, in the middle of its work."""

import secrets
import signal
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from windlass.client import Client
from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer

from .otlp import await_names, batch, send, stored_names
from .processes import END_S, READY_S, WINDLASS, Processes, Server, eventually

SENDERS = 4
SPANS_A_BATCH = 20
ACKNOWLEDGED_BEFORE_THE_END = 40
ITEMS = 60
FINISHED_BEFORE_THE_KILL = 15


@dataclass
class Load:
    """What several threads sent to a server until it went away."""

    bodies: dict[bytes, bytes] = field(default_factory=dict)
    """Every request by its trace id."""
    names: dict[bytes, list[str]] = field(default_factory=dict)
    acknowledged: set[bytes] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def send_until_it_ends(self, url: str) -> None:
        with httpx2.Client(timeout=READY_S) as client:
            while True:
                trace_id = secrets.token_bytes(16)
                names = [f"{trace_id.hex()[:8]} {number:02}" for number in range(SPANS_A_BATCH)]
                body = batch(trace_id, names)
                with self.changed:
                    self.bodies[trace_id], self.names[trace_id] = body, names
                try:
                    response = send(client, url, body)
                except httpx2.TransportError:
                    return
                if response.status_code == 200:
                    with self.changed:
                        self.acknowledged.add(trace_id)
                        self.changed.notify_all()
                elif response.status_code != 503:
                    raise AssertionError(f"{response.status_code}: {response.text}")

    def during(self, url: str, end: Callable[[], object]) -> None:
        """Send from several threads, and call `end` while they do."""
        with ThreadPoolExecutor(SENDERS) as pool:
            senders = [pool.submit(self.send_until_it_ends, url) for _ in range(SENDERS)]
            with self.changed:
                enough = self.changed.wait_for(
                    lambda: len(self.acknowledged) >= ACKNOWLEDGED_BEFORE_THE_END, READY_S
                )
            end()
            wait(senders, END_S)
            for sender in senders:
                sender.result(0)
        assert enough, f"only {len(self.acknowledged)} requests were acknowledged"


def stored_or_none(client: Client, trace_id: bytes) -> list[str]:
    found = client.get("/traces", q=trace_id.hex())["items"]
    return stored_names(client, trace_id) if found else []


def assert_kept(server: Server, load: Load) -> None:
    """Every acknowledged request is there once, any other wholly or not at all; sent again, each is there once."""
    with server.client() as client:
        for trace_id in load.acknowledged:
            await_names(client, trace_id, load.names[trace_id])
        unanswered = load.bodies.keys() - load.acknowledged
        for trace_id in unanswered:
            assert stored_or_none(client, trace_id) in ([], load.names[trace_id])
        # An exporter sends again what was not acknowledged, and now and then what was.
        with httpx2.Client(timeout=READY_S) as http:
            for trace_id in [*unanswered, *list(load.acknowledged)[:5]]:
                assert send(http, server.url, load.bodies[trace_id]).status_code == 200
                await_names(client, trace_id, load.names[trace_id])


def test_no_acknowledged_span_is_lost_or_doubled_when_the_server_is_killed(
    processes: Processes, tmp_path: Path
) -> None:
    server = processes.serve(tmp_path / "data")
    load = Load()
    load.during(server.url, server.process.kill)
    assert_kept(processes.serve(tmp_path / "data"), load)


def test_sigterm_under_load_ends_in_order_and_loses_no_acknowledged_span(
    processes: Processes, tmp_path: Path
) -> None:
    server = processes.serve(tmp_path / "data")
    load = Load()
    codes: list[int] = []
    load.during(server.url, lambda: codes.append(server.process.end(signal.SIGTERM)))
    assert codes == [0], server.process.output
    assert "Traceback" not in server.process.output
    assert not (tmp_path / "data" / "server.json").exists()
    assert_kept(processes.serve(tmp_path / "data"), load)


def test_ctrl_c_ends_an_idle_server_with_exit_code_0_also_one_that_a_script_put_in_the_background(
    processes: Processes, tmp_path: Path
) -> None:
    # What a shell without job control starts in the background ignores SIGINT to begin with.
    command = f"trap '' INT; exec {WINDLASS} up --dev --data {tmp_path / 'data'} --port 0"
    server = processes.start_program("/bin/sh", "-c", command)
    server.wait_for("windlass is ready at ")
    assert server.end(signal.SIGINT) == 0, server.output
    assert "Traceback" not in server.output


def question(number: int) -> str:
    return f"What is the number {number} times two?"


def answer(messages: Sequence[Message]) -> str:
    """Double the number of the question."""
    return f"It is {2 * int(messages[-1].content.split()[4])}."


def push_release(client: Client) -> None:
    client.post(
        "/artifacts/prompt/double",
        {
            "body": {
                "messages": [{"role": "user", "template": "{{ question }}"}],
                "input": {"question": {"type": "string"}},
            }
        },
    )
    client.post("/artifacts/model/scripted", {"body": {"model": "openai:scripted"}})
    client.post(
        "/artifacts/release/doubler",
        {"body": {"prompts": {"answer": "prompt/double@latest"}, "model": "model/scripted@latest"}},
    )
    items = [
        {"id": f"item-{number:02}", "input": {"question": question(number)}, "reference": f"It is {2 * number}."}
        for number in range(ITEMS)
    ]
    client.post("/datasets/numbers", {"items": items})


def wait_for_run(client: Client, run_id: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        run: dict[str, Any] = client.get(f"/runs/{run_id}")
        return run if until(run) else None

    return eventually(look, f"{run_id} so far")


def many_samples(client: Client, run_id: str) -> dict[str, str] | None:
    """Return the traces of finished samples by item, once there are as many as shall be before the kill."""
    listed = client.pages(f"/runs/{run_id}/samples", limit=500)
    finished = {sample["item"]: sample["trace_id"] for sample in listed}
    return finished if len(finished) >= FINISHED_BEFORE_THE_KILL else None


def test_a_run_whose_server_is_killed_goes_on_and_asks_no_finished_sample_again(
    processes: Processes, tmp_path: Path
) -> None:
    evaluators = ["token_f1", "latency_s", "input_tokens"]
    with ScriptedServer(answer, latency_s=0.15) as model:
        server = processes.serve(tmp_path / "data", WINDLASS_MODEL_BASE_URL=model.url)
        with server.client() as client:
            push_release(client)
            request = {
                "release": "doubler@latest",
                "dataset": "numbers@latest",
                "evaluators": evaluators,
                "concurrency": 4,
            }
            run_id = client.post("/runs", request)["id"]
            # What is counted is safe; it is listed once the engine has loaded it.
            finished = eventually(lambda: many_samples(client, run_id), f"samples of {run_id}")
            server.process.kill()
        assert FINISHED_BEFORE_THE_KILL <= len(finished) < ITEMS

        restarted = processes.serve(tmp_path / "data", WINDLASS_MODEL_BASE_URL=model.url)
        with restarted.client() as client:
            run = wait_for_run(client, run_id, lambda run: run["state"] not in {"queued", "running"})
            samples = list(client.pages(f"/runs/{run_id}/samples", limit=500))
            overview = client.get("/audit/verification")
    assert (run["state"], run["error"], run["finished_items"], run["failed_items"]) == ("finished", None, ITEMS, 0)
    assert [sample["item"] for sample in samples] == [f"item-{number:02}" for number in range(ITEMS)]
    assert all(set(sample["scores"]) == set(evaluators) for sample in samples)
    assert {sample["scores"]["token_f1"] for sample in samples} == {1.0}
    assert run["metrics"]["token_f1"]["n"] == ITEMS
    asked = Counter(call.messages[-1].content for call in model.calls)
    by_item = {f"item-{number:02}": asked[question(number)] for number in range(ITEMS)}
    assert {by_item[item] for item in finished} == {1}
    assert set(by_item.values()) <= {1, 2}
    traces = {sample["item"]: sample["trace_id"] for sample in samples}
    assert {item: traces[item] for item in finished} == finished
    assert overview["ok"], overview
