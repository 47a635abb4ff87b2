"""Making an evaluator of what its file says: a function that windlass has, with parameters.

kind: evaluator
name: recall-at-3
function: recall_at
parameters: {k: 3}
"""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from pydantic import ConfigDict, JsonValue, ValidationError, validate_call

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.built_in import BUILT_IN, JUDGES, MAKERS, MEDIA_JUDGES
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.judges.media_agreement import MediaTools
from windlass.evaluation.media.resources import NoResources, Resources

_STRICT: Final = ConfigDict(strict=True)

OpenJudge: TypeAlias = Callable[[str, str, Mapping[str, JsonValue]], Ask]
"""Opens the model of a judge: name of the evaluator, reference of the model and its parameters.

Raises InputError for a reference that names no model, ConfigurationError for one without a key.
"""


def make_evaluator(
    name: str,
    body: EvaluatorBody,
    open_judge: OpenJudge | None = None,
    resources: Resources | None = None,
) -> Evaluator:
    """Make the evaluator that a version describes; ``resources`` are what a judge of pictures works with.

    Raises InputError for a function or parameter unknown here, and what ``open_judge`` raises.
    """
    if body.function in JUDGES:
        return _make_judge(name, body, open_judge, resources or NoResources())
    if body.function in BUILT_IN and not body.parameters:
        return replace(BUILT_IN[body.function], name=name)
    maker = MAKERS.get(body.function)
    if maker is None:
        raise InputError(
            f"evaluator/{name} uses the function {body.function!r} with parameters; with parameters there are "
            f"{', '.join(sorted([*MAKERS, *JUDGES]))}, and without {', '.join(sorted(BUILT_IN))}."
        )
    return _make(name, body, maker, body.parameters)


def _make_judge(name: str, body: EvaluatorBody, open_judge: OpenJudge | None, resources: Resources) -> Evaluator:
    parameters = dict(body.parameters)
    ref, settings = parameters.pop("model", None), parameters.pop("model_parameters", {})
    if not isinstance(ref, str) or not isinstance(settings, dict):
        raise InputError(
            f"evaluator/{name} asks a model: its parameters need `model` (provider:name), and may have "
            "`model_parameters` (temperature and the like)."
        )
    if open_judge is None:
        raise InputError(f"evaluator/{name} asks a model, which only a run on a server can.")
    maker = partial(JUDGES[body.function], open_judge(name, ref, settings))
    if body.function in MEDIA_JUDGES:
        other = parameters.pop("question_model", ref), parameters.pop("question_model_parameters", settings)
        maker = partial(maker, _media_tools(name, *other, open_judge, resources))
    return _make(name, body, maker, parameters)


def _media_tools(
    name: str, ref: JsonValue, settings: JsonValue, open_judge: OpenJudge, resources: Resources
) -> MediaTools:
    if not isinstance(ref, str) or not isinstance(settings, dict):
        raise InputError(
            f"evaluator/{name}: `question_model` is a model (provider:name), and may have "
            "`question_model_parameters`."
        )
    asked = f"{ref} {json.dumps(settings, sort_keys=True)}"
    return MediaTools(open_judge(name, ref, settings), asked, resources)


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
