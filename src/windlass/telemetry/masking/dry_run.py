"""What rules would mask, and where: nothing is stored, and nothing is counted."""

from collections.abc import Mapping

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan
from pydantic import BaseModel, JsonValue

from windlass.telemetry.masking.masker import Masker
from windlass.telemetry.masking.plain import write_value
from windlass.telemetry.masking.rules import MaskingRules
from windlass.telemetry.masking.walk import Found
from windlass.telemetry.values import plain_attributes


class Finding(BaseModel):
    rule: str
    place: str
    count: int


class DryRun(BaseModel):
    """What would be masked, by which rule and where, and what would be left of a sample."""

    findings: list[Finding]
    text: str | None = None
    attributes: dict[str, JsonValue] | None = None


def try_text(rules: MaskingRules, text: str) -> DryRun:
    """Try rules on a text, as if it were the name of a span."""
    span = OtlpSpan(name=text)
    return DryRun(findings=_mask(rules, span), text=span.name)


def try_attributes(rules: MaskingRules, attributes: Mapping[str, JsonValue]) -> DryRun:
    """Try rules on the attributes of a span."""
    span = OtlpSpan(attributes=_attributes(attributes))
    findings = _mask(rules, span)
    return DryRun(findings=findings, attributes=dict(plain_attributes(span.attributes)))


def try_request(rules: MaskingRules, request: ExportTraceServiceRequest) -> DryRun:
    """Try rules on spans as they were sent, or as they would be sent again."""
    return DryRun(findings=_mask(rules, request))


def _mask(rules: MaskingRules, message: OtlpSpan | ExportTraceServiceRequest) -> list[Finding]:
    found = Found(with_places=True)
    Masker(rules).mask(message, found)
    assert found.places is not None
    return [Finding(rule=rule, place=place, count=count) for (rule, place), count in sorted(found.places.items())]


def _attributes(attributes: Mapping[str, JsonValue]) -> list[KeyValue]:
    return [KeyValue(key=name, value=write_value(value)) for name, value in attributes.items()]  # type: ignore[arg-type]
