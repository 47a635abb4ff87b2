# /// script
# dependencies = ["opentelemetry-instrumentation-openai-v2", "opentelemetry-util-genai<1", "openai<3", "httpx", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""OpenTelemetry's own instrumentation of the OpenAI client as it was before its move, with the contents of messages on its spans."""

import os

os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"

import openai
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from scene import chat_with_tool, did, exporting

provider = exporting()
OpenAIInstrumentor().instrument(tracer_provider=provider)
chat_with_tool(openai.OpenAI())
provider.shutdown()
did()
