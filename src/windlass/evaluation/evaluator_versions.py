"""Evaluators as artifacts: a function that windlass has, with parameters, under a name of one's own.

kind: evaluator
name: recall-at-3
function: recall_at
parameters: {k: 3}
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from pydantic import ConfigDict, JsonValue, ValidationError, validate_call

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.registry import Registry
from windlass.errors import InputError, NotFound
from windlass.evaluation.built_in import BUILT_IN, JUDGES, MAKERS
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask

_STRICT: Final = ConfigDict(strict=True)


OpenJudge: TypeAlias = Callable[[str, str, Mapping[str, JsonValue]], Ask]
"""Opens the model of a judge: name of the evaluator, reference of the model and its parameters.

Raises InputError for a reference that names no model, ConfigurationError for one without a key.
"""


class ChosenEvaluators(NamedTuple):
    evaluators: list[Evaluator]
    versions: dict[str, str]
    """Of those that are artifacts: the digest that was current, by name."""


def choose_evaluators(
    registry: Registry, project: str, names: Iterable[str], open_judge: OpenJudge | None = None
) -> ChosenEvaluators:
    """Return evaluators by name, the built-in ones first and then the project's own.

    Raises InputError, and what ``open_judge`` raises.
    """
    evaluators, versions = [], {}
    for name in dict.fromkeys(names):
        if name in BUILT_IN:
            evaluators.append(BUILT_IN[name].ready())
            continue
        try:
            version = registry.get(project, name, kind="evaluator")
        except NotFound as error:
            raise InputError(
                f"There is no evaluator {name!r}; built in are {', '.join(sorted(BUILT_IN))}, and one of your own "
                "is pushed as a file with `kind: evaluator`."
            ) from error
        body = EvaluatorBody.model_validate(version.body)
        evaluators.append(make_evaluator(version.name, body, open_judge).ready())
        versions[version.name] = version.digest
    return ChosenEvaluators(evaluators, versions)


def restore_evaluators(
    registry: Registry,
    project: str,
    names: Iterable[str],
    versions: Mapping[str, str],
    open_judge: OpenJudge | None = None,
) -> list[Evaluator]:
    """Return the evaluators of a run again, those that are artifacts in the version it began with."""
    return [
        make_evaluator(
            name,
            EvaluatorBody.model_validate(registry.get(project, f"evaluator/{name}@{versions[name]}").body),
            open_judge,
        )
        if name in versions
        else BUILT_IN[name]
        for name in names
    ]


def make_evaluator(name: str, body: EvaluatorBody, open_judge: OpenJudge | None = None) -> Evaluator:
    """Make the evaluator that a version describes.

    Raises InputError for a function or parameter unknown here, and what ``open_judge`` raises.
    """
    if body.function in JUDGES:
        return _make_judge(name, body, open_judge)
    if body.function in BUILT_IN and not body.parameters:
        return replace(BUILT_IN[body.function], name=name)
    maker = MAKERS.get(body.function)
    if maker is None:
        raise InputError(
            f"evaluator/{name} uses the function {body.function!r} with parameters; with parameters there are "
            f"{', '.join(sorted([*MAKERS, *JUDGES]))}, and without {', '.join(sorted(BUILT_IN))}."
        )
    return _make(name, body, maker, body.parameters)


def _make_judge(name: str, body: EvaluatorBody, open_judge: OpenJudge | None) -> Evaluator:
    parameters = dict(body.parameters)
    ref, settings = parameters.pop("model", None), parameters.pop("model_parameters", {})
    if not isinstance(ref, str) or not isinstance(settings, dict):
        raise InputError(
            f"evaluator/{name} asks a model: its parameters need `model` (provider:name), and may have "
            "`model_parameters` (temperature and the like)."
        )
    if open_judge is None:
        raise InputError(f"evaluator/{name} asks a model, which only a run on a server can.")
    return _make(name, body, partial(JUDGES[body.function], open_judge(name, ref, settings)), parameters)


def _make(
    name: str, body: EvaluatorBody, maker: Callable[..., Evaluator], parameters: Mapping[str, JsonValue]
) -> Evaluator:
    try:
        made: Evaluator = validate_call(config=_STRICT)(maker)(**parameters)
    except ValidationError as error:
        first = error.errors()[0]
        parameter = ".".join(map(str, first["loc"])) or "parameters"
        raise InputError(
            f"evaluator/{name}: {parameter} of {body.function} is wrong: {first['msg']}. "
            f"Its parameters are: {', '.join(inspect.signature(maker).parameters) or 'none'}."
        ) from error
    return replace(made, name=name)
