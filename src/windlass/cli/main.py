"""The command `windlass`. Its modules import what is heavy when they run, so that help is quick."""

import sys
import traceback

import typer

from windlass.cli import (
    arena,
    artifacts,
    audit,
    cache,
    cascade,
    compare,
    datasets,
    demo,
    doctor,
    environments,
    erase,
    evaluators,
    gate,
    graph,
    imports,
    judges,
    keys,
    masking,
    media,
    prices,
    replay,
    report,
    retention,
    reviews,
    run,
    runs,
    server,
    sessions,
    spans,
    sql,
    traces,
    verdicts,
    versions,
    worker,
)
from windlass.errors import WindlassError
from windlass.version import __version__

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    help="MLOps for generative AI on your own machines.",
)
app.command("demo")(demo.run_demo)
app.command("up")(server.up)
app.command("worker")(worker.worker)
app.command("push")(artifacts.push)
app.command("pull")(artifacts.pull)
app.command("list")(versions.list_artifacts)
app.command("show")(versions.show)
app.command("diff")(versions.diff)
app.command("label")(versions.label)
app.add_typer(datasets.app, name="datasets")
app.add_typer(evaluators.app, name="evaluators")
app.add_typer(judges.app, name="judges")
app.add_typer(reviews.app, name="reviews")
app.command("eval")(run.evaluate)
app.command("replay")(replay.replay)
app.add_typer(runs.app, name="runs")
app.command("import")(imports.import_runs)
app.add_typer(arena.app, name="arena")
app.command("compare")(compare.compare)
app.command("report")(report.report)
app.command("gate")(gate.gate)
app.add_typer(verdicts.app, name="verdicts")
app.add_typer(cascade.app, name="cascade")
app.command("promote")(environments.promote)
app.command("rollback")(environments.roll_back)
app.command("environments")(environments.list_environments)
app.add_typer(traces.app, name="traces")
app.add_typer(spans.app, name="spans")
app.add_typer(sessions.sessions, name="sessions")
app.add_typer(sessions.users, name="users")
app.add_typer(prices.app, name="prices")
app.command("graph")(graph.graph)
app.command("sql")(sql.sql)
app.command("erase")(erase.erase)
app.add_typer(retention.app, name="retention")
app.add_typer(cache.app, name="cache")
app.add_typer(audit.app, name="audit")
app.add_typer(masking.app, name="masking")
app.add_typer(media.app, name="media")
app.add_typer(keys.app, name="keys")
app.command("doctor")(doctor.doctor)


@app.callback(invoke_without_command=True)
def windlass(
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    """MLOps for generative AI on your own machines."""
    if version:
        print(f"windlass {__version__}")


def main() -> None:
    """Run the command line.

    Exit code 2 stands for everything that is not an outcome, so that a gate's 1 always means that it failed.
    """
    try:
        app()
    except WindlassError as error:
        print(f"Error: {error.message}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - Python's own exit code for a crash is 1, which is a gate's "fail"
        package = _missing_package(error)
        if package is None:
            traceback.print_exc()
        else:
            print(
                f"Error: This needs the package {package!r}, which comes with the server: "
                "pip install 'windlass[server]', or set WINDLASS_URL to use a server elsewhere.",
                file=sys.stderr,
            )
        sys.exit(2)


def _missing_package(error: Exception) -> str | None:
    """Return the package, not ours, that could not be imported, when that is what the error says."""
    name = (error.name or "") if isinstance(error, ModuleNotFoundError) else ""
    package = name.partition(".")[0]
    return package if package not in {"", "windlass"} else None
