# /// script
# dependencies = ["openinference-instrumentation-crewai", "openinference-instrumentation-openai", "crewai", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""A crew of one of CrewAI, instrumented by OpenInference with its OpenAI client."""

import os

os.environ.update(CREWAI_DISABLE_TELEMETRY="true", CREWAI_TRACING_ENABLED="false", OTEL_SDK_DISABLED="false")

from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool
from openinference.instrumentation.crewai import CrewAIInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from scene import MODEL, QUESTION, did, exporting
from scene import get_weather as weather

provider = exporting()
CrewAIInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)


@tool("get_weather")
def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(
    role="forecaster",
    goal="Say the weather.",
    backstory="You look it up.",
    tools=[get_weather],
    llm=LLM(model=MODEL),
)
task = Task(description=QUESTION, expected_output="One sentence.", agent=agent)
Crew(agents=[agent], tasks=[task]).kickoff()
provider.shutdown()
did(agent="forecaster", tool="get_weather")
