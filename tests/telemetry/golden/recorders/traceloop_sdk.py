# /// script
# dependencies = ["traceloop-sdk", "openai", "httpx"]
# ///
"""Traceloop's SDK: a workflow with an agent and a tool around two calls of the OpenAI client."""

import json
import os

import openai
from scene import MODEL, QUESTION, SYSTEM, TOOLS, did
from scene import get_weather as weather
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, tool, workflow

Traceloop.init(
    app_name="golden",
    api_endpoint=os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"],
    api_key="none",
    disable_batch=True,
    telemetry_enabled=False,
)
client = openai.OpenAI()


@tool(name="get_weather")
def get_weather(city: str) -> str:
    return weather(city)


@agent(name="forecaster")
def forecaster(question: str) -> str:
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
    said = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
    (call,) = said.tool_calls
    result = get_weather(**json.loads(call.function.arguments))
    messages += [said.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": result}]
    return client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message.content


@workflow(name="weather")
def run(question: str) -> str:
    Traceloop.set_association_properties({"user_id": "ada", "session_id": "talk-1"})
    return forecaster(question)


run(QUESTION)
did(agent="forecaster", tool="get_weather", conversation="talk-1", user="ada")
