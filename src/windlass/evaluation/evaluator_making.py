"""Making an evaluator of what its file says: a function that windlass has, with parameters.

kind: evaluator
name: recall-at-3
function: recall_at
parameters: {k: 3}

Or code of its own: see artifacts/evaluator_source.py.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from pydantic import ConfigDict, JsonValue, ValidationError, validate_call

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.built_in import BUILT_IN, JUDGES, MAKERS
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.sandbox.code import code_evaluator
from windlass.evaluation.sandbox.limits import SandboxLimits

_STRICT: Final = ConfigDict(strict=True)
_LIMITS: Final = SandboxLimits()

OpenJudge: TypeAlias = Callable[[str, str, Mapping[str, JsonValue]], Ask]
"""Opens the model of a judge: name of the evaluator, reference of the model and its parameters.

Raises InputError for a reference that names no model, ConfigurationError for one without a key.
"""


def make_evaluator(
    name: str,
    body: EvaluatorBody,
    open_judge: OpenJudge | None = None,
    limits: SandboxLimits = _LIMITS,
) -> Evaluator:
    """Make the evaluator that a version describes; ``limits`` are of one with code of its own.

    Raises InputError for a function or parameter unknown here, and what ``open_judge`` raises.
    """
    if body.source is not None:
        return code_evaluator(name, body.source, limits, body.description)
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
