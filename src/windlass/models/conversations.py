"""Messages and tools between windlass and pydantic-ai, whose import takes a second and waits for the first use."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from windlass.errors import InputError
from windlass.models.completion import Message, OfferedTool, ToolRequest

if TYPE_CHECKING:
    from pydantic_ai.messages import (
        ModelMessage,
        ModelRequestPart,
        ModelResponse,
        ModelResponsePart,
        UserContent,
    )
    from pydantic_ai.models import ModelRequestParameters


def conversation(messages: Sequence[Message]) -> "list[ModelMessage]":
    """Return messages as pydantic-ai has them. Raises InputError for none."""
    from pydantic_ai.messages import ModelRequest, ModelResponse

    if not messages:
        raise InputError("A model was asked without any message; send at least one.")
    conversation: list[ModelMessage] = []
    for message in messages:
        if message.role == "assistant":
            conversation.append(ModelResponse(_of_assistant(message)))
            continue
        part = _part(message)
        last = conversation[-1] if conversation else None
        if isinstance(last, ModelRequest):
            conversation[-1] = ModelRequest([*last.parts, part])
        else:
            conversation.append(ModelRequest([part]))
    return conversation


def _part(message: Message) -> "ModelRequestPart":
    from pydantic_ai.messages import SystemPromptPart, ToolReturnPart, UserPromptPart

    if message.answers is not None:
        return ToolReturnPart(message.answers.name, message.content, message.answers.id)
    return SystemPromptPart(message.content) if message.role == "system" else UserPromptPart(_said(message))


def _of_assistant(message: Message) -> "list[ModelResponsePart]":
    from pydantic_ai.messages import TextPart, ToolCallPart

    said: list[ModelResponsePart] = []
    if message.content or not message.requests:
        said.append(TextPart(message.content))
    for each in message.requests:
        # What a provider wants back with a call, it wants under its own name.
        details = json.loads(each.details) if each.details else {"name": None, "details": None}
        said.append(
            ToolCallPart(
                each.name,
                each.arguments,
                each.id,
                provider_name=details["name"],
                provider_details=details["details"],
            )
        )
    return said


def requests_of(response: "ModelResponse") -> tuple[ToolRequest, ...]:
    """Return the tools that an answer asks for."""
    return tuple(
        ToolRequest(
            id=call.tool_call_id,
            name=call.tool_name,
            arguments=call.args if isinstance(call.args, str) else json.dumps(call.args or {}, ensure_ascii=False),
            details=json.dumps({"name": call.provider_name, "details": call.provider_details})
            if call.provider_details
            else "",
        )
        for call in response.tool_calls
    )


def offering(tools: Sequence[OfferedTool]) -> "ModelRequestParameters | None":
    """Return what offers tools to a model, as they are defined; None for none."""
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.tools import ToolDefinition

    if not tools:
        return None
    definitions = [
        ToolDefinition(
            name=tool.name,
            parameters_json_schema=dict(tool.parameters),
            description=tool.description,
            strict=False,
        )
        for tool in tools
    ]
    return ModelRequestParameters(function_tools=definitions)


def _said(message: Message) -> "str | list[UserContent]":
    """Return what a user says: text alone, or the text and then the pictures, each after its label."""
    from pydantic_ai.messages import BinaryContent

    if not message.pictures:
        return message.content
    said: list[UserContent] = [message.content]
    for picture in message.pictures:
        if picture.label:
            said.append(picture.label)
        said.append(BinaryContent(picture.data, media_type=picture.mime_type))
    return said


def text_of(event: object) -> str:
    """Return what an event of a stream says; "" where it says nothing."""
    from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta

    match event:
        case PartStartEvent(part=TextPart(content=text)) | PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
        case _:
            return ""
