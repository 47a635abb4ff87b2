"""What the recorders share: the scene, and an exporter of OTLP over HTTP. Runs among foreign packages only."""

import json
from typing import Any

MODEL = "gpt-4o-mini"
SYSTEM = "Answer in one sentence."
QUESTION = "What is the weather in Oslo?"
RESULT = "4 degrees, rain"
TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def get_weather(city: str) -> str:
    """The weather in a city."""
    return RESULT


def exporting() -> Any:
    """Return a tracer provider, set for the whole process, that exports each span where the environment says."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def chat_with_tool(client: Any) -> None:
    """Ask with the tool, run the tool that is called, ask again."""
    messages: list[Any] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    said = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
    (call,) = said.tool_calls
    result = get_weather(**json.loads(call.function.arguments))
    messages += [said.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": result}]
    client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)


def did(**facts: Any) -> None:
    """Say what the program did beyond the scene, for the test: on the last line that is printed."""
    print(json.dumps(facts))
