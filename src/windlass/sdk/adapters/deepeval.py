"""Metrics of deepeval as evaluators, by its test cases and `a_measure`. Looked at with deepeval 4."""

import copy
import inspect
from typing import Any, Final, Literal

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.trajectories import ToolCall
from windlass.sdk.adapters.samples import (
    judged,
    metric_name,
    module_of,
    passages_of,
    question_of,
    reference_calls,
    reference_of,
)

_NEEDED: Final = {
    "expected_output": "reference",
    "expected_tools": f"metadata.{REFERENCE}",
    "context": "metadata.context",
}


def from_deepeval(metric: Any, *, name: str | None = None, higher_is_better: bool = True) -> Evaluator:
    """Make an evaluator of a metric of deepeval, for `windlass.evaluate`; it runs in this process.

    Args:
        metric: An object such as `deepeval.metrics.GEval(…)`. It gets a test case of input, output, reference,
            passages, tool calls, tokens, cost and time, and of the item's metadata `context` and
            `reference_trajectory`.
        name: Of the scores; by default the metric's.
        higher_is_better: Whether more of it is better.

    Its threshold decides nothing: that is the gate's. Raises InputError for what is no metric of deepeval.
    """
    if not hasattr(metric, "a_measure") or not hasattr(metric, "measure"):
        raise InputError(
            f"A {type(metric).__name__} is no metric of deepeval: it has no `measure` and `a_measure`."
        )
    source: Literal["code", "judge"] = "judge" if getattr(metric, "model", None) is not None else "code"
    quiet = {"_show_indicator": False} if "_show_indicator" in _parameters(metric) else {}

    async def judge(sample: Sample) -> Judgement:
        # A metric keeps what it said last in itself: samples that are judged side by side have one each.
        own = copy.copy(metric)
        value = await own.a_measure(_case(sample), **quiet)
        if getattr(own, "skipped", False):
            return Judgement(None, "skipped", str(own.reason or ""), source)
        return judged(own.score if own.score is not None else value, str(own.reason or ""), source)

    return Evaluator(
        name or metric_name(str(getattr(metric, "__name__", type(metric).__name__))),
        judge,
        higher_is_better=higher_is_better,
        needs=_needs(metric),
        description=f"{type(metric).__name__} of deepeval.",
    )


def _parameters(metric: Any) -> set[str]:
    return set(inspect.signature(metric.a_measure).parameters)


def _needs(metric: Any) -> tuple[str, ...]:
    required = getattr(metric, "_required_params", ())
    wanted = [getattr(each, "value", each) for each in required] if isinstance(required, list | tuple) else []
    return tuple(_NEEDED[each] for each in wanted if each in _NEEDED)


def _case(sample: Sample) -> Any:
    cases = module_of("deepeval.test_case")
    usage = sample.usage
    given = {
        "input": question_of(sample),
        "actual_output": sample.output,
        "expected_output": reference_of(sample),
        "context": sample.metadata.get("context"),
        "retrieval_context": passages_of(sample) or None,
        "tools_called": _calls(cases, sample.trajectory),
        "expected_tools": _calls(cases, reference_calls(sample)),
        "token_cost": sample.cost_usd,
        "input_token_count": usage and usage.input_tokens,
        "output_token_count": usage and usage.output_tokens,
        "completion_time": sample.latency_s,
        "metadata": dict(sample.metadata) or None,
    }
    return cases.LLMTestCase(**{each: value for each, value in given.items() if value is not None})


def _calls(cases: Any, calls: Any) -> Any:
    return None if calls is None else [_call(cases, call) for call in calls]


def _call(cases: Any, call: ToolCall) -> Any:
    return cases.ToolCall(name=call.tool_name, input_parameters=dict(call.tool_input), output=call.tool_output)
