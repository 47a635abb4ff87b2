"""`windlass.case`: a test over all items of a dataset, which pytest runs like any other."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator, Function
from windlass.sdk.datasets import read_dataset
from windlass.sdk.evaluation import Run, evaluate


class Case:
    """What a test evaluates, and the runs that it made."""

    def __init__(
        self,
        target: Callable[[Any], Any],
        dataset: str | Path | Sequence[Mapping[str, object]],
        options: Mapping[str, Any],
    ) -> None:
        self._target = target
        self._dataset = dataset
        self._options = options
        self.runs: list[Run] = []

    def evaluate(self) -> Run:
        data = read_dataset(self._dataset) if isinstance(self._dataset, Path) else self._dataset
        run = evaluate(self._target, dataset=data, **self._options)
        self.runs.append(run)
        return run


def case(
    target: Callable[[Any], Any],
    *,
    dataset: str | Path | Sequence[Mapping[str, object]],
    evaluators: Sequence[str | Function | Evaluator],
    **options: Any,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a test of what a target comes to on a dataset: the test's argument `run` is the finished run.

        @windlass.case(answer, dataset=Path("questions.jsonl"), evaluators=["token_f1"])
        def test_answers_are_near_the_reference(run):
            run.require("token_f1", at_least=0.6)

    Args:
        target: As `windlass.evaluate` takes it.
        dataset: A version on the server (`questions@latest`), a file, by its `Path`, or items.
        evaluators: As `windlass.evaluate` takes them.
        options: Further arguments of `windlass.evaluate`.

    Raises InputError for a test without the argument `run`; what `windlass.evaluate` raises fails the test.
    """

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)
        if "run" not in signature.parameters:
            raise InputError(f"The test {test.__name__} takes no argument `run`: it is given the finished run.")
        made = Case(target, dataset, {"evaluators": evaluators, **options})

        @functools.wraps(test)
        def evaluated(*args: Any, **kwargs: Any) -> None:
            test(*args, **kwargs, run=made.evaluate())

        # Pytest takes the arguments of a test for fixtures, and the plugin knows a test by its case.
        left = [parameter for name, parameter in signature.parameters.items() if name != "run"]
        vars(evaluated).update(__signature__=signature.replace(parameters=left), __windlass_case__=made)
        return evaluated

    return decorate
