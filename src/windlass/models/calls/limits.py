"""What a run may ask of its models, and what it may spend on them."""

from pydantic import BaseModel, ConfigDict, Field


class CallLimits(BaseModel):
    """Ceilings of a run; what is not given is not limited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests_per_minute: int | None = Field(default=None, ge=1)
    """Calls of each model, in even steps."""
    tokens_per_minute: int | None = Field(default=None, ge=1)
    """Tokens of each model, in and out; those of a call are estimated before it and corrected after it."""
    model_concurrency: int | None = Field(default=None, ge=1)
    """Calls of each model at once."""
    max_cost_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """What all calls of the run may cost, in US dollars; the run stops before the call that would not fit."""
    max_tokens: int | None = Field(default=None, ge=1)
    """The tokens that all calls of the run may take, in and out."""
