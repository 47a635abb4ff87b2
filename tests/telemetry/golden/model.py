"""The model of the golden recordings: OpenAI's two wire formats, and the script of one scene.

Asked with a weather tool it calls that tool; once the tool has answered, or without one, it says the weather.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOOL_RESULT = "4 degrees, rain"
ANSWER = "It is 4 degrees and raining in Oslo."
MODEL = "gpt-4o-mini-2024-07-18"
ARGUMENTS = {"city": "Oslo"}
CALL_USAGE = {"input": 61, "output": 17, "cached": 32, "reasoning": 5}
ANSWER_USAGE = {"input": 94, "output": 12, "cached": 48, "reasoning": 3}
_CREATED = 1_790_000_000


@contextmanager
def served() -> Iterator[int]:
    """Serve on a free port of loopback, which is given."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        turn = _turn(request)
        if self.path.endswith("/responses"):
            response = _response(turn, request)
            self._send(_events(response) if request.get("stream") else [response], request)
        elif self.path.endswith("/chat/completions"):
            self._send(_chunks(turn) if request.get("stream") else [_completion(turn)], request)
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, parts: list[dict[str, Any]], request: dict[str, Any]) -> None:
        if request.get("stream"):
            lines = [
                (f"event: {part['type']}\n" if "type" in part else "") + f"data: {json.dumps(part)}\n\n"
                for part in parts
            ]
            body, content_type = "".join([*lines, "data: [DONE]\n\n"]).encode(), "text/event-stream"
        else:
            body, content_type = json.dumps(parts[0]).encode(), "application/json"
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _turn(request: dict[str, Any]) -> dict[str, Any]:
    """Return what to say: a call of a tool (name and arguments), or the answer."""
    said = json.dumps(request.get("messages") or request.get("input"))
    names = [tool.get("name") or tool["function"]["name"] for tool in request.get("tools") or []]
    weather = next((name for name in names if "weather" in name), None)
    if TOOL_RESULT in said and "final_answer" in names:
        return {"tool": "final_answer", "arguments": {"answer": ANSWER}, "id": "call_2", "usage": ANSWER_USAGE}
    if weather and TOOL_RESULT not in said:
        return {"tool": weather, "arguments": ARGUMENTS, "id": "call_1", "usage": CALL_USAGE}
    return {"text": ANSWER, "id": "answer_1", "usage": ANSWER_USAGE}


def _completion(turn: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": turn.get("text"), "refusal": None}
    if "tool" in turn:
        message["tool_calls"] = [_tool_call(turn)]
    return {
        "id": f"chatcmpl-{turn['id']}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": _finish(turn), "logprobs": None}],
        "usage": _chat_usage(turn["usage"]),
    }


def _chunks(turn: dict[str, Any]) -> list[dict[str, Any]]:
    delta: dict[str, Any] = {"role": "assistant", "content": turn.get("text")}
    if "tool" in turn:
        delta["tool_calls"] = [{"index": 0, **_tool_call(turn)}]
    base = {
        "id": f"chatcmpl-{turn['id']}",
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": MODEL,
    }
    return [
        {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": _finish(turn)}]},
        {**base, "choices": [], "usage": _chat_usage(turn["usage"])},
    ]


def _tool_call(turn: dict[str, Any]) -> dict[str, Any]:
    function = {"name": turn["tool"], "arguments": json.dumps(turn["arguments"])}
    return {"id": turn["id"], "type": "function", "function": function}


def _finish(turn: dict[str, Any]) -> str:
    return "tool_calls" if "tool" in turn else "stop"


def _chat_usage(usage: dict[str, int]) -> dict[str, Any]:
    return {
        "prompt_tokens": usage["input"],
        "completion_tokens": usage["output"],
        "total_tokens": usage["input"] + usage["output"],
        "prompt_tokens_details": {"cached_tokens": usage["cached"], "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": usage["reasoning"], "audio_tokens": 0},
    }


def _response(turn: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    if "tool" in turn:
        output: dict[str, Any] = {
            "type": "function_call",
            "id": "fc_1",
            "call_id": turn["id"],
            "name": turn["tool"],
            "arguments": json.dumps(turn["arguments"]),
            "status": "completed",
        }
    else:
        text = {"type": "output_text", "text": turn["text"], "annotations": []}
        output = {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [text],
        }
    usage = turn["usage"]
    return {
        "id": f"resp_{turn['id']}",
        "object": "response",
        "created_at": _CREATED,
        "status": "completed",
        "model": MODEL,
        "output": [output],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": request.get("tools") or [],
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": {
            "input_tokens": usage["input"],
            "input_tokens_details": {"cached_tokens": usage["cached"]},
            "output_tokens": usage["output"],
            "output_tokens_details": {"reasoning_tokens": usage["reasoning"]},
            "total_tokens": usage["input"] + usage["output"],
        },
    }


def _events(response: dict[str, Any]) -> list[dict[str, Any]]:
    started = {**response, "status": "in_progress", "output": [], "usage": None}
    return [
        {"type": "response.created", "sequence_number": 0, "response": started},
        {"type": "response.completed", "sequence_number": 1, "response": response},
    ]
