"""The tools whose runs can be imported, by name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.imports import inspect_logs, judgements, promptfoo_results, tau_bench
from windlass.evaluation.imports.imported import ImportedRun, Importer, ImportOptions

IMPORTERS: Final[Mapping[str, Importer]] = {
    each.name: each
    for each in (
        Importer("tau-bench", "results of tau-bench (JSON)", tau_bench.read_tau_bench, frozenset({"model"})),
        Importer("inspect", "logs of Inspect (.eval, .json)", inspect_logs.read_inspect),
        Importer("promptfoo", "results of promptfoo (JSON)", promptfoo_results.read_promptfoo_results),
        Importer(
            "judgements",
            "verdicts of a judge, a row each (JSON, JSON Lines, CSV, Parquet)",
            judgements.read_judgements,
            frozenset({"items", "columns", "verdicts"}),
        ),
    )
}


def read_runs(tool: str, path: Path, options: ImportOptions) -> list[ImportedRun]:
    """Return the runs that a tool's file holds. Raises InputError naming the place of what is wrong."""
    importer = IMPORTERS.get(tool)
    if importer is None:
        raise InputError(f"There is no import of {tool!r}; there are {', '.join(IMPORTERS)}.")
    given = {name: getattr(options, name) for name in ("model", "items", "columns", "verdicts")}
    strange = next((name for name, value in given.items() if value and name not in importer.takes), None)
    if strange is not None:
        raise InputError(f"`--{_OPTIONS.get(strange, strange)}` means nothing for {tool}: leave it out.")
    return importer.read(path, options)


_OPTIONS: Final = {"columns": "column", "verdicts": "verdict"}
