"""What a replay came to: see docs/reference/replay.md."""

from typing import Final

from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.trajectories import ToolCall

_NO_REPLAY: Final = Judgement(None, "undefined", "the sample is no replay")


def _replay_match(sample: Sample) -> Judgement:
    """1 when the record had every tool call of the candidate, 0 when the candidate left it."""
    if sample.replay is None:
        return _NO_REPLAY
    left = sample.replay.divergence
    if left is None:
        return Judgement(1.0)
    expected = _named(left.expected) if left.expected is not None else "no further call"
    return Judgement(0.0, "diverged", f"call {left.index}: {_named(left.actual)}, where the record has {expected}")


def _named(call: ToolCall) -> str:
    arguments = ", ".join(f"{name}={value!r}" for name, value in sorted(call.tool_input.items()))
    return f"{call.tool_name}({arguments})"


replay_match: Final = Evaluator(
    name="replay_match",
    function=_replay_match,
    description="1 when the record had every tool call of the candidate, 0 when the candidate left it.",
    by_default=False,
    of_replays=True,
)
