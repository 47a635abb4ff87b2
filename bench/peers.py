"""Other servers of traces, each installed from PyPI into an environment of its own when it is first driven."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from target import HttpServer

TOOLS = Path(__file__).parents[1] / ".tools"
ENVIRONMENTS = TOOLS / "peers"
READY_S = 180


def installed(package: str) -> Path:
    """Return the folder of the commands of a package, installing its newest version if need be.

    Raises CalledProcessError where that fails.
    """
    environment = ENVIRONMENTS / package
    if not (environment / ".stamp").exists():
        run_quietly([uv(), "venv", "--quiet", "--clear", "--python", sys.executable, environment])
        run_quietly([uv(), "pip", "install", "--quiet", "--python", environment / "bin" / "python", package])
        (environment / ".stamp").touch()
    return environment / "bin"


def uv() -> Path:
    """Return the uv on PATH, or else one of this repository's own, as scripts/setup has it."""
    found = shutil.which("uv")
    own = TOOLS / "bin" / "uv"
    if found is None and not own.exists():
        run_quietly([sys.executable, "-m", "venv", TOOLS])
        run_quietly([TOOLS / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "uv>=0.9,<1"])
    return Path(found) if found else own


def run_quietly(command: Sequence[str | Path], **options: Any) -> None:
    """Run a command; what it says is in the error where it fails."""
    subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


class Peer(HttpServer):
    def __init__(self, command: list[str], folder: Path, port: int, health: str, **variables: str) -> None:
        log = (folder / "log").open("w")
        process = subprocess.Popen(
            command, stdout=log, stderr=log, text=True, cwd=folder, env={**os.environ, **variables}
        )
        super().__init__(process, f"127.0.0.1:{port}")
        self.url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + READY_S
        while not _answers(self.url + health):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[0]} did not start; see {folder / 'log'}")
            time.sleep(0.2)

    def _json(self, path: str) -> dict[str, object] | None:
        status, answer = self.ask("GET", path, b"", {})
        if status == 404:
            return None
        found: dict[str, object] = json.loads(answer)
        return found


class Phoenix(Peer):
    """Arize Phoenix on SQLite."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        super().__init__(
            [str(installed("arize-phoenix") / "phoenix"), "serve"],
            folder,
            port,
            "/healthz",
            PHOENIX_PORT=str(port),
            PHOENIX_GRPC_PORT=str(free_port()),
            PHOENIX_HOST="127.0.0.1",
            PHOENIX_WORKING_DIR=str(folder),
            PHOENIX_TELEMETRY_ENABLED="false",
            PHOENIX_ALLOW_EXTERNAL_RESOURCES="false",
        )

    def count_spans(self, trace_id: str) -> int:
        found = self._json(f"/v1/projects/default/spans?trace_id={trace_id}&limit=100")
        return len(found["data"]) if found and isinstance(found["data"], list) else 0


class Mlflow(Peer):
    """MLflow's tracking server on SQLite."""

    export_headers: Mapping[str, str] = {"content-type": "application/x-protobuf", "x-mlflow-experiment-id": "0"}

    def __init__(self, folder: Path) -> None:
        port, commands = free_port(), installed("mlflow")
        super().__init__(
            [
                str(commands / "mlflow"),
                "server",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--backend-store-uri",
                f"sqlite:///{folder / 'mlflow.db'}",
                "--artifacts-destination",
                str(folder / "artifacts"),
            ],
            folder,
            port,
            "/health",
            MLFLOW_DISABLE_TELEMETRY="true",
            DO_NOT_TRACK="true",
            PATH=f"{commands}:{os.environ['PATH']}",
        )

    def count_spans(self, trace_id: str) -> int:
        found = self._json(f"/api/3.0/mlflow/traces/get?trace_id=tr-{trace_id}")
        trace = found.get("trace") if found else None
        return len(trace.get("spans", [])) if isinstance(trace, dict) else 0


PEERS = {"phoenix": Phoenix, "mlflow": Mlflow}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
