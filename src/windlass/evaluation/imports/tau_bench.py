"""Results of tau-bench: a list of runs, each of one task in one trial, with its messages and its reward."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from windlass.canonical import digest
from windlass.evaluation.conversations import answer_of, calls_of, read_conversation
from windlass.evaluation.formats.format import load_json
from windlass.evaluation.imports.imported import ImportedRun, ImportedSample, ImportOptions, Step, refuse, slug
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.samples import Item, Judgement, Prediction

_TOOL: Final = "tau-bench"
_PARTS: Final = ("r_actions", "r_outputs")
"""What a reward is made of: the state of the database, and what the user was to be told."""


class _Result(BaseModel):
    model_config = ConfigDict(extra="ignore")

    task_id: int | str
    reward: FiniteFloat
    trial: int = Field(default=0, ge=0, lt=1000)
    info: dict[str, Any] = {}
    traj: list[dict[str, Any]] = []


def read_tau_bench(path: Path, options: ImportOptions) -> list[ImportedRun]:
    content = load_json(path)
    if not isinstance(content, list) or not content:
        raise refuse(path, "the whole file", "results of tau-bench are a list of runs, and this is none.")
    results = [_result(path, place, each) for place, each in enumerate(content, 1)]
    repeats = _repeats(results)
    items: dict[str, Item] = {}
    for result in sorted(results, key=lambda each: _task(each) is None):
        items.setdefault(str(result.task_id), _item(path, result))
    ordered = dict.fromkeys(str(result.task_id) for result in results)
    samples = [_sample(result, repeat, options.model) for result, repeat in zip(results, repeats, strict=True)]
    names = dict.fromkeys(name for sample in samples for name in sample.scores)
    return [
        ImportedRun(
            tool=_TOOL,
            digest=digest(content),
            release=options.name or slug(path.stem, _TOOL),
            entry=f"{_TOOL}: {path.stem}",
            dataset=options.dataset or slug(f"{_TOOL}-{path.stem}", _TOOL),
            items=[items[task] for task in ordered],
            samples=samples,
            metrics=dict.fromkeys(names, True),
        )
    ]


def _result(path: Path, place: int, value: object) -> _Result:
    try:
        return _Result.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "it"
        raise refuse(path, f"run {place}", f"{field!r} is wrong: {first['msg']}.") from error


def _repeats(results: Sequence[_Result]) -> list[int]:
    """Return which repeat of its task each run is: by its trial, or its place where trials are not told apart."""
    seen: dict[str, set[int]] = {}
    repeats = []
    for result in results:
        taken = seen.setdefault(str(result.task_id), set())
        repeat = result.trial + 1
        while repeat in taken:
            repeat += 1
        taken.add(repeat)
        repeats.append(repeat)
    return repeats


def _task(result: _Result) -> Mapping[str, Any] | None:
    task = result.info.get("task")
    return task if isinstance(task, Mapping) and task.get("instruction") else None


def _item(path: Path, result: _Result) -> Item:
    task = _task(result)
    if task is None:
        # Every trial of it broke off before its task was kept.
        return Item(id=str(result.task_id), input=f"task {result.task_id}")
    actions = task.get("actions") or []
    if not isinstance(actions, list) or not all(
        isinstance(each, Mapping) and each.get("name") for each in actions
    ):
        raise refuse(path, f"task {result.task_id}", "`actions` is a list of calls, each with a `name`.")
    metadata = {
        REFERENCE: [{"tool_name": each["name"], "tool_input": each.get("kwargs") or {}} for each in actions],
        **({"user_id": task["user_id"]} if task.get("user_id") else {}),
        **({"outputs": task["outputs"]} if task.get("outputs") else {}),
    }
    return Item(id=str(result.task_id), input=task["instruction"], metadata=metadata)


def _sample(result: _Result, repeat: int, model: str) -> ImportedSample:
    messages = read_conversation(result.traj)
    error = "" if messages else str(result.info.get("error") or "the run has no messages")
    return ImportedSample(
        item=str(result.task_id),
        repeat=repeat,
        messages=messages,
        prediction=Prediction(output=answer_of(messages), trajectory=calls_of(messages)) if messages else None,
        error=error,
        scores={"reward": Judgement(result.reward), **_parts_of_reward(result)},
        models={place: Step(model=model) for place, each in enumerate(messages) if each.role == "assistant"},
    )


def _parts_of_reward(result: _Result) -> dict[str, Judgement]:
    reward = result.info.get("reward_info")
    info = reward.get("info") if isinstance(reward, Mapping) else None
    parts = {name: info.get(name) for name in _PARTS} if isinstance(info, Mapping) else {}
    numbers = {name: float(value) for name, value in parts.items() if isinstance(value, int | float)}
    return {name: Judgement(number) for name, number in numbers.items() if math.isfinite(number)}
