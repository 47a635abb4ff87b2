# /// script
# dependencies = ["openinference-instrumentation-openai-agents", "openai-agents", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""OpenAI's Agents SDK on the Responses API, instrumented by OpenInference."""

from agents import Agent, Runner, function_tool
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
from scene import MODEL, QUESTION, SYSTEM, did, exporting, get_weather

provider = exporting()
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
agent = Agent(name="forecaster", instructions=SYSTEM, model=MODEL, tools=[function_tool(get_weather)])
Runner.run_sync(agent, QUESTION)
provider.shutdown()
did(agent="forecaster", tool="get_weather")
