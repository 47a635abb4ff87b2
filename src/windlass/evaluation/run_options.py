"""What a run may ask of its models, and for how long: none of it changes what is measured."""

from typing import Final

from pydantic import Field

from windlass.evaluation.runner import RunnerSettings
from windlass.models.calls.limits import CallLimits

DEFAULT_TIMEOUT_S: Final = RunnerSettings.timeout_s


class RunOptions(CallLimits):
    """Options of a run; what is not given is not limited."""

    cache: bool = False
    """Whether answers that models gave to the same calls before are given again, and new ones kept for it."""
    timeout_s: float | None = Field(default=None, gt=0, le=86_400)
    """Longest time for one sample and for one judgement, in seconds; waits for a provider's limits do not count.
    By default 600."""
