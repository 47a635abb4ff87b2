"""Evaluators in the files of other tools: which tool's a file is, and windlass's own file of each evaluator."""

from pathlib import Path
from typing import IO, Final, Literal

import yaml

from windlass.artifacts.references import check_name
from windlass.errors import InputError
from windlass.evaluation.portable.adk_config import evaluators_of_config, is_eval_config, write_eval_config
from windlass.evaluation.portable.portable import PortableEvaluator, PortableFile
from windlass.evaluation.portable.vertex_metrics import is_metric, load_metric, metric_of, write_metric

Tool = Literal["adk", "vertex"]
TOOLS: Final = ("adk", "vertex")


def read_portable(path: Path, model: str | None = None) -> PortableFile:
    """Read an EvalConfig of ADK or a metric of Vertex AI, by its content.

    ``model`` is that of judges, in the place of the one that is named. Raises InputError.
    """
    content = load_metric(path)
    if is_eval_config(content):
        return evaluators_of_config(content, str(path), model)
    if is_metric(content):
        return PortableFile([metric_of(content, str(path), model)])
    raise InputError(
        f"{path} is no EvalConfig of ADK (an object with `criteria`) and no metric of Vertex AI (`metadata` and "
        "`steps`, or a `prompt_template`)."
    )


def write_evaluator(evaluator: PortableEvaluator, folder: Path) -> Path:
    """Write an evaluator as windlass's own file, which `windlass push` takes. Raises InputError."""
    path = folder / f"{check_name(evaluator.name, 'an evaluator')}.yaml"
    if path.exists():
        raise InputError(f"{path} is there already: move it away, or name another folder with `--output`.")
    content = {"kind": "evaluator", "name": evaluator.name, **evaluator.body}
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def write_portable(tool: Tool, evaluators: list[PortableEvaluator], file: IO[bytes], *, version: str) -> None:
    """Write evaluators as a file of a tool. Raises InputError for what the tool has no place for."""
    if tool == "adk":
        write_eval_config(evaluators, file)
        return
    if len(evaluators) != 1:
        raise InputError("A file of Vertex AI holds one metric: name one evaluator.")
    write_metric(evaluators[0], file, version=version)
