"""Evaluators as artifacts, under names of one's own: those that a run names, and those that it began with."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.registry import Registry
from windlass.errors import InputError, NotFound
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.evaluator_making import NOTHING, Facilities, OpenJudge, make_evaluator
from windlass.evaluation.evaluators import Evaluator


class ChosenEvaluators(NamedTuple):
    evaluators: list[Evaluator]
    versions: dict[str, str]
    """Of those that are artifacts: the digest that was current, by name."""

    def with_always(self, evaluator: Evaluator) -> "ChosenEvaluators":
        """Return them with one that is taken whether somebody named it or not."""
        named = any(each.name == evaluator.name for each in self.evaluators)
        return self if named else self._replace(evaluators=[*self.evaluators, evaluator])


def choose_evaluators(
    registry: Registry,
    project: str,
    names: Iterable[str],
    open_judge: OpenJudge | None = None,
    facilities: Facilities = NOTHING,
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
        evaluators.append(make_evaluator(version.name, body, open_judge, facilities).ready())
        versions[version.name] = version.digest
    return ChosenEvaluators(evaluators, versions)


def restore_evaluators(
    registry: Registry,
    project: str,
    names: Iterable[str],
    versions: Mapping[str, str],
    open_judge: OpenJudge | None = None,
    facilities: Facilities = NOTHING,
) -> list[Evaluator]:
    """Return the evaluators of a run again, those that are artifacts in the version it began with.

    Raises what ``open_judge`` raises, and ConfigurationError for what is not installed or allowed any more.
    """
    return [
        make_evaluator(
            name,
            EvaluatorBody.model_validate(registry.get(project, f"evaluator/{name}@{versions[name]}").body),
            open_judge,
            facilities,
        ).ready()
        if name in versions
        else BUILT_IN[name]
        for name in names
    ]
