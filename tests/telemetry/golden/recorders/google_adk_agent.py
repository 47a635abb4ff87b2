# /// script
# dependencies = ["google-adk", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""Google's Agent Development Kit: an agent with a tool, whose model is scripted in the process."""

import asyncio
import os
from collections.abc import AsyncGenerator
from typing import Any

from scene import QUESTION, SYSTEM, did, exporting, get_weather

os.environ.update(
    OTEL_SEMCONV_STABILITY_OPT_IN="gen_ai_latest_experimental",
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="SPAN_ONLY",
    ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS="true",
)
provider = exporting()

from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types

ANSWER = "It is 4 degrees and raining in Oslo."


class Scripted(BaseLlm):
    async def generate_content_async(
        self, request: Any, stream: bool = False
    ) -> AsyncGenerator[LlmResponse, None]:
        answered = any(part.function_response for content in request.contents for part in content.parts)
        call = types.FunctionCall(name="get_weather", args={"city": "Oslo"}, id="call_1")
        part = types.Part(text=ANSWER) if answered else types.Part(function_call=call)
        counted = (94, 12, 48, 3) if answered else (61, 17, 32, 5)
        yield LlmResponse(
            content=types.Content(role="model", parts=[part]),
            finish_reason=types.FinishReason.STOP,
            model_version="scripted-001",
            usage_metadata=types.GenerateContentResponseUsageMetadata(
                prompt_token_count=counted[0],
                candidates_token_count=counted[1],
                cached_content_token_count=counted[2],
                thoughts_token_count=counted[3],
                total_token_count=sum(counted[:2]) + counted[3],
            ),
        )


async def main() -> None:
    agent = LlmAgent(name="forecaster", model=Scripted(model="scripted"), instruction=SYSTEM, tools=[get_weather])
    runner = InMemoryRunner(agent=agent, app_name="golden")
    await runner.session_service.create_session(app_name="golden", user_id="ada", session_id="talk-1")
    message = types.Content(role="user", parts=[types.Part(text=QUESTION)])
    async for _ in runner.run_async(user_id="ada", session_id="talk-1", new_message=message):
        pass


asyncio.run(main())
provider.shutdown()
did(agent="forecaster", tool="get_weather", conversation="talk-1", user="ada", model="scripted")
