# /// script
# dependencies = ["langfuse", "openai"]
# ///
"""Langfuse's SDK: an agent, a tool and its wrapper of the OpenAI client, in a session of a user."""

import json
import os

from scene import MODEL, QUESTION, RESULT, SYSTEM, TOOLS, did

os.environ.update(
    LANGFUSE_PUBLIC_KEY="pk-lf-none",
    LANGFUSE_SECRET_KEY="sk-lf-none",
    LANGFUSE_HOST=os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"],
    LANGFUSE_TRACING_ENVIRONMENT="staging",
    LANGFUSE_RELEASE="v7",
)

from langfuse import get_client, observe, propagate_attributes
from langfuse.openai import openai

client = openai.OpenAI()


@observe(as_type="tool")
def get_weather(city: str) -> str:
    return RESULT


@observe(as_type="agent", name="forecaster")
def forecaster(question: str) -> str:
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
    said = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
    (call,) = said.tool_calls
    result = get_weather(**json.loads(call.function.arguments))
    messages += [said.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": result}]
    return client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message.content


with propagate_attributes(user_id="ada", session_id="talk-1"):
    forecaster(QUESTION)
get_client().flush()
did(agent="forecaster", tool="get_weather", conversation="talk-1", user="ada", environment="staging", release="v7")
