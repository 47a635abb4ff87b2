"""The root span of a sample, encoded as an OTLP request."""

import json
from collections.abc import Iterable, Mapping, Sequence

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from windlass.evaluation.media.files import Media, find_media, texts_beside_media
from windlass.evaluation.predictions import dump_prediction, text_of
from windlass.evaluation.replay.spans import replay_attributes, replay_spans
from windlass.evaluation.samples import Item, SampleResult
from windlass.telemetry.conventions import ITEM, REPEAT
from windlass.version import __version__

ATTEMPTS = "windlass.attempts"
"""How often the target was asked; only the root span of a finished sample says so."""
PREDICTION = "windlass.prediction"
"""The whole prediction as JSON, to score it again."""
ERROR_TYPE = "error.type"

_RESOURCE = Resource(attributes=[KeyValue(key="service.name", value=AnyValue(string_value="windlass"))])
_SCOPE = InstrumentationScope(name="windlass.evaluation", version=__version__)


def encode_samples(
    samples: Iterable[tuple[Item, SampleResult]], attributes: Mapping[str, str], below: Sequence[Span] = ()
) -> bytes:
    """Return an ExportTraceServiceRequest of one root span a sample, with attributes common to the run.

    ``below`` are further spans, where somebody else recorded what a target did.
    """
    common = attributes_of(attributes)
    written = list(samples)
    spans = [_span(item, result, common) for item, result in written] + list(below)
    for _, result in written:
        for span in replay_spans(result):
            span.attributes.extend(common)
            span.attributes.append(_attribute(ITEM, result.item))
            spans.append(span)
    request = ExportTraceServiceRequest(
        resource_spans=[
            ResourceSpans(resource=_RESOURCE, scope_spans=[ScopeSpans(scope=_SCOPE, spans=spans)]),
        ]
    )
    encoded: bytes = request.SerializeToString()
    return encoded


def attributes_of(texts: Mapping[str, str]) -> list[KeyValue]:
    return [_attribute(name, value) for name, value in texts.items()]


def _span(item: Item, result: SampleResult, common: Sequence[KeyValue]) -> Span:
    span = Span(
        trace_id=bytes.fromhex(result.trace_id),
        span_id=bytes.fromhex(result.span_id),
        name="sample",
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=result.start_ns,
        end_time_unix_nano=result.end_ns,
        attributes=[
            *common,
            _attribute(ITEM, item.id),
            KeyValue(key=ATTEMPTS, value=AnyValue(int_value=result.attempts)),
            _attribute("gen_ai.input.messages", _message("user", *_said(item.input))),
        ],
    )
    if result.repeat > 1:
        span.attributes.append(KeyValue(key=REPEAT, value=AnyValue(int_value=result.repeat)))
    if result.prediction is None:
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=result.error or ""))
        span.attributes.append(_attribute(ERROR_TYPE, result.error_type or "Error"))
        return span
    span.attributes.append(
        _attribute(
            "gen_ai.output.messages", _message("assistant", result.prediction.output, result.prediction.media)
        )
    )
    span.attributes.append(_attribute(PREDICTION, dump_prediction(result.prediction)))
    if result.prediction.replay is not None:
        span.attributes.extend(replay_attributes(result.prediction.replay))
    if result.prediction.trace_id and result.prediction.trace_id != result.trace_id:
        # A target that keeps its own trace elsewhere: its span is not known, and OTLP has no link without one.
        span.attributes.append(_attribute("windlass.target.trace_id", result.prediction.trace_id))
    return span


def _said(value: object) -> tuple[str, Sequence[Media]]:
    """Return what an input says and the files that it names."""
    media = find_media(value)
    return text_of(texts_beside_media(value) if media else value), media


def _message(role: str, text: str, media: Sequence[Media] = ()) -> str:
    parts = [{"type": "text", "content": text}] if text or not media else []
    return json.dumps([{"role": role, "parts": [*parts, *map(_part, media)]}], ensure_ascii=False)


def _part(media: Media) -> dict[str, str]:
    modality = media.type.partition("/")[0] or "image"
    return {"type": "uri", "modality": modality, "mime_type": media.type, "uri": media.uri}


def _attribute(name: str, value: str) -> KeyValue:
    return KeyValue(key=name, value=AnyValue(string_value=value))
