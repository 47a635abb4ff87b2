"""Making an evaluator of what its file says: a function that windlass has, with parameters.

kind: evaluator
name: recall-at-3
function: recall_at
parameters: {k: 3}

Or code of its own: see artifacts/evaluator_source.py.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, validate_call

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.built_in import BUILT_IN, GENERATED, JUDGES, JURY, MAKERS, MEDIA_JUDGES
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.generated import KeptQuestions
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.judges.jury import Combine, jury
from windlass.evaluation.judges.media_agreement import MediaTools
from windlass.evaluation.media.resources import NoResources, Resources
from windlass.evaluation.sandbox.code import code_evaluator
from windlass.evaluation.sandbox.limits import SandboxLimits

_STRICT: Final = ConfigDict(strict=True, arbitrary_types_allowed=True)

OpenJudge: TypeAlias = Callable[[str, str, Mapping[str, JsonValue]], Ask]
"""Opens the model of a judge: name of the evaluator, reference of the model and its parameters.

Raises InputError for a reference that names no model, ConfigurationError for one without a key.
"""


@dataclass(frozen=True)
class Facilities:
    """What evaluators work with beside their model; who runs them gives it."""

    resources: Resources = field(default_factory=NoResources)
    """Of a judge of pictures: where these are, and the questions about them."""
    kept: KeptQuestions | None = None
    """Where questions that a model wrote for items are kept."""
    code: SandboxLimits = field(default_factory=SandboxLimits)
    """What an evaluator with code of its own may take."""


NOTHING: Final = Facilities()


class _Member(BaseModel):
    """A judge of a jury, as its file says it."""

    model_config = ConfigDict(extra="forbid")

    name: str = ""
    function: str
    parameters: dict[str, JsonValue] = {}


class _Jury(BaseModel):
    model_config = ConfigDict(extra="forbid")

    members: Annotated[list[_Member], Field(max_length=20)]
    combine: Combine = "majority"
    quorum: int | None = None


def make_evaluator(
    name: str, body: EvaluatorBody, open_judge: OpenJudge | None = None, facilities: Facilities = NOTHING
) -> Evaluator:
    """Make the evaluator that a version describes.

    Raises InputError for a function or parameter unknown here, and what ``open_judge`` raises.
    """
    if body.source is not None:
        return code_evaluator(name, body.source, facilities.code, body.description)
    if body.function == JURY:
        return _make_jury(name, body, open_judge, facilities)
    if body.function in JUDGES:
        return _make_judge(name, body, open_judge, facilities)
    if body.function in BUILT_IN and not body.parameters:
        return replace(BUILT_IN[body.function], name=name)
    maker = MAKERS.get(body.function)
    if maker is None:
        raise InputError(
            f"evaluator/{name} uses the function {body.function!r} with parameters; with parameters there are "
            f"{', '.join(sorted([*MAKERS, *JUDGES, JURY]))}, and without {', '.join(sorted(BUILT_IN))}."
        )
    return _make(name, body, maker, body.parameters)


def models_of(body: EvaluatorBody) -> list[str]:
    """Return the models that an evaluator asks, each once: none for code, several for a jury."""
    if body.function in JUDGES:
        model = body.parameters.get("model")
        return [model] if isinstance(model, str) else []
    members = body.parameters.get("members") if body.function == JURY else None
    named = (
        [each.get("parameters") for each in members if isinstance(each, dict)] if isinstance(members, list) else []
    )
    models = [parameters.get("model") for parameters in named if isinstance(parameters, dict)]
    return list(dict.fromkeys(model for model in models if isinstance(model, str)))


def _make_jury(name: str, body: EvaluatorBody, open_judge: OpenJudge | None, facilities: Facilities) -> Evaluator:
    try:
        read = _Jury.model_validate(body.parameters)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "parameters"
        raise InputError(
            f"evaluator/{name}: {place} of {JURY} is wrong: {first['msg']}. Its parameters are: "
            f"{', '.join(_Jury.model_fields)}; a member has {', '.join(_Member.model_fields)}."
        ) from error
    members: dict[str, Evaluator] = {}
    for number, member in enumerate(read.members, 1):
        called = member.name or f"member {number}"
        if called in members:
            raise InputError(f"evaluator/{name}: two members of the jury are named {called!r}; give each its own.")
        if member.function not in JUDGES:
            raise InputError(
                f"evaluator/{name}: {called} is no judge, {member.function!r}; the members of a jury are of "
                f"{', '.join(sorted(JUDGES))}."
            )
        part = EvaluatorBody(function=member.function, parameters=member.parameters)
        members[called] = _make_judge(f"{name}/{called}", part, open_judge, facilities)
    return replace(jury(members, read.combine, read.quorum), name=name)


def _make_judge(name: str, body: EvaluatorBody, open_judge: OpenJudge | None, facilities: Facilities) -> Evaluator:
    parameters = dict(body.parameters)
    ref, settings = parameters.pop("model", None), parameters.pop("model_parameters", {})
    if not isinstance(ref, str) or not isinstance(settings, dict):
        raise InputError(
            f"evaluator/{name} asks a model: its parameters need `model` (provider:name), and may have "
            "`model_parameters` (temperature and the like)."
        )
    if open_judge is None:
        raise InputError(f"evaluator/{name} asks a model, which only a run on a server can.")
    ask = open_judge(name, ref, settings)
    maker = partial(JUDGES[body.function], ask)
    if body.function in MEDIA_JUDGES:
        other = parameters.pop("question_model", ref), parameters.pop("question_model_parameters", settings)
        maker = partial(maker, _media_tools(name, *other, open_judge, facilities.resources))
    elif body.function == GENERATED:
        if facilities.kept is None:
            raise InputError(
                f"evaluator/{name} keeps the questions that it writes, which only a server can: evaluate there, "
                f"or have them in the items (`windlass evaluators questions {name} --write`) and use `checklist`."
            )
        maker = partial(maker, facilities.kept, {"model": ref, "model_parameters": settings})
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
