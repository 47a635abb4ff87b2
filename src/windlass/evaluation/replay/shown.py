"""A replay as a run's samples show it."""

from typing import Self

from pydantic import BaseModel

from windlass.evaluation.replayed import Policy, Replay, Source
from windlass.evaluation.trajectories import Outcome, ToolCall


class ShownCall(BaseModel):
    tool: str
    arguments: dict[str, object]

    @classmethod
    def of_call(cls, call: ToolCall) -> Self:
        return cls(tool=call.tool_name, arguments=dict(call.tool_input))


class AnsweredCall(ShownCall):
    source: Source
    """Who answered it: the record, a model that simulates the tool, the real tool, or nobody."""
    outcome: Outcome
    result: object = None


class ShownDivergence(BaseModel):
    index: int
    """Which of the candidate's calls left the record, from 1."""
    expected: ShownCall | None
    """The first recorded call that was not made yet; null where all were."""
    actual: ShownCall


class ReplayedSample(BaseModel):
    trace_id: str
    """The trace that was recorded."""
    policy: Policy
    calls: list[AnsweredCall]
    divergence: ShownDivergence | None
    stopped: bool
    """Whether the sample ended where the candidate left the record: then it has no scores."""
    unused: int
    """Recorded calls that the candidate did not make."""

    @classmethod
    def of(cls, replay: Replay | None) -> "ReplayedSample | None":
        if replay is None:
            return None
        left = replay.divergence
        return cls(
            trace_id=replay.trace_id,
            policy=replay.policy,
            calls=[
                AnsweredCall(
                    tool=each.call.tool_name,
                    arguments=dict(each.call.tool_input),
                    source=each.source,
                    outcome=each.call.outcome,
                    result=each.call.tool_output,
                )
                for each in replay.calls
            ],
            divergence=None
            if left is None
            else ShownDivergence(
                index=left.index,
                expected=None if left.expected is None else ShownCall.of_call(left.expected),
                actual=ShownCall.of_call(left.actual),
            ),
            stopped=replay.stopped,
            unused=replay.unused,
        )
