"""Metrics of ragas as evaluators: the present ones, which take parts by name, and those that take whole samples.

Looked at with ragas 0.4.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
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
    output_text,
    passages_of,
    question_of,
    reference_calls,
    reference_of,
)

_OF_METADATA: Final = ("reference_contexts", "reference_topics", "rubrics", "retrieved_context_ids")
_VALUES: Final = {"pass": 1.0, "fail": 0.0}


def from_ragas(
    metric: Any,
    *,
    llm: Any = None,
    name: str | None = None,
    higher_is_better: bool = True,
    values: Mapping[str, float] = _VALUES,
) -> Evaluator:
    """Make an evaluator of a metric of ragas, for `windlass.evaluate`; it runs in this process.

    Args:
        metric: An object of `ragas.metrics.collections`, of the older `ragas.metrics`, or a function with one of
            ragas' decorators. It gets `user_input`, `response`, `reference`, `retrieved_contexts`, the tool calls,
            and of the item's metadata `reference_contexts`, `reference_topics`, `rubrics` and
            `retrieved_context_ids`.
        llm: For one that is a prompt alone and takes its model at each call (`DiscreteMetric` and the like).
        name: Of the scores; by default the metric's.
        higher_is_better: Whether more of it is better.
        values: What words are worth, where it answers in words.

    Raises InputError for what is no metric of ragas.
    """
    reader = _reader(metric, llm)
    asks = llm is not None or getattr(metric, "llm", None) is not None
    source: Literal["code", "judge"] = "judge" if asks else "code"

    async def judge(sample: Sample) -> Judgement:
        answer = await reader.score(sample)
        value = getattr(answer, "value", answer)
        value = values.get(value, value) if isinstance(value, str) else value
        return judged(value, str(getattr(answer, "reason", None) or ""), source)

    return Evaluator(
        name or metric_name(str(metric.name)),
        judge,
        higher_is_better=higher_is_better,
        needs=reader.needs,
        description=f"{type(metric).__name__} of ragas.",
    )


class _ByName:
    """A metric that takes a sample's parts as arguments."""

    def __init__(self, metric: Any, llm: Any) -> None:
        self._metric = metric
        self._llm = {} if llm is None else {"llm": llm}
        parameters = inspect.signature(getattr(metric, "_func", None) or metric.ascore).parameters
        self._takes = [each for each in parameters if parameters[each].kind is not inspect.Parameter.VAR_KEYWORD]
        self._takes_all = len(self._takes) < len(parameters)
        needed = {each for each in self._takes if parameters[each].default is inspect.Parameter.empty}
        self._as_conversation = "Message" in str(
            parameters["user_input"].annotation if "user_input" in parameters else ""
        )
        self.needs = _needs(needed)

    async def score(self, sample: Sample) -> Any:
        parts = _parts(sample)
        if self._as_conversation:
            parts["user_input"] = lambda: _conversation(sample)
        wanted = list(parts) if self._takes_all else [each for each in self._takes if each in parts]
        given = {each: parts[each]() for each in wanted}
        there = {each: value for each, value in given.items() if value is not None}
        return await self._metric.ascore(**there, **self._llm)


class _ByColumns:
    """A metric of ragas' older kind, which takes a whole sample."""

    def __init__(self, metric: Any, *, turns: Literal["SINGLE_TURN", "MULTI_TURN"]) -> None:
        self._metric = metric
        self._turns = turns
        self.needs = _needs(set(metric.required_columns.get(turns, ())))

    async def score(self, sample: Sample) -> Any:
        schema = module_of("ragas.dataset_schema")
        parts = {each: made for each, part in _parts(sample).items() if (made := part()) is not None}
        if self._turns == "SINGLE_TURN":
            known = schema.SingleTurnSample.model_fields
            return await self._metric.single_turn_ascore(
                schema.SingleTurnSample(**{each: value for each, value in parts.items() if each in known})
            )
        known = schema.MultiTurnSample.model_fields
        given = {each: value for each, value in parts.items() if each in known}
        return await self._metric.multi_turn_ascore(
            schema.MultiTurnSample(**{**given, "user_input": _conversation(sample)})
        )


def _reader(metric: Any, llm: Any) -> _ByName | _ByColumns:
    if hasattr(metric, "ascore") and not hasattr(metric, "required_columns"):
        return _ByName(metric, llm)
    columns = getattr(metric, "required_columns", {})
    if hasattr(metric, "single_turn_ascore") and "SINGLE_TURN" in columns:
        return _ByColumns(metric, turns="SINGLE_TURN")
    if hasattr(metric, "multi_turn_ascore") and "MULTI_TURN" in columns:
        return _ByColumns(metric, turns="MULTI_TURN")
    raise InputError(f"A {type(metric).__name__} is no metric of ragas: it has no `ascore`.")


def _parts(sample: Sample) -> dict[str, Callable[[], Any]]:
    """Return how each part that ragas knows by name is made of a sample; None where there is none."""
    return {
        "user_input": lambda: question_of(sample),
        "response": lambda: sample.output,
        "reference": lambda: reference_of(sample),
        "retrieved_contexts": lambda: passages_of(sample) or None,
        "reference_tool_calls": lambda: _calls(reference_calls(sample)),
        **{each: partial(sample.metadata.get, each) for each in _OF_METADATA if each in sample.metadata},
    }


def _needs(columns: set[str]) -> tuple[str, ...]:
    needs = ["reference"] if "reference" in columns else []
    needs += [f"metadata.{REFERENCE}"] if "reference_tool_calls" in columns else []
    return (*needs, *(f"metadata.{each}" for each in _OF_METADATA if each in columns))


def _calls(calls: Any) -> Any:
    messages = module_of("ragas.messages")
    return None if calls is None else [_call(messages, call) for call in calls]


def _call(messages: Any, call: ToolCall) -> Any:
    return messages.ToolCall(name=call.tool_name, args=dict(call.tool_input))


def _conversation(sample: Sample) -> list[Any]:
    """Return what was asked, each tool call with what it answered, and the answer, as messages of ragas."""
    messages = module_of("ragas.messages")
    conversation = [messages.HumanMessage(content=question_of(sample))]
    for call in sample.trajectory or ():
        conversation.append(messages.AIMessage(content="", tool_calls=[_call(messages, call)]))
        if call.tool_output is not None:
            conversation.append(messages.ToolMessage(content=output_text(call.tool_output)))
    return [*conversation, messages.AIMessage(content=sample.output)]
