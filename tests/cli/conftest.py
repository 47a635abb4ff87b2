"""The command line in this process, against the running server."""

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.live import Project
from windlass.cli.main import main


class Done(NamedTuple):
    code: int
    out: str
    err: str


Windlass = Callable[..., Done]


@pytest.fixture
def windlass_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Windlass:
    """Run a command as the program does; it finds a server by itself."""

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["windlass", *map(str, arguments)])
        capsys.readouterr()
        code: str | int | None = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        assert isinstance(code, int | None)
        return Done(code or 0, out, err)

    return run


@pytest.fixture
def windlass(windlass_alone: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch) -> Windlass:
    """Run a command on the project of the test."""
    monkeypatch.setenv("WINDLASS_URL", project.live.url)
    monkeypatch.setenv("WINDLASS_API_KEY", project.key)
    return windlass_alone


def rows(done: Done) -> list[list[str]]:
    """Return the cells of a printed table, without its head."""
    return [line.split() for line in done.out.splitlines()[1:] if line.strip()]
