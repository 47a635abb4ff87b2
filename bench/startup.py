"""How quickly windlass is there: import, help, server ready, and what it costs when idle.

    python bench/startup.py [--target windlass] [--runs 7]

Prints one JSON line last. Beside each figure stands, from the same run and in turn with it, what a bare Python
takes, so that a slow or busy machine is seen as such.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

QUIET_S = 5.0
IDLE_S = 30.0
"""The kernel counts in hundredths of a second: of five seconds each would be a fifth of a per cent."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=["windlass"], default="windlass")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    windlass = str(Path(sys.executable).parent / "windlass")
    commands = {
        "bare_python_s": [sys.executable, "-c", "pass"],
        "import_s": [sys.executable, "-c", "import windlass"],
        "help_s": [windlass, "--help"],
    }
    for command in commands.values():
        seconds_of(command)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            times[name].append(seconds_of(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    bare = medians["bare_python_s"]
    print(
        json.dumps(
            {
                "bench": "startup",
                "target": arguments.target,
                "bare_python_s": round(bare, 4),
                "import_s": round(max(0.0, medians["import_s"] - bare), 4),
                "help_s": round(medians["help_s"], 3),
                **server_figures(windlass),
            }
        )
    )


def seconds_of(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def server_figures(windlass: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as data:
        began = time.perf_counter()
        server = subprocess.Popen(
            [windlass, "up", "--dev", "--port", "0", "--data", data],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert server.stdout is not None
            # The line is printed when the port is listened on and every engine is open.
            line = server.stdout.readline()
            ready = time.perf_counter() - began
            if "is ready at" not in line:
                raise SystemExit(f"the server did not start: {line}")
            time.sleep(QUIET_S)
            process = psutil.Process(server.pid)
            process.cpu_percent()
            time.sleep(IDLE_S)
            return {
                "ready_s": round(ready, 2),
                "idle_rss_mb": round(process.memory_info().rss / 1e6),
                "idle_cpu_percent": round(process.cpu_percent(), 2),
            }
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


if __name__ == "__main__":
    main()
