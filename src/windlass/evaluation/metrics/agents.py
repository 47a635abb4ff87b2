"""Evaluators of how an agent went about its task: which tools it chose, what it did about errors, what it spent.

A call that was denied or put off was chosen all the same, so it counts as a choice; a retry is a call of its own.
A sample whose target does not say which tools it called has no score.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Annotated, Final

from pydantic import Field

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator, evaluator
from windlass.evaluation.metrics.tool_calls import REFERENCE, SILENT
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.tool_schemas import schemas_of, with_defaults
from windlass.evaluation.trajectories import ToolCall, Trajectory, key_of, read_trajectory

Limit = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@evaluator(needs=(f"metadata.{REFERENCE}",))
def tool_choice_accuracy(sample: Sample) -> Judgement:
    """Share of the decisions, each of them a tool or no more tool, that are the reference's."""
    if sample.trajectory is None:
        return SILENT
    return Judgement(choice_accuracy(sample.trajectory, read_trajectory(sample.metadata.get(REFERENCE))))


def choice_accuracy(made: Trajectory, reference: Trajectory) -> float:
    """(Σ_i [made_i and reference_i name the same tool] + [as many calls]) / (|R| + 1).

    The reference's calls are a decision each, and to call no more tool is the last one: where no tool is to be
    called, it is the only one. An agent that stops early has not come to the decisions that are left.
    """
    right = sum(call.tool_name == wanted.tool_name for call, wanted in zip(made, reference, strict=False))
    return (right + (len(made) == len(reference))) / (len(reference) + 1)


@evaluator(by_default=False)
def error_recovery(sample: Sample) -> Judgement:
    """Share of the failed tool calls after which the same tool was called again and did its work."""
    calls = sample.trajectory
    if calls is None:
        return SILENT
    failed = [place for place, call in enumerate(calls) if call.outcome == "failed"]
    if not failed:
        return Judgement(None, "undefined", "no tool call failed")
    recovered = sum(_is_done(calls[place].tool_name, calls[place + 1 :]) for place in failed)
    return Judgement(recovered / len(failed))


def _is_done(tool: str, calls: Sequence[ToolCall]) -> bool:
    return any(call.tool_name == tool and call.outcome == "done" for call in calls)


@evaluator(higher_is_better=False, by_default=False)
def repeated_calls(sample: Sample) -> Judgement:
    """Tool calls that are equal to one that was done before: what it answered was known."""
    if sample.trajectory is None:
        return SILENT
    done: set[Hashable] = set()
    repeated = 0
    for call in with_defaults(sample.trajectory, schemas_of(sample.metadata)):
        key = key_of(call)
        repeated += key in done
        if call.outcome == "done":
            done.add(key)
    return Judgement(float(repeated))


_SPENT: Final[Mapping[str, Callable[[Sample], float | None]]] = {
    "tool_calls": lambda sample: None if sample.trajectory is None else len(sample.trajectory),
    "tokens": lambda sample: (
        None if sample.usage is None else sample.usage.input_tokens + sample.usage.output_tokens
    ),
    "cost_usd": lambda sample: sample.cost_usd,
    "latency_s": lambda sample: sample.latency_s,
}


def within_budget(
    tool_calls: Limit | None = None,
    tokens: Limit | None = None,
    cost_usd: Limit | None = None,
    latency_s: Limit | None = None,
) -> Evaluator:
    """Make the evaluator of whether a sample kept every limit that is given. Raises InputError for none."""
    given = {"tool_calls": tool_calls, "tokens": tokens, "cost_usd": cost_usd, "latency_s": latency_s}
    limits = {name: limit for name, limit in given.items() if limit is not None}
    if not limits:
        raise InputError(f"A budget has at least one limit: {', '.join(given)}.")

    def judge(sample: Sample) -> Judgement:
        spent = {name: _SPENT[name](sample) for name in limits}
        over = [
            f"{name} {value:g} of {limits[name]:g}"
            for name, value in spent.items()
            if value is not None and value > limits[name]
        ]
        if over:
            return Judgement(0.0, "", f"over: {', '.join(over)}")
        unknown = [name for name, value in spent.items() if value is None]
        if unknown:
            return Judgement(None, "undefined", f"not known: {', '.join(unknown)}")
        return Judgement(1.0)

    description = "Whether a sample kept its limits of tool calls, tokens, money and time."
    return Evaluator("within_budget", judge, description=description)


BUILT_IN: Final = (tool_choice_accuracy, error_recovery, repeated_calls)
