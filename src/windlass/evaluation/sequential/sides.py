"""Which items of a run are there, so that a look may see them."""

from collections.abc import Collection

from windlass.evaluation.repeats import RepeatedResult
from windlass.evaluation.result_columns import Results
from windlass.evaluation.runs import Run
from windlass.evaluation.samples import SampleResult


def done_items(run: Run, samples: Results) -> set[str] | None:
    """Return the items whose repeats are all there, with all their judgements; None for all, of a finished run.

    What a finished run lacks is missing, and counted as such; what another lacks may still come.
    """
    if run.state == "finished":
        return None
    return {item for item, result in samples.items() if _is_whole(result, run.evaluators, run.repeats)}


def _is_whole(result: SampleResult, evaluators: Collection[str], repeats: int) -> bool:
    each = result.repeats if isinstance(result, RepeatedResult) else (result,)
    return len(each) == repeats and all(_is_judged(one, evaluators) for one in each)


def _is_judged(result: SampleResult, evaluators: Collection[str]) -> bool:
    """A sample is stored before its judgements: one that lacks any is looked at when they are there."""
    return result.prediction is None or result.judgements.keys() >= set(evaluators)
