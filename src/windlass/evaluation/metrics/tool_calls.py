"""Evaluators of trajectories: the tool calls of a sample against ``metadata.reference_trajectory`` of its item.

The definitions are those of trajectories.py. A sample whose target does not say which tools it called has no
score; one that called none has an empty trajectory.
"""

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import Field

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.trajectories import (
    Comparison,
    Compat,
    Trajectory,
    parameter_key_match,
    parameter_match,
    read_trajectory,
    single_tool_use,
    tool_name_match,
)

REFERENCE: Final = "reference_trajectory"
_NEEDS: Final = (f"metadata.{REFERENCE}",)
SILENT: Final = Judgement(None, "undefined", "the target does not say which tools it called")

Tolerance = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]

_Maker = Callable[..., Evaluator]


def _compared(
    name: str, compare: Callable[[Comparison], float | None], description: str, *, higher_is_better: bool = True
) -> _Maker:
    """Return what makes an evaluator of a comparison, which may leave out arguments or count as a library does."""

    def make(compat: Compat = "windlass", ignore_args: bool = False) -> Evaluator:
        def compared(predicted: Trajectory, reference: Trajectory) -> float | None:
            return compare(Comparison.of(predicted, reference, compat=compat, ignore_args=ignore_args))

        return _evaluator(name, compared, description, higher_is_better=higher_is_better)

    return make


def _evaluator(
    name: str,
    measure: Callable[[Trajectory, Trajectory], float | None],
    description: str,
    *,
    higher_is_better: bool = True,
) -> Evaluator:
    def judge(sample: Sample) -> Judgement:
        if sample.trajectory is None:
            return SILENT
        value = measure(sample.trajectory, read_trajectory(sample.metadata.get(REFERENCE)))
        return Judgement(value) if value is not None else Judgement(None, "undefined", "no tool was to be called")

    return Evaluator(name, judge, higher_is_better, _NEEDS, description)


def make_tool_name_match() -> Evaluator:
    return _evaluator("tool_name_match", tool_name_match, "Share of places with the tool of the reference.")


def make_tool_parameter_key_match() -> Evaluator:
    return _evaluator(
        "tool_parameter_key_match", parameter_key_match, "Share of argument names that are the reference's."
    )


def make_tool_parameter_match(tolerance: Tolerance = 0.0) -> Evaluator:
    """Make the evaluator; numbers are the same within ``tolerance``, relative to the greater one."""

    def match(predicted: Trajectory, reference: Trajectory) -> float:
        return parameter_match(predicted, reference, tolerance=tolerance)

    return _evaluator("tool_parameter_match", match, "Share of arguments with the reference's value.")


def make_single_tool_use(tool: str) -> Evaluator:
    """Make the evaluator of whether one tool was called; it needs no reference. Raises InputError for no name."""
    if not tool:
        raise InputError("Name the tool that must be called, as `parameters: {tool: search}`.")

    def judge(sample: Sample) -> Judgement:
        return SILENT if sample.trajectory is None else Judgement(single_tool_use(sample.trajectory, tool))

    return Evaluator("trajectory_single_tool_use", judge, description=f"Whether {tool} was called.")


MAKERS: Final[dict[str, _Maker]] = {
    "trajectory_exact_match": _compared(
        "trajectory_exact_match", Comparison.exact_match, "Whether the tool calls are the reference's, one by one."
    ),
    "trajectory_in_order_match": _compared(
        "trajectory_in_order_match",
        Comparison.in_order_match,
        "Whether the reference's calls were made in their order, others between them aside.",
    ),
    "trajectory_any_order_match": _compared(
        "trajectory_any_order_match", Comparison.any_order_match, "Whether the reference's calls were all made."
    ),
    "trajectory_precision": _compared(
        "trajectory_precision", Comparison.precision, "Share of the calls made that the reference has."
    ),
    "trajectory_recall": _compared(
        "trajectory_recall", Comparison.recall, "Share of the reference's calls that were made."
    ),
    "trajectory_f1": _compared(
        "trajectory_f1", Comparison.f1, "Harmonic mean of trajectory precision and recall."
    ),
    "trajectory_edit_distance": _compared(
        "trajectory_edit_distance",
        Comparison.edit_distance,
        "Calls to change to come to the reference's, over the longer trajectory.",
        higher_is_better=False,
    ),
    "tool_name_match": make_tool_name_match,
    "tool_parameter_key_match": make_tool_parameter_key_match,
    "tool_parameter_match": make_tool_parameter_match,
    "trajectory_single_tool_use": make_single_tool_use,
}
"""By the name of the evaluator that each makes."""

BUILT_IN: Final = tuple(make() for name, make in MAKERS.items() if name != "trajectory_single_tool_use")
