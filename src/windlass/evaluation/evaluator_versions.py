"""Evaluators as artifacts: a function that windlass has, with parameters, under a name of one's own.

kind: evaluator
name: recall-at-3
function: recall_at
parameters: {k: 3}
"""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from pydantic import ConfigDict, ValidationError, validate_call

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.registry import Registry
from windlass.errors import InputError, NotFound
from windlass.evaluation.built_in import BUILT_IN, MAKERS
from windlass.evaluation.evaluators import Evaluator

_STRICT: Final = ConfigDict(strict=True)


class ChosenEvaluators(NamedTuple):
    evaluators: list[Evaluator]
    versions: dict[str, str]
    """Of those that are artifacts: the digest that was current, by name."""


def choose_evaluators(registry: Registry, project: str, names: Iterable[str]) -> ChosenEvaluators:
    """Return evaluators by name, the built-in ones first and then the project's own. Raises InputError."""
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
        evaluators.append(make_evaluator(version.name, EvaluatorBody.model_validate(version.body)).ready())
        versions[version.name] = version.digest
    return ChosenEvaluators(evaluators, versions)


def restore_evaluators(
    registry: Registry, project: str, names: Iterable[str], versions: Mapping[str, str]
) -> list[Evaluator]:
    """Return the evaluators of a run again, those that are artifacts in the version it began with."""
    return [
        make_evaluator(
            name, EvaluatorBody.model_validate(registry.get(project, f"evaluator/{name}@{versions[name]}").body)
        )
        if name in versions
        else BUILT_IN[name]
        for name in names
    ]


def make_evaluator(name: str, body: EvaluatorBody) -> Evaluator:
    """Make the evaluator that a version describes. Raises InputError for a function or parameter unknown here."""
    if body.function in BUILT_IN and not body.parameters:
        return replace(BUILT_IN[body.function], name=name)
    maker = MAKERS.get(body.function)
    if maker is None:
        raise InputError(
            f"evaluator/{name} uses the function {body.function!r} with parameters; with parameters there are "
            f"{', '.join(sorted(MAKERS))}, and without {', '.join(sorted(BUILT_IN))}."
        )
    try:
        made: Evaluator = validate_call(config=_STRICT)(maker)(**body.parameters)
    except ValidationError as error:
        first = error.errors()[0]
        parameter = ".".join(map(str, first["loc"])) or "parameters"
        raise InputError(
            f"evaluator/{name}: {parameter} of {body.function} is wrong: {first['msg']}. "
            f"Its parameters are: {', '.join(inspect.signature(maker).parameters) or 'none'}."
        ) from error
    return replace(made, name=name)
