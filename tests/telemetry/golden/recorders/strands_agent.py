# /// script
# dependencies = ["strands-agents[openai,otel]", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""Strands Agents' own instrumentation: what was said is in events of its spans."""

import os

from scene import MODEL, QUESTION, SYSTEM, did, exporting
from scene import get_weather as weather

provider = exporting()

from strands import Agent, tool
from strands.models.openai import OpenAIModel


@tool
def get_weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: its name
    """
    return weather(city)


model = OpenAIModel(client_args={"base_url": os.environ["OPENAI_BASE_URL"], "api_key": "none"}, model_id=MODEL)
agent = Agent(
    name="forecaster",
    model=model,
    system_prompt=SYSTEM,
    tools=[get_weather],
    callback_handler=None,
    trace_attributes={"session.id": "talk-1", "user.id": "ada"},
)
agent(QUESTION)
provider.shutdown()
did(agent="forecaster", tool="get_weather", conversation="talk-1", user="ada")
