"""What came of a replay: which tool calls the record answered, and where the candidate left it."""

from dataclasses import dataclass
from typing import Literal

from windlass.evaluation.trajectories import ToolCall

Policy = Literal["stop", "simulate", "live"]
"""What happens where the recorded world ends."""
Source = Literal["recorded", "simulated", "live", "none"]
"""Who answered a call; nobody did where the sample ended with it."""


@dataclass(frozen=True, slots=True)
class ReplayedCall:
    """One tool call that the candidate made."""

    call: ToolCall
    source: Source
    start_ns: int = 0
    end_ns: int = 0


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first call of the candidate that the record does not have."""

    index: int
    """Which of the candidate's calls it is, from 1."""
    expected: ToolCall | None
    """The first recorded call that the candidate had not made yet; None where it had made all."""
    actual: ToolCall


@dataclass(frozen=True, slots=True)
class Replay:
    """One recording, run again."""

    trace_id: str
    """Of the trace that was recorded."""
    policy: Policy
    calls: tuple[ReplayedCall, ...] = ()
    divergence: Divergence | None = None
    stopped: bool = False
    """Whether the sample ended where the record did: what was said until then is no answer to judge."""
    unused: int = 0
    """Recorded calls that the candidate did not make."""

    @property
    def trajectory(self) -> tuple[ToolCall, ...]:
        return tuple(each.call for each in self.calls)

    def count(self, source: Source) -> int:
        """Return how many calls were answered from there."""
        return sum(each.source == source for each in self.calls)
