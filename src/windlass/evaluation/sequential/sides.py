"""Which items of a run are there, so that a look may see them."""

from collections.abc import Collection
from datetime import datetime

from windlass.evaluation.repeats import RepeatedResult
from windlass.evaluation.result_columns import Results
from windlass.evaluation.resuming import FAILED, PASSING
from windlass.evaluation.runs import UNFINISHED, Run
from windlass.evaluation.samples import SampleResult


def done_items(run: Run, samples: Results, taken_up: datetime | None = None) -> set[str] | None:
    """Return the items whose repeats are all there, with all their judgements; None for all, of a finished run.

    What a finished run lacks is missing, and counted as such; what another lacks may still come. So may what a run
    under way asks again since it was ``taken_up``: a look at the failure would be at something that changes.
    """
    if run.state == "finished":
        return None
    since = _nanoseconds(taken_up) if taken_up is not None and run.state in UNFINISHED else 0
    return {item for item, result in samples.items() if _is_whole(result, run.evaluators, run.repeats, since)}


def _is_whole(result: SampleResult, evaluators: Collection[str], repeats: int, since_ns: int) -> bool:
    each = result.repeats if isinstance(result, RepeatedResult) else (result,)
    return len(each) == repeats and all(
        _is_judged(one, evaluators) and not _comes_again(one, since_ns) for one in each
    )


def _comes_again(result: SampleResult, since_ns: int) -> bool:
    """Tell whether a resumed run asks, or judges, this sample again: see ``PassingTroubles``."""
    if result.end_ns >= since_ns:
        return False
    if result.prediction is None:
        return result.error_type in PASSING
    return any(judgement.label == FAILED for judgement in result.judgements.values())


def _is_judged(result: SampleResult, evaluators: Collection[str]) -> bool:
    """A sample is stored before its judgements: one that lacks any is looked at when they are there."""
    return result.prediction is None or result.judgements.keys() >= set(evaluators)


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1e9)
