"""What an evaluator is, said without running it: code or a judge, what it needs, what its judge is told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, JsonValue

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.references import Selector
from windlass.artifacts.registry import LATEST, ArtifactSummary, Registry
from windlass.artifacts.versions import Version, VersionSummary
from windlass.errors import InputError, NotFound
from windlass.evaluation.built_in import BUILT_IN, JUDGES, JURY
from windlass.evaluation.evaluator_making import Facilities, make_evaluator, models_of
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.generated import MemoryQuestions
from windlass.evaluation.judges.judging import Ask
from windlass.models.completion import Completion, Message, OutputSchema


class ScalePoint(BaseModel):
    """One of the values that an evaluator may give."""

    value: float
    meaning: str


class EvaluatorSummary(BaseModel):
    """One line of the list of evaluators."""

    name: str
    kind: Literal["code", "judge"]
    built_in: bool
    function: str
    description: str
    model: str
    """Of a judge: the model that is asked; of a jury, all of them."""
    higher_is_better: bool
    needs: list[str]
    """What the items of a dataset must have for it: reference, metadata.<name>."""
    latest: VersionSummary | None
    """Of one of the project's own."""
    versions: int
    labels: dict[str, str]
    problem: str
    """Why it cannot be used; empty where it can."""


class EvaluatorDetail(EvaluatorSummary):
    """One version, whole."""

    version: VersionSummary | None
    parameters: dict[str, JsonValue]
    """As its file says them."""
    told: str
    """Of a judge: what it is told, which is windlass's own text around what its version says."""
    prompt: str
    """The digest of that and of the form of its verdict: scores of one digest are of one judge."""
    source: str
    """Of one with code of its own: that code."""
    scale: list[ScalePoint]
    """The values it may give, from the lowest up, where they are few."""


def list_evaluators(registry: Registry, project: str) -> list[EvaluatorSummary]:
    """Return the project's own evaluators and then the built-in ones, by name."""
    own = [
        _own(artifact, registry.get(project, Selector("evaluator", artifact.name, LATEST)))
        for artifact in registry.list_artifacts(project, "evaluator")
    ]
    return [*own, *(_built_in(name) for name in sorted(BUILT_IN))]


def describe_evaluator(registry: Registry, project: str, name: str, what: str = LATEST) -> EvaluatorDetail:
    """Return a version of an evaluator, or a built-in one. Raises NotFound.

    A built-in one comes first, as it does in a run.
    """
    if name in BUILT_IN:
        return _detail(_built_in(name), None, EvaluatorBody(function=name))
    listed = {artifact.name: artifact for artifact in registry.list_artifacts(project, "evaluator")}
    if name not in listed:
        raise NotFound(
            f"There is no evaluator {name!r}; built in are {', '.join(sorted(BUILT_IN))}, and one of your own is "
            "pushed as a file with `kind: evaluator`."
        )
    version = registry.get(project, Selector("evaluator", name, what))
    return _detail(_own(listed[name], version), version, EvaluatorBody.model_validate(version.body))


def _built_in(name: str) -> EvaluatorSummary:
    known = BUILT_IN[name]
    return EvaluatorSummary(
        name=name,
        kind="code",
        built_in=True,
        function=name,
        description=known.description,
        model="",
        higher_is_better=known.higher_is_better,
        needs=list(known.needs),
        latest=None,
        versions=0,
        labels={},
        problem="",
    )


def _own(artifact: ArtifactSummary, version: Version) -> EvaluatorSummary:
    body = EvaluatorBody.model_validate(version.body)
    made, problem = _made(artifact.name, body)
    return EvaluatorSummary(
        name=artifact.name,
        kind="judge" if _is_judge(body) else "code",
        built_in=False,
        function=body.function,
        description=body.description or (made.description if made else ""),
        model=", ".join(models_of(body)),
        higher_is_better=made.higher_is_better if made else True,
        needs=list(made.needs) if made else [],
        latest=artifact.latest,
        versions=artifact.versions,
        labels=artifact.labels,
        problem=problem,
    )


def _detail(summary: EvaluatorSummary, version: Version | None, body: EvaluatorBody) -> EvaluatorDetail:
    made, _ = _made(summary.name, body)
    return EvaluatorDetail(
        **dict(summary),
        version=version and VersionSummary(**version.model_dump(include=set(VersionSummary.model_fields))),
        parameters=body.parameters,
        told=made.told if made else "",
        prompt=made.prompt if made else "",
        source=body.source or "",
        scale=list(_scale(body)),
    )


def _is_judge(body: EvaluatorBody) -> bool:
    return body.source is None and body.function in (*JUDGES, JURY)


def _made(name: str, body: EvaluatorBody) -> tuple[Evaluator | None, str]:
    """Make an evaluator that is only looked at; or say why it cannot be made."""
    try:
        return make_evaluator(name, body, _unasked, Facilities(kept=MemoryQuestions())), ""
    except InputError as error:
        return None, error.message


def _scale(body: EvaluatorBody) -> Iterator[ScalePoint]:
    if body.source is not None:
        return
    if body.function == "pairwise":
        yield from (
            ScalePoint(value=value, meaning=word) for value, word in ((-1, "loss"), (0, "tie"), (1, "win"))
        )
    scores = body.parameters.get("scores")
    if body.function != "rubric" or not isinstance(scores, Mapping):
        return
    try:
        yield from (
            ScalePoint(value=float(score), meaning=str(scores[score])) for score in sorted(scores, key=float)
        )
    except ValueError:
        # A score that is no number: making the evaluator said so already.
        return


def _unasked(_evaluator: str, _ref: str, _parameters: Mapping[str, JsonValue]) -> Ask:
    async def ask(_messages: Sequence[Message], _schema: OutputSchema) -> Completion:
        raise AssertionError("a judge that is only described was asked")

    return ask
