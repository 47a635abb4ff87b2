"""What runs can be compared by, and whether they can be compared at all."""

from collections.abc import Sequence
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.runs import Run, RunSummary

MOST_RUNS: Final = 30

_COSTS: Final = ("cost_usd", "output_tokens", "latency_s")
"""What stands for the cost where nobody says, the first that every run knows."""


def check_runs(runs: Sequence[Run]) -> None:
    """Raise InputError for runs that cannot be compared, before anything of them is read."""
    if not 2 <= len(runs) <= MOST_RUNS:
        raise InputError(f"Between 2 and {MOST_RUNS} runs can be compared at once, not {len(runs)}.")
    twice = next((run.id for place, run in enumerate(runs) if run.id in {each.id for each in runs[:place]}), None)
    if twice is not None:
        raise InputError(f"{twice} is named twice; name each run once.")
    for run in runs:
        if run.state != "finished":
            raise InputError(f"{run.id} is {run.state}; only finished runs can be compared.")
        if run.dataset.digest != runs[0].dataset.digest:
            raise InputError(
                f"{runs[0].id} is on {_data(runs[0])} and {run.id} on {_data(run)}: other data. "
                "Evaluate all releases on one dataset version."
            )


def _data(run: Run) -> str:
    return f"{run.dataset.name} {run.dataset.number}"


def _shared(runs: Sequence[Run]) -> list[str]:
    return [name for name in runs[0].evaluators if all(name in run.evaluators for run in runs[1:])]


def qualities_of(runs: Sequence[Run]) -> list[str]:
    """Return the metrics that all runs have and that say no amount."""
    return [name for name in _shared(runs) if name not in AMOUNTS]


def costs_of(runs: Sequence[Run]) -> list[str]:
    """Return the metrics of all runs of which less is better; first those that all know and that are not all 0."""
    there = [name for name in _shared(runs) if not runs[0].higher_is_better.get(name, True)]
    usual = [name for name in _COSTS if name in there] + [name for name in there if name not in _COSTS]
    return sorted(usual, key=lambda name: (any(mean_of(run, name) is None for run in runs), _is_free(runs, name)))


def _is_free(runs: Sequence[Run], name: str) -> bool:
    return all(mean_of(run, name) == 0 for run in runs)


def choose(name: str | None, known: Sequence[str], what: str) -> str:
    """Return a name if it is known, or the first; raise InputError where there is none."""
    if name is not None and name in known:
        return name
    if not known:
        raise InputError(f"The runs have no {what} in common; evaluate all releases with the same evaluators.")
    if name is not None:
        raise InputError(f"The runs do not all have the {what} {name!r}; they share {', '.join(known)}.")
    return known[0]


def check_evaluators(runs: Sequence[Run], metric: str) -> None:
    """Raise InputError where a metric is not the same thing in all runs."""
    first = runs[0]
    for run in runs[1:]:
        if _scored_by(run, metric) != _scored_by(first, metric):
            raise InputError(
                f"{metric} was scored by two versions of that evaluator, one in {first.id} and another in "
                f"{run.id}. Evaluate all releases with the same."
            )


def _scored_by(run: Run, metric: str) -> tuple[str | None, str | None]:
    return run.evaluator_versions.get(metric), run.judge_prompts.get(metric)


def mean_of(run: RunSummary, metric: str) -> float | None:
    """Return the mean of a metric over a run, if there is any."""
    summary = run.metrics.get(metric)
    return summary.mean if summary else None
