# /// script
# dependencies = ["openinference-instrumentation-langchain", "openinference-instrumentation", "langgraph", "langchain", "langchain-openai", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""LangChain's agent on LangGraph, instrumented by OpenInference."""

from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from openinference.instrumentation.langchain import LangChainInstrumentor
from scene import MODEL, QUESTION, SYSTEM, did, exporting, get_weather

provider = exporting()
LangChainInstrumentor().instrument(tracer_provider=provider)
agent = create_agent(ChatOpenAI(model=MODEL), [get_weather], system_prompt=SYSTEM, name="forecaster")
messages = {"messages": [{"role": "user", "content": QUESTION}]}
agent.invoke(messages, config={"configurable": {"thread_id": "talk-1"}})
provider.shutdown()
did(agent="forecaster", tool="get_weather", conversation="talk-1")
