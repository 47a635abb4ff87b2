# /// script
# dependencies = ["openinference-instrumentation-llama-index", "llama-index-core", "llama-index-llms-openai", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""A function agent of LlamaIndex, instrumented by OpenInference."""

import asyncio
import os

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai import OpenAI
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor
from scene import MODEL, QUESTION, SYSTEM, did, exporting, get_weather

provider = exporting()
LlamaIndexInstrumentor().instrument(tracer_provider=provider)


async def main() -> None:
    llm = OpenAI(model=MODEL, api_base=os.environ["OPENAI_BASE_URL"])
    agent = FunctionAgent(name="forecaster", tools=[get_weather], llm=llm, system_prompt=SYSTEM, streaming=False)
    await agent.run(QUESTION)


asyncio.run(main())
provider.shutdown()
did(agent="forecaster", tool="get_weather")
