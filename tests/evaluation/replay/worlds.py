"""A recorded world: an order that was looked up twice, and refunded."""

from typing import Any

from windlass.evaluation.replay.recording import RecordedCall, Recording, Tool, with_recording
from windlass.evaluation.samples import Item

FIND = Tool(
    name="find",
    description="Find an order.",
    parameters={
        "type": "object",
        "properties": {"order": {"type": "integer"}, "details": {"type": "boolean", "default": False}},
    },
)


def called(tool: str, output: Any = None, *, failed: bool = False, **arguments: Any) -> RecordedCall:
    return RecordedCall(tool_name=tool, tool_input=arguments, tool_output=output, failed=failed)


def recording(**more: Any) -> Recording:
    calls = [
        called("find", {"state": "sent"}, order=7),
        called("find", {"state": "lost"}, order=7),
        called("refund", "Refunds are closed.", failed=True, order=7),
    ]
    return Recording(
        **{"trace_id": "a" * 32, "inputs": ["Where is order 7?"], "calls": calls, "tools": [FIND], **more}
    )


def item(recorded: Recording | None = None) -> Item:
    return with_recording(Item(id="i0", input="Where is order 7?", reference="Lost."), recorded or recording())
