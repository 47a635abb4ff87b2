"""The evaluators of a run that names none."""

from collections.abc import Sequence

from windlass.errors import InputError
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.datasets import require_columns
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Item


def fitting(items: Sequence[Item]) -> list[Evaluator]:
    """Return the built-in evaluators that the items have the columns for."""
    return [each for each in BUILT_IN.values() if each.by_default and _fits(items, each)]


def _fits(items: Sequence[Item], evaluator: Evaluator) -> bool:
    try:
        require_columns(items, [evaluator])
    except InputError:
        return False
    return True
