"""Processes of a test, and the demo that several files look at."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, sync_playwright

from windlass.client import Client
from windlass.server.local import LocalServer
from windlass.settings import load_settings

from .browser import ARGUMENTS
from .processes import Finished, Processes, Running, Server, eventually

DEMO_S = 300.0
"""How long a demo may take where other work shares the machine; by itself it takes a tenth of it."""

UI_S = 600.0
"""How long the web UI may take to be built where its packages come slowly."""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path)
    yield started
    started.close()


@pytest.fixture(scope="session")
def started_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server that was started and asked nothing: making its tables takes half a second."""
    data = tmp_path_factory.mktemp("started-once") / "data"
    with LocalServer(load_settings(data=data, mode="dev", port=0)):
        pass
    return data


@pytest.fixture
def server(started_once: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, for what it changes the next would see.

    It runs in this process, which has imported all of it: a process of its own takes two seconds to.
    """
    data = shutil.copytree(started_once, tmp_path / "data", symlinks=True)
    with LocalServer(load_settings(data=data, mode="dev", port=0)) as running:
        yield Server(running.url)


@dataclass
class Demo:
    """A demo that was run once to its end, and then again on the same data folder, where it goes on serving."""

    data: Path
    processes: Processes
    first: Finished
    left: Path
    """What the first run left, to be copied: its indexes take most of a demo's time to make."""
    runs: int = 1
    """How often the demo was run."""
    serving: Running = field(init=False)
    url: str = field(init=False)

    def serve(self) -> None:
        """Run it once more and let it serve."""
        self.serving = self.processes.start("demo", "--data", self.data, "--port", "0")
        self.serving.wait_for(r"^Serving until Ctrl-C\.", DEMO_S)
        self.url = self.serving.wait_for(r"server\s+(http\S+),")[1]
        self.runs += 1

    def client(self) -> Client:
        return Client(self.url, key="", timeout_s=60)


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo after its first run and, unless that failed, its second."""
    folder = tmp_path_factory.mktemp("demo")
    processes = Processes(folder)
    try:
        data = folder / "data"
        first = processes.run("demo", "--data", data, "--port", "0", "--exit", timeout_s=DEMO_S)
        assert first.code == 0, first.output
        shutil.copytree(data, folder / "left", symlinks=True)
        demo = Demo(data, processes, first, folder / "left")
        demo.serve()
        yield demo
    finally:
        processes.close()


@pytest.fixture(scope="session")
def web_ui() -> None:
    """The web UI, which `make test` builds while the first tests run."""
    if built := os.environ.get("WINDLASS_TEST_AWAITS_UI"):
        eventually(lambda: Path(built).exists() or None, "the web UI", UI_S)


@pytest.fixture
def demo(web_ui: None, demo_run: Demo) -> Demo:
    """The demo, serving, whatever a test before did to it."""
    if not demo_run.serving.alive:
        demo_run.serve()
    return demo_run


@pytest.fixture(scope="module")
def chromium(web_ui: None) -> Iterator[Browser]:
    # Not for longer than its file: while Playwright runs, nothing else can run an event loop in this thread.
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        pytest.skip("there is no Chromium on the PATH; on Debian: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS])
        yield browser
        browser.close()


@pytest.fixture
def url(demo: Demo) -> str:
    """The address of the demo's server, whose UI is built."""
    assert httpx2.get(demo.url).status_code == 200, "the web UI is not built: run scripts/setup"
    return demo.url
