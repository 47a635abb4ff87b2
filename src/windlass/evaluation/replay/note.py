"""How a run replays, as its record says it."""

from pydantic import BaseModel, ConfigDict, model_validator

from windlass.evaluation.replayed import Policy


class ReplayNote(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Policy = "stop"
    """What happens where the candidate leaves the record: the sample ends, a model simulates the tool, or a tool
    that was declared safe is called."""
    simulator: str = ""
    """The model that simulates, as `provider:name`."""
    live: list[str] = []
    """The tools that were declared safe, by name."""

    @model_validator(mode="after")
    def _names_who_answers(self) -> "ReplayNote":
        if bool(self.simulator) != (self.policy == "simulate"):
            raise ValueError("name both the policy `simulate` and the model that does, or neither")
        if bool(self.live) != (self.policy == "live"):
            raise ValueError("name both the policy `live` and the tools that may be called, or neither")
        return self

    def known(self) -> dict[str, object]:
        return {"policy": self.policy, **self.model_dump(exclude_defaults=True)}
