"""What a run pays for twice when its process is killed in its middle, again and again.

    python bench/kills.py [--kills 50] [--items 3000] [--workers 0] [--database-url postgresql://…]

One run asks a scripted model over a real socket, which counts the calls of each item. The process of the run is
killed with SIGKILL at random moments, every fifth time while it starts, and started again: the server, or with
--workers, on a PostgreSQL, one of so many workers. While it runs, the finished samples are read again and again;
then it may end. What was seen finished before a kill must never be called after it, and its trace must stay. The
last line is JSON.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from target import Server

from windlass.client import Client
from windlass.errors import WindlassError
from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer

LATENCY_S = 0.2
CONCURRENCY = 8
LONGEST_S = 2.5
STARTING = 5
PATIENCE_S = 900.0
AWAKE_S = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--items", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--database-url", default="")
    arguments = parser.parse_args()
    if arguments.workers and not arguments.database_url:
        parser.error("workers need a PostgreSQL: give its --database-url")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, ScriptedServer(answer, latency_s=LATENCY_S) as model:
        os.environ |= {"WINDLASS_MODEL_BASE_URL": model.url, "WINDLASS_WORKER_LEASE_S": "2"}
        if arguments.database_url:
            os.environ["WINDLASS_DATABASE_URL"] = arguments.database_url
        trial = Trial(Path(folder), model)
        victims: Sequence[Victim] = [trial]
        trial.start()
        if arguments.workers:
            victims = [Worker(Path(folder)) for _ in range(arguments.workers)]
            for victim in victims:
                victim.start()
        trial.begin(arguments.items)
        figures = killed(trial, victims, arguments.kills)
        for victim in {trial, *victims}:
            victim.end()
    seconds = round(time.perf_counter() - began, 1)
    print(json.dumps({"bench": "kills", "workers": arguments.workers, **figures, "seconds": seconds}))


def question(number: int) -> str:
    return f"What is the number {number} times two?"


def answer(messages: Sequence[Message]) -> str:
    return f"It is {2 * number_of(messages)}."


def number_of(messages: Sequence[Message]) -> int:
    return int(messages[-1].content.split()[4])


class Victim:
    """A process that is killed and started again."""

    def start(self) -> None: ...

    def kill(self) -> None: ...

    def end(self) -> None: ...


class Worker(Victim):
    """`windlass worker`."""

    def __init__(self, folder: Path) -> None:
        self._command = [str(Path(sys.executable).parent / "windlass"), "worker", "--data", str(folder)]

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        if "is ready" not in line:
            raise SystemExit(f"the worker did not start: {line}")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()


class Trial(Victim):
    """The server of a run, and what was seen of it."""

    def __init__(self, folder: Path, model: ScriptedServer) -> None:
        self._folder = folder
        self._model = model
        self._run = ""
        self.seen: dict[str, str] = {}
        """The trace of each sample that was seen finished."""
        self.moved = 0
        """Finished samples that were seen with another trace afterwards."""

    def start(self) -> None:
        self._server = Server(self._folder)
        self._client = Client(f"http://{self._server.address}", key="", timeout_s=60)

    def kill(self) -> None:
        self._server.end(signal.SIGKILL)

    def end(self) -> None:
        self._client.close()
        self._server.close()

    def begin(self, items: int) -> None:
        template = [{"role": "user", "template": "{{ question }}"}]
        prompt = {"messages": template, "input": {"question": {"type": "string"}}}
        self._client.post("/artifacts/prompt/double", {"body": prompt})
        self._client.post("/artifacts/model/scripted", {"body": {"model": "openai:scripted"}})
        release = {"prompts": {"answer": "prompt/double@latest"}, "model": "model/scripted@latest"}
        self._client.post("/artifacts/release/doubler", {"body": release})
        rows = [
            {"id": str(number), "input": {"question": question(number)}, "reference": f"It is {2 * number}."}
            for number in range(items)
        ]
        self._client.post("/datasets/numbers", {"items": rows})
        request = {
            "release": "doubler@latest",
            "dataset": "numbers@latest",
            "evaluators": ["exact_match"],
            "concurrency": CONCURRENCY,
        }
        self._run = self._client.post("/runs", request)["id"]

    def look(self) -> dict[str, object]:
        """Return the run, once every sample that is finished was seen."""
        run: dict[str, object] = self._client.get(f"/runs/{self._run}")
        for sample in self._client.pages(f"/runs/{self._run}/samples", limit=500):
            known = self.seen.setdefault(sample["item"], sample["trace_id"])
            self.moved += known != sample["trace_id"]
        return run

    def await_call(self) -> None:
        """Wait until the model is asked something: the run is under way."""
        asked, deadline = len(self._model.calls), time.monotonic() + AWAKE_S
        while len(self._model.calls) == asked:
            if time.monotonic() > deadline:
                raise SystemExit(f"nothing was asked for {AWAKE_S:g} s: a run that ended needs more --items")
            time.sleep(0.02)

    def calls(self) -> Counter[str]:
        return Counter(str(number_of(call.messages)) for call in self._model.calls)


def killed(trial: Trial, victims: Sequence[Victim], kills: int) -> dict[str, object]:
    dice = random.Random(7)
    before: list[tuple[set[str], Counter[str]]] = []
    for number in range(kills):
        victim = dice.choice(victims)
        if number % STARTING:
            trial.await_call()
        kill_while_watched(trial, victim, dice.uniform(0, LONGEST_S))
        before.append((set(trial.seen), trial.calls()))
        victim.start()
    run = until_ended(trial)
    calls = trial.calls()
    again = {item for seen, then in before for item in seen if calls[item] != then[item]}
    return {
        "kills": kills,
        "state": run["state"],
        "items": run["items"],
        "finished_samples": run["finished_items"],
        "finished_at_the_last_kill": len(before[-1][0]) if before else 0,
        "finished_called_again": len(again),
        "finished_moved": trial.moved,
        "calls": calls.total(),
        "calls_twice_paid": calls.total() - len(calls),
        "most_calls_of_a_sample": max(calls.values()),
        "in_flight": CONCURRENCY,
    }


def kill_while_watched(trial: Trial, victim: Victim, seconds: float) -> None:
    """Look at what is finished for so long, again and again, and kill whatever the answer under way."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            # The server is starting, or was killed in its answer.
            with contextlib.suppress(WindlassError):
                trial.look()

    watcher = threading.Thread(target=watch)
    watcher.start()
    time.sleep(seconds)
    victim.kill()
    over.set()
    watcher.join()


def until_ended(trial: Trial) -> dict[str, object]:
    deadline = time.monotonic() + PATIENCE_S
    while (run := trial.look())["state"] in {"queued", "running"}:
        if time.monotonic() > deadline:
            raise SystemExit(f"the run is {run['state']} after {PATIENCE_S:g} s")
        time.sleep(1)
    return run


if __name__ == "__main__":
    main()
