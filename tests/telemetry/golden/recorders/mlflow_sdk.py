# /// script
# dependencies = ["mlflow", "openai", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""MLflow's tracing, exported over OTLP: an agent, a tool and its instrumentation of the OpenAI client."""

import json
import os

os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces"
os.environ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf"

import mlflow
import openai
from scene import MODEL, QUESTION, RESULT, SYSTEM, TOOLS, did

mlflow.openai.autolog()
client = openai.OpenAI()


@mlflow.trace(span_type="TOOL")
def get_weather(city: str) -> str:
    return RESULT


@mlflow.trace(span_type="AGENT", name="forecaster")
def forecaster(question: str) -> str:
    mlflow.update_current_trace(session_id="talk-1", user="ada")
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
    said = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
    (call,) = said.tool_calls
    result = get_weather(**json.loads(call.function.arguments))
    messages += [said.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": result}]
    return client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message.content


forecaster(QUESTION)
mlflow.flush_trace_async_logging()
did(agent="forecaster", tool="get_weather", conversation="talk-1", user="ada")
