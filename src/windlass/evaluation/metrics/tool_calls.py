"""Evaluators of trajectories: the tool calls of a sample against ``metadata.reference_trajectory`` of its item.

The definitions are those of trajectories.py. A sample whose target does not say which tools it called has no
score; one that called none has an empty trajectory. Where the tools are defined, by the evaluator or by the item
(``metadata.tools``, or what its recording was offered), an argument that is not given is its schema's default, on
both sides; Vertex and ADK look at no schema, and neither does what counts as they do.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.tool_schemas import Schemas, as_typed, read_schemas, schemas_of, with_defaults
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
Tools = list[dict[str, Any]]
"""Definitions of tools, as models are offered them."""
Match = Literal["strict", "string", "schema"]

_Sides = Callable[[Trajectory, Trajectory], float | None]
_Maker = Callable[..., Evaluator]


def _compared(
    name: str, compare: Callable[[Comparison], float | None], description: str, *, higher_is_better: bool = True
) -> _Maker:
    """Return what makes an evaluator of a comparison, which may leave out arguments or count as a library does."""

    def make(compat: Compat = "windlass", ignore_args: bool = False, tools: Tools | None = None) -> Evaluator:
        def compared(predicted: Trajectory, reference: Trajectory) -> float | None:
            return compare(Comparison.of(predicted, reference, compat=compat, ignore_args=ignore_args))

        if compat != "windlass" and tools:
            raise InputError(f"`compat: {compat}` knows no schemas of tools; leave out one of the two.")
        completed = _completed(tools) if compat == "windlass" else _as_they_are
        return _evaluator(name, compared, description, higher_is_better=higher_is_better, seen=completed)

    return make


_Seen = Callable[[Trajectory, Sample], Trajectory]
"""How calls are looked at, be they made or wanted."""


def _as_they_are(calls: Trajectory, sample: Sample) -> Trajectory:
    del sample
    return calls


def _completed(tools: Tools | None, *, typed: bool = False) -> _Seen:
    """Return calls as the schemas say that they are. Raises InputError for tools that are no definitions."""
    own: Schemas = read_schemas(tools or ())

    def seen(calls: Trajectory, sample: Sample) -> Trajectory:
        schemas = {**schemas_of(sample.metadata), **own}
        return as_typed(calls, schemas) if typed else with_defaults(calls, schemas) if schemas else calls

    return seen


def _evaluator(
    name: str, measure: _Sides, description: str, *, higher_is_better: bool = True, seen: _Seen = _as_they_are
) -> Evaluator:
    def judge(sample: Sample) -> Judgement:
        if sample.trajectory is None:
            return SILENT
        wanted = read_trajectory(sample.metadata.get(REFERENCE))
        value = measure(seen(sample.trajectory, sample), seen(wanted, sample))
        return Judgement(value) if value is not None else Judgement(None, "undefined", "no tool was to be called")

    return Evaluator(name, judge, higher_is_better, _NEEDS, description)


def make_tool_name_match() -> Evaluator:
    return _evaluator("tool_name_match", tool_name_match, "Share of places with the tool of the reference.")


def make_tool_parameter_key_match(tools: Tools | None = None) -> Evaluator:
    return _evaluator(
        "tool_parameter_key_match",
        parameter_key_match,
        "Share of argument names that are the reference's.",
        seen=_completed(tools),
    )


def make_tool_parameter_match(
    tolerance: Tolerance = 0.0, match: Match = "strict", tools: Tools | None = None
) -> Evaluator:
    """Make the evaluator; numbers are the same within ``tolerance``, relative to the greater one.

    ``strict`` compares JSON, ``string`` what values say ("7" is 7, and "7.0" is not), and ``schema`` values read
    as the types that the tool's schema gives them ("7.0" is 7 where that is a number, and not where it is a text).
    """

    def share(predicted: Trajectory, reference: Trajectory) -> float:
        return parameter_match(predicted, reference, tolerance=tolerance, as_text=match == "string")

    if match == "string" and tolerance:
        raise InputError("`match: string` compares texts, which have no tolerance; leave one of the two out.")
    description = "Share of arguments with the reference's value."
    return _evaluator("tool_parameter_match", share, description, seen=_completed(tools, typed=match == "schema"))


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
