"""The OpenAI wire format: a release answers under the name `name@environment`."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Send

from windlass.access.principals import Principal
from windlass.agents.assistant import Answerer
from windlass.agents.streams import closing
from windlass.artifacts.references import parse_selector
from windlass.gateway.chat import ChatRequest, begin_stream, completion_of, read_conversation
from windlass.server.caller import ServicesOf, allowed
from windlass.server.services import Services

router = APIRouter(prefix="/v1", tags=["openai"])

Caller = Annotated[Principal, Depends(allowed("completion:create"))]


class _EventStream(StreamingResponse):
    """A stream that ends at the model's side too when its reader goes away."""

    async def stream_response(self, send: Send) -> None:
        async with closing(self.body_iterator):
            await super().stream_response(send)


@router.post("/chat/completions", response_class=Response)
async def create_chat_completion(
    body: ChatRequest, request: Request, principal: Caller, services: ServicesOf
) -> Response:
    """Answer as OpenAI's chat completions do, with a release in the place of the model."""
    assistant, attributes = await run_in_threadpool(_assistant, body, principal, services)
    conversation = read_conversation(body.messages)
    if conversation_id := request.headers.get("x-conversation-id"):
        attributes["gen_ai.conversation.id"] = conversation_id
    if body.stream:
        events = await begin_stream(assistant, conversation, body, attributes)
        return _EventStream(events, media_type="text/event-stream")
    answer = await assistant.answer(conversation.question, history=conversation.messages(), attributes=attributes)
    return JSONResponse(completion_of(answer, body.model), headers={"x-windlass-trace-id": answer.trace_id})


@router.get("/models")
def list_models(principal: Caller, services: ServicesOf) -> dict[str, object]:
    """List what can be asked: every release that runs in an environment."""
    created = int(time.time())
    names = [
        f"{deployment.release}@{environment.name}"
        for environment in services.environments.list_environments(principal.project)
        for deployment in environment.deployments
    ]
    return {
        "object": "list",
        "data": [
            {"id": name, "object": "model", "created": created, "owned_by": principal.project} for name in names
        ],
    }


def _assistant(body: ChatRequest, principal: Principal, services: Services) -> tuple[Answerer, dict[str, str]]:
    selector = parse_selector(body.model, kind="release")
    release = services.environments.resolve(principal.project, selector)
    attributes = {}
    if selector.what in {each.name for each in services.environments.list_environments(principal.project)}:
        attributes["windlass.environment"] = selector.what
    if body.user:
        attributes["user.id"] = body.user
    tracer = services.recorder.tracer(principal.project)
    return services.assistants.load(principal.project, release, tracer), attributes
