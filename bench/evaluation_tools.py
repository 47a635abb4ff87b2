"""Other evaluation tools, each installed from PyPI into an environment of its own when it is first driven."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from peers import installed

PROGRAMS = Path(__file__).parent / "evaluation_peers"
PEERS = {
    "pydantic-evals": "pydantic_evals_peer.py",
    "deepeval": "deepeval_peer.py",
    "inspect-ai": "inspect_ai_peer.py",
    "mlflow": "mlflow_peer.py",
}
"""The program of each, by the name of its package."""


class PeerRun(NamedTuple):
    wall_s: float
    cpu_s: float
    correct: int
    version: str


def run_peer(name: str, samples: int, concurrency: int, latency_s: float, limit_s: float) -> PeerRun | None:
    """Have a peer evaluate; None where it does not end in time. Raises SystemExit where it fails."""
    commands = installed(name)
    with tempfile.TemporaryDirectory() as folder:
        # In its own session, so that what it started ends with it.
        process = subprocess.Popen(
            [commands / "python", PROGRAMS / PEERS[name], *map(str, (samples, concurrency, latency_s))],
            cwd=folder,
            env=_environment(Path(folder), concurrency),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return None
    if process.returncode:
        raise SystemExit(f"{name} failed:\n{said[-2000:]}")
    return PeerRun(**json.loads(said.splitlines()[-1]), version=_version(commands, name))


def _version(commands: Path, name: str) -> str:
    code = f"import importlib.metadata as m; print(m.version({name!r}))"
    done = subprocess.run([commands / "python", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _environment(folder: Path, concurrency: int) -> dict[str, str]:
    """Nothing goes out, and what is kept is kept in the folder."""
    return {
        **os.environ,
        "PYTHONPATH": str(PROGRAMS),
        "NO_COLOR": "1",
        "DO_NOT_TRACK": "1",
        "DEEPEVAL_TELEMETRY_OPT_OUT": "YES",
        "DEEPEVAL_DISABLE_PROGRESS_BAR": "1",
        "CONFIDENT_TRACE_FLUSH": "NO",
        "INSPECT_LOG_DIR": str(folder / "logs"),
        "LOGFIRE_SEND_TO_LOGFIRE": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
        "MLFLOW_GENAI_EVAL_MAX_WORKERS": str(concurrency),
    }
