# /// script
# dependencies = ["pydantic-ai-slim[openai]", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""Pydantic AI's own instrumentation (as Logfire sends it): an agent with a tool."""

from pydantic_ai import Agent, InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from scene import MODEL, QUESTION, SYSTEM, did, exporting, get_weather

provider = exporting()
Agent.instrument_all(InstrumentationSettings(tracer_provider=provider))
agent = Agent(
    OpenAIChatModel(MODEL),
    name="forecaster",
    instructions=SYSTEM,
    tools=[get_weather],
)
agent.run_sync(QUESTION, conversation_id="talk-1")
provider.shutdown()
did(agent="forecaster", tool="get_weather", conversation="talk-1")
