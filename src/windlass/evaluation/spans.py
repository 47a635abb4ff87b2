"""The root span of a sample, encoded as an OTLP request."""

import json
from collections.abc import Iterable, Mapping, Sequence

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from windlass.evaluation.media.files import Media, find_media, texts_beside_media
from windlass.evaluation.predictions import dump_prediction, text_of
from windlass.evaluation.replay.spans import replay_attributes, replay_spans
from windlass.evaluation.said import whole_text
from windlass.evaluation.samples import Item, SampleResult
from windlass.telemetry.conventions import ITEM, REPEAT
from windlass.version import __version__

ATTEMPTS = "windlass.attempts"
"""How often the target was asked; only the root span of a finished sample says so."""
PREDICTION = "windlass.prediction"
"""The whole prediction as JSON, to score it again."""
ERROR_TYPE = "error.type"

_RESOURCE = Resource(attributes=[KeyValue(key="service.name", value=AnyValue(string_value="windlass"))])
_JSON = json.JSONEncoder(ensure_ascii=False)
_SCOPE = InstrumentationScope(name="windlass.evaluation", version=__version__)


def encode_samples(
    samples: Iterable[tuple[Item, SampleResult]], attributes: Mapping[str, str], below: Sequence[Span] = ()
) -> bytes:
    """Return an ExportTraceServiceRequest of one root span a sample, with attributes common to the run.

    ``below`` are further spans, where somebody else recorded what a target did.
    """
    common = attributes_of(attributes)
    written = list(samples)
    request = ExportTraceServiceRequest()
    # Written where they stay: a message that is put into another one is copied.
    scope_spans = request.resource_spans.add(resource=_RESOURCE).scope_spans.add(scope=_SCOPE)
    for item, result in written:
        _write(scope_spans.spans.add(), item, result, common)
    scope_spans.spans.extend(below)
    for _, result in written:
        for span in replay_spans(result):
            span.attributes.extend(common)
            span.attributes.append(_attribute(ITEM, result.item))
            scope_spans.spans.append(span)
    encoded: bytes = request.SerializeToString()
    return encoded


def attributes_of(texts: Mapping[str, str]) -> list[KeyValue]:
    return [_attribute(name, value) for name, value in texts.items()]


def _write(span: Span, item: Item, result: SampleResult, common: Sequence[KeyValue]) -> None:
    span.trace_id = bytes.fromhex(result.trace_id)
    span.span_id = bytes.fromhex(result.span_id)
    span.name = "sample"
    span.kind = Span.SPAN_KIND_INTERNAL
    span.start_time_unix_nano = result.start_ns
    span.end_time_unix_nano = result.end_ns
    span.attributes.extend(common)
    _say(span, ITEM, item.id)
    span.attributes.add(key=ATTEMPTS).value.int_value = result.attempts
    _say(span, "gen_ai.input.messages", _message("user", *_said(item.input)))
    if result.repeat > 1:
        span.attributes.add(key=REPEAT).value.int_value = result.repeat
    prediction = result.prediction
    if prediction is None:
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=whole_text(result.error or "")))
        _say(span, ERROR_TYPE, result.error_type or "Error")
        return
    _say(span, "gen_ai.output.messages", _message("assistant", prediction.output, prediction.media))
    _say(span, PREDICTION, dump_prediction(prediction))
    if prediction.replay is not None:
        span.attributes.extend(replay_attributes(prediction.replay))
    if prediction.trace_id and prediction.trace_id != result.trace_id:
        # A target that keeps its own trace elsewhere: its span is not known, and OTLP has no link without one.
        _say(span, "windlass.target.trace_id", prediction.trace_id)


def _say(span: Span, name: str, text: str) -> None:
    span.attributes.add(key=name).value.string_value = whole_text(text)


def _said(value: object) -> tuple[str, Sequence[Media]]:
    """Return what an input says and the files that it names."""
    media = find_media(value)
    return text_of(texts_beside_media(value) if media else value), media


def _message(role: str, text: str, media: Sequence[Media] = ()) -> str:
    parts = [{"type": "text", "content": text}] if text or not media else []
    return _JSON.encode([{"role": role, "parts": [*parts, *map(_part, media)]}])


def _part(media: Media) -> dict[str, str]:
    modality = media.type.partition("/")[0] or "image"
    return {"type": "uri", "modality": modality, "mime_type": media.type, "uri": media.uri}


def _attribute(name: str, value: str) -> KeyValue:
    return KeyValue(key=name, value=AnyValue(string_value=value))
