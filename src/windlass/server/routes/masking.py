"""Masking rules."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, JsonValue, model_validator

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.telemetry.exports.otlp import read_otlp
from windlass.telemetry.masking.dry_run import DryRun, try_attributes, try_request, try_text
from windlass.telemetry.masking.rules import MaskingRules
from windlass.telemetry.masking.store import Masking
from windlass.telemetry.outlines import bounds_of_trace

router = APIRouter(prefix="/masking", tags=["masking"])

Reader = Annotated[Principal, Depends(allowed("masking:read"))]
Changer = Annotated[Principal, Depends(allowed("masking:change"))]


class MaskingChange(BaseModel):
    rules: MaskingRules
    expected: int | None = None
    """The revision that must still hold; left out: any."""
    reason: str = ""


class MaskingSample(BaseModel):
    """One of a text, attributes and the id of a stored trace."""

    rules: MaskingRules | None = None
    """Left out: the rules that hold."""
    text: str | None = Field(default=None, max_length=1_000_000)
    attributes: dict[str, JsonValue] | None = None
    trace_id: str | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "MaskingSample":
        if sum(sample is not None for sample in (self.text, self.attributes, self.trace_id)) != 1:
            raise ValueError("give one of text, attributes and trace_id to try the rules on")
        return self


@router.get("")
def get_masking(principal: Reader, services: ServicesOf) -> Masking:
    """Return the project's masking rules, and how much each has masked."""
    return services.masking.get(principal.project)


@router.put("")
def set_masking(body: MaskingChange, principal: Changer, services: ServicesOf) -> Masking:
    """Let other rules hold for all that arrives from now on."""
    return services.masking.set(principal, body.rules, expected=body.expected, reason=body.reason)


@router.post("/dry-run")
def try_masking(body: MaskingSample, principal: Reader, services: ServicesOf) -> DryRun:
    """Say what would be masked in a sample, where and by which rule; nothing is stored."""
    rules = body.rules if body.rules is not None else services.masking.get(principal.project).rules
    if body.text is not None:
        return try_text(rules, body.text)
    if body.attributes is not None:
        return try_attributes(rules, body.attributes)
    assert body.trace_id is not None
    bounds = bounds_of_trace(services.warehouse, principal.project, body.trace_id)
    return try_request(rules, read_otlp(services.warehouse, principal.project, [bounds]))
