"""What rules would mask, and where: nothing is stored, and nothing is counted."""

from collections.abc import Mapping

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan
from pydantic import BaseModel, JsonValue

from windlass.telemetry.conventions import COLUMNS
from windlass.telemetry.masking.masker import Masker
from windlass.telemetry.masking.plain import write_value
from windlass.telemetry.masking.rules import MaskingRules
from windlass.telemetry.masking.walk import Found
from windlass.telemetry.models import Span, Trace
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


def try_trace(rules: MaskingRules, trace: Trace) -> DryRun:
    """Try rules on a trace that is stored."""
    request = ExportTraceServiceRequest()
    for span in trace.spans:
        resource_spans = request.resource_spans.add()
        resource_spans.resource.attributes.extend(_attributes(span.resource))
        scope_spans = resource_spans.scope_spans.add()
        scope_spans.scope.name = span.scope
        scope_spans.spans.append(_as_sent(span))
    return DryRun(findings=_mask(rules, request))


def _mask(rules: MaskingRules, message: OtlpSpan | ExportTraceServiceRequest) -> list[Finding]:
    found = Found(with_places=True)
    Masker(rules).mask(message, found)
    assert found.places is not None
    return [Finding(rule=rule, place=place, count=count) for (rule, place), count in sorted(found.places.items())]


def _as_sent(span: Span) -> OtlpSpan:
    """Return a span as its sender may have sent it: what fills a column under the name that is preferred there."""
    columns = {
        column.sources[0]: value
        for column in COLUMNS
        if column.sources and (value := getattr(span, column.name)) not in {None, ""}
    }
    sent = OtlpSpan(span_id=bytes.fromhex(span.span_id), name=span.name)
    sent.status.message = span.status_message
    sent.attributes.extend(_attributes({**columns, **span.attributes}))
    for event in span.events:
        sent.events.add(name=event.name).attributes.extend(_attributes(event.attributes))
    for link in span.links:
        sent.links.add().attributes.extend(_attributes(link.attributes))
    return sent


def _attributes(attributes: Mapping[str, JsonValue]) -> list[KeyValue]:
    return [KeyValue(key=name, value=write_value(value)) for name, value in attributes.items()]  # type: ignore[arg-type]
