# /// script
# dependencies = ["opentelemetry-instrumentation-openai==0.40.14", "opentelemetry-semantic-conventions-ai==0.4.9", "openai<2", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http", "setuptools<80"]
# ///
"""OpenLLMetry's instrumentation of the OpenAI client as it was in 2025: messages in numbered attributes."""

import openai
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from scene import chat_with_tool, did, exporting

provider = exporting()
OpenAIInstrumentor().instrument(tracer_provider=provider)
chat_with_tool(openai.OpenAI())
provider.shutdown()
did()
