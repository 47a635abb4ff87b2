"""A pydantic-ai agent, instrumented by pydantic-ai itself. Arguments: windlass's URL, the model's base URL."""

import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic_ai import Agent
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

url, model_url = sys.argv[1:]
provider = TracerProvider(resource=Resource.create({"service.name": "agent-app"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{url}/v1/traces")))
trace.set_tracer_provider(provider)
Agent.instrument_all(InstrumentationSettings(tracer_provider=provider))

model = OpenAIChatModel("scripted", provider=OpenAIProvider(base_url=model_url, api_key="none"))
agent = Agent(model, name="weather", system_prompt="Answer in one word.")

with trace.get_tracer("app").start_as_current_span("request") as span:
    print(format(span.get_span_context().trace_id, "032x"))
    first = agent.run_sync("How is the weather?")
    agent.run_sync("And tomorrow?", message_history=first.all_messages())

if not provider.force_flush(30_000):
    sys.exit("the spans could not be delivered")
