"""An application with the OpenTelemetry SDK and nothing of windlass. Arguments: the URL, a compression."""

import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

url, compression = sys.argv[1:]
provider = TracerProvider(
    resource=Resource.create({"service.name": "shop", "deployment.environment.name": "staging"})
)
exporter = OTLPSpanExporter(endpoint=f"{url}/v1/traces", compression=Compression(compression))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("shop.checkout", "2.1")

with tracer.start_as_current_span("checkout", kind=trace.SpanKind.SERVER, attributes={"user.id": "u-7"}) as root:
    with tracer.start_as_current_span(
        "price", attributes={"items": 3, "total": 12.5, "vip": True, "empty": 0}
    ) as span:
        span.add_event("discount", {"percent": 10, "codes": ["a", "b"]})
    linked = trace.Link(root.get_span_context(), {"why": "same basket"})
    with tracer.start_as_current_span("pay", links=[linked]) as span:
        span.record_exception(ValueError("the card was refused"))
        span.set_status(trace.StatusCode.ERROR, "the card was refused")
    print(format(root.get_span_context().trace_id, "032x"))

if not provider.force_flush(30_000):
    sys.exit("the spans could not be delivered")
provider.shutdown()
