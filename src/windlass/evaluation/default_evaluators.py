"""The evaluators of a run that names none."""

from collections.abc import Sequence

from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.datasets import columns_lacking
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Item


def fitting(items: Sequence[Item]) -> list[Evaluator]:
    """Return the built-in evaluators that the items have the columns for."""
    usual = [each for each in BUILT_IN.values() if each.by_default]
    lacking = columns_lacking(items, usual)
    return [each for each in usual if lacking.keys().isdisjoint(each.needs)]
