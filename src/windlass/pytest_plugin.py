"""The pytest plugin: tests of `windlass.case` find a server, and what their runs came to is told at the end.

It is loaded into every pytest of an environment that has windlass, so it imports nothing before it must.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from windlass.sdk.cases import Case
    from windlass.sdk.evaluation import Run

_CASE = "__windlass_case__"
"""The attribute that sdk/cases.py gives a test."""
_PROPERTY = "windlass."
_SERVER = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("windlass", "tests over datasets (windlass.case)")
    group.addoption(
        "--windlass-undecided",
        choices=["fail", "skip"],
        default="fail",
        help="What becomes of a test for which there is not enough data to tell [default: fail].",
    )
    group.addoption(
        "--windlass-data",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="The data folder of the server, which is started where none runs [default: .windlass].",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    case: Case | None = getattr(getattr(item, "function", None), _CASE, None)
    if case is None:
        return (yield)
    from windlass.sdk.requirements import NotShown

    _find_server(item.config)
    before = len(case.runs)
    try:
        return (yield)
    except NotShown as error:
        if error.outcome == "not_enough_data" and item.config.getoption("--windlass-undecided") == "skip":
            pytest.skip(str(error))
        raise
    finally:
        for run in case.runs[before:]:
            item.user_properties += _properties(run)


def pytest_unconfigure(config: pytest.Config) -> None:
    if (server := config.stash.get(_SERVER, None)) is not None:
        server.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        (report.nodeid, value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name.startswith(_PROPERTY)
    ]
    if lines:
        terminalreporter.section("windlass runs")
        told = ""
        for test, line in lines:
            if test != told:
                terminalreporter.write_line(test)
                told = test
            terminalreporter.write_line(f"  {line}")


def _properties(run: Run) -> list[tuple[str, object]]:
    """Return what is told of a run: in JUnit's XML these are properties of its test case."""
    metrics = [(_PROPERTY + name, f"{name} {_told(metric)}") for name, metric in run.metrics.items()]
    return [(_PROPERTY + "run", run.url), *metrics]


def _told(metric: Any) -> str:
    missing = f", {metric.missing} without a value" if metric.missing else ""
    if metric.mean is None:
        return f"has no value{missing}"
    interval = "" if metric.low is None else f" [{metric.low:.4g}, {metric.high:.4g}]"
    return f"{metric.mean:.4g}{interval} n={metric.n}{missing}"


def _find_server(config: pytest.Config) -> None:
    """Start a server for this session where none is known."""
    from windlass.client import find_url
    from windlass.sdk.connection import is_connected
    from windlass.sdk.setup import init, shutdown

    data: Path | None = config.getoption("--windlass-data")
    if _SERVER in config.stash or is_connected():
        return
    config.stash[_SERVER] = opened = ExitStack()
    url = find_url(data)
    if url is None:
        if hasattr(config, "workerinput"):
            raise pytest.UsageError(
                "Workers of pytest-xdist cannot each start a server on one data folder: start one with "
                "`windlass up`, or name one in WINDLASS_URL."
            )
        url = _start_server(opened, data)
    init(url)
    opened.callback(shutdown)


def _start_server(opened: ExitStack, data: Path | None) -> str:
    try:
        from windlass.server.local import LocalServer
        from windlass.settings import load_settings
    except ImportError as error:
        raise pytest.UsageError(
            "There is no windlass server here: name one in WINDLASS_URL, or pip install 'windlass[server]', and "
            "it is started for the tests."
        ) from error
    return opened.enter_context(LocalServer(load_settings(data=data, mode="dev", host="127.0.0.1", port=0))).url
