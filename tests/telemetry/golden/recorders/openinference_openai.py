# /// script
# dependencies = ["openinference-instrumentation-openai", "openinference-instrumentation", "openai", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""OpenInference's instrumentation of the OpenAI client: two calls of a model, in a session of a user."""

import openai
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor
from scene import chat_with_tool, did, exporting

provider = exporting()
OpenAIInstrumentor().instrument(tracer_provider=provider)
with using_attributes(session_id="talk-1", user_id="ada"):
    chat_with_tool(openai.OpenAI())
provider.shutdown()
did(conversation="talk-1", user="ada")
