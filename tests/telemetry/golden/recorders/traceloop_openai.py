# /// script
# dependencies = ["opentelemetry-instrumentation-openai", "openai", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""OpenLLMetry's instrumentation of the OpenAI client, on its own."""

import openai
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from scene import chat_with_tool, did, exporting

provider = exporting()
OpenAIInstrumentor().instrument(tracer_provider=provider)
chat_with_tool(openai.OpenAI())
provider.shutdown()
did()
