# /// script
# dependencies = ["opentelemetry-instrumentation-genai-openai>=1.0b0", "openai", "httpx", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""OpenTelemetry's own instrumentation of the OpenAI client, with the contents of messages on its spans."""

import os

os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"

import openai
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from scene import chat_with_tool, did, exporting

provider = exporting()
OpenAIInstrumentor().instrument(tracer_provider=provider)
chat_with_tool(openai.OpenAI())
provider.shutdown()
did()
