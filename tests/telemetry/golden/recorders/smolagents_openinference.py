# /// script
# dependencies = ["openinference-instrumentation-smolagents", "smolagents[openai]", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""A tool-calling agent of smolagents, instrumented by OpenInference."""

import os

from openinference.instrumentation.smolagents import SmolagentsInstrumentor
from scene import MODEL, QUESTION, RESULT, did, exporting
from smolagents import OpenAIServerModel, ToolCallingAgent, tool

provider = exporting()
SmolagentsInstrumentor().instrument(tracer_provider=provider)


@tool
def get_weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: its name
    """
    return RESULT


model = OpenAIServerModel(model_id=MODEL, api_base=os.environ["OPENAI_BASE_URL"], api_key="none")
agent = ToolCallingAgent(tools=[get_weather], model=model, name="forecaster", description="Says the weather.")
agent.run(QUESTION)
provider.shutdown()
did(agent="forecaster", tool="get_weather")
