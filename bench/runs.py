"""Two runs of very many samples: summaries, pages, comparison, gate, reports and agents, and what these take.

    python bench/runs.py [--items 100000] [--agents] [--folder DATA] [--questions first_page,gate]
    python bench/runs.py --resume [--items 100000]

The runs are written as the runner stores them (see many_samples.py): two scores a sample, answers of about a
kilobyte, and with `--agents` five spans of two agents below each. A process of its own sums them up; a server in
another then answers over HTTP, each question a first time and once more.

Of each question `s` is what a clock says, `cpu_s` what the process took of the processors, and `rss_mb` the most
memory that the process had until then; `ready_rss_mb` is what it had before the first question. A folder that is
given is kept, and not built again. The last line is JSON.

With `--resume` it is one run, whose process was killed when all but the last 20,000 samples were stored: what
going on with it takes until the first call of the target, and to its end with its summary.
"""

import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from many_samples import build, build_cut_off, finish, resume
from target import Server

BUILT = "runs.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--agents", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--questions", default="")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--step", choices=("build", "finish", "cut_off", "resume"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(measured(arguments.step, arguments.folder, arguments.items, agents=arguments.agents)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        figures: dict[str, object] = {"bench": "runs", "items": arguments.items, "agents": arguments.agents}
        if arguments.resume:
            for step in ("cut_off", "resume"):
                figures |= in_a_process(step, folder, arguments.items, agents=False)
            print(json.dumps(figures))
            return
        if not (folder / BUILT).exists():
            for step in ("build", "finish"):
                figures |= in_a_process(step, folder, arguments.items, agents=arguments.agents)
        server = Server(folder)
        try:
            baseline, candidate = json.loads((folder / BUILT).read_text(encoding="utf-8"))
            wanted = [name for name in arguments.questions.split(",") if name]
            asked = questions(server, baseline, candidate)
            figures |= answered(server, {name: ask for name, ask in asked.items() if name in (wanted or asked)})
            print(json.dumps(figures))
        finally:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait()


def in_a_process(step: str, folder: Path, items: int, *, agents: bool) -> dict[str, object]:
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder), "--items", str(items)]
    told = subprocess.run([*command, *(["--agents"] if agents else [])], stdout=subprocess.PIPE, check=True).stdout
    figures: dict[str, object] = json.loads(told.splitlines()[-1])
    return figures


def measured(step: str, folder: Path, items: int, *, agents: bool) -> dict[str, object]:
    began = time.perf_counter()
    told: dict[str, object] = {}
    match step:
        case "build":
            runs = build(folder, items, agents=agents)
            (folder / BUILT).write_text(json.dumps(runs), encoding="utf-8")
        case "cut_off":
            (folder / BUILT).write_text(json.dumps(build_cut_off(folder, items)), encoding="utf-8")
        case "resume":
            (run,) = json.loads((folder / BUILT).read_text(encoding="utf-8"))
            told = resume(folder, run)
        case _:
            finish(folder, json.loads((folder / BUILT).read_text(encoding="utf-8")))
    times = os.times()
    return {
        **told,
        f"{step}_s": round(time.perf_counter() - began, 1),
        f"{step}_cpu_s": round(times.user + times.system, 1),
        f"{step}_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def questions(server: Server, baseline: str, candidate: str) -> dict[str, Callable[[], object]]:
    samples, compare = f"/runs/{candidate}/samples", f"/runs/{candidate}/compare"
    return {
        "first_page": lambda: server.get(samples),
        "worst_first": lambda: server.get(samples, sort="f1"),
        "compare": lambda: server.get(compare, baseline=baseline),
        "compare_page": lambda: server.get(f"{compare}/samples", baseline=baseline, cursor="1000"),
        "slices": lambda: server.get(f"/runs/{candidate}/slices", baseline=baseline),
        "gate": lambda: gate(server, candidate, baseline),
        "report": lambda: server.get(f"/runs/{candidate}/report.json"),
        "report_of_two": lambda: server.get(f"/runs/{candidate}/report.json", **{"with": baseline}),
        "agents": lambda: server.get(f"/runs/{candidate}/agents"),
    }


def answered(server: Server, asked: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Ask everything twice; return the seconds and the memory."""
    figures: dict[str, float] = {"ready_rss_mb": peak_mb(server)}
    for name, ask in asked.items():
        for suffix in ("", "_again"):
            began, worked = time.perf_counter(), server.cpu_s()
            ask()
            figures[f"{name}{suffix}_s"] = round(time.perf_counter() - began, 2)
            figures[f"{name}{suffix}_cpu_s"] = round(server.cpu_s() - worked, 2)
        figures[f"{name}_rss_mb"] = peak_mb(server)
        print(name, {key: value for key, value in figures.items() if key.startswith(name)}, file=sys.stderr)
    return {**figures, "rss_mb": peak_mb(server)}


def gate(server: Server, candidate: str, baseline: str) -> None:
    rule = {
        "primary": {"metric": "f1", "kind": "superiority"},
        "guardrails": [{"metric": "exact_match", "kind": "non_inferiority", "margin": 0.02}],
    }
    body = json.dumps({"candidate": candidate, "baseline": baseline, "rule": rule}).encode()
    status, answer = server.ask("POST", "/api/v1/gates", body, {"content-type": "application/json"})
    if status != 201:
        raise SystemExit(f"the server answered {status}: {answer[:300]!r}")


def peak_mb(server: Server) -> int:
    """Return the most memory that the server's process ever had."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return round(int(found[1]) / 1024)


if __name__ == "__main__":
    main()
