"""A shop whose tools a model calls, over MCP or plain HTTP: real sockets, and calls that are counted."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.live import LiveServer, Project
from windlass.evaluation.targets.addresses import Addresses
from windlass.models.completion import Message
from windlass.models.scripted import asking, serve

ORDER = {"type": "object", "properties": {"order": {"type": "integer"}}, "required": ["order"]}
EFFECTS = {"find": "read", "refund": "write"}


@dataclass
class Shop:
    """The server of the tools."""

    url: str = ""
    called: list[tuple[str, int]] = field(default_factory=list)
    """What was called in earnest."""


@contextmanager
def shop() -> Iterator[Shop]:
    """A shop over HTTP, a path for each tool."""
    made = Shop()

    def answer(request: Request, order: int) -> Response:
        tool = request.path_params["tool"]
        made.called.append((tool, order))
        if order < 0:
            return JSONResponse({"detail": f"There is no order {order}."}, 404)
        return JSONResponse({"city": f"Ulm {order}"} if tool == "find" else f"Order {order} is refunded.")

    async def handle(request: Request) -> Response:
        return answer(request, (await request.json())["order"]) if request.method == "POST" else Response()

    with serve(Starlette(routes=[Route("/{tool}", handle, methods=["GET", "POST"])])) as url:
        made.url = f"{url}/{{tool}}"
        yield made


@contextmanager
def mcp_shop() -> Iterator[Shop]:
    """The same over MCP: a session takes a tenth of a second, so few tests have it."""
    made = Shop()
    server = MCPServer("shop", version="1")

    @server.tool()
    def find(order: int) -> dict[str, str]:
        """Find an order."""
        made.called.append(("find", order))
        if order < 0:
            raise ToolError(f"There is no order {order}.")
        return {"city": f"Ulm {order}"}

    @server.tool(structured_output=False)
    def refund(order: int) -> str:
        """Give the money of an order back."""
        made.called.append(("refund", order))
        return f"Order {order} is refunded."

    with serve(server.streamable_http_app(), lifespan="on") as url:
        made.url = f"{url}/mcp"
        yield made


def allow(live: LiveServer, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    """Let the server call tools at some addresses."""
    monkeypatch.setattr(live.services.assistants, "_addresses", Addresses(setting.replace("/{tool}", "")))


def push_tools(project: Project, url: str, **more: object) -> None:
    for name, effect in EFFECTS.items():
        body = {
            "description": f"Can {name} an order.",
            "parameters": ORDER,
            "effect": effect,
            "protocol": "mcp" if url.endswith("/mcp") else "http",
            "url": url.format(tool=name),
            **more,
        }
        project.client.post(f"/artifacts/tool/{name}", {"body": body})


def push_shop(project: Project, url: str, name: str = "shop", **more: object) -> dict[str, Any]:
    """Push a release that asks the scripted model, which may call the shop's tools."""
    push_tools(project, url)
    return project.push_release(name, "You work in a shop.", tools=["tool/find", "tool/refund"], **more)


def clerk(messages: Sequence[Message]) -> str | Message:
    """Look up every order that the last question names, refund it where that is asked, and say what came of it."""
    last = max(place for place, message in enumerate(messages) if message.role == "user")
    results = [message.content for message in messages[last + 1 :] if message.role == "tool"]
    if results:
        return f"I know: {'; '.join(results)}"
    question = messages[last].content
    tool = "refund" if "refund" in question else "find"
    orders = [int(number) for number in re.findall(r"-?\d+", question)]
    return asking(*((tool, {"order": order}) for order in orders)) if orders else "Which order?"


def push_questions(project: Project, *questions: str, name: str = "questions") -> None:
    items = [
        {"id": f"i{place}", "input": question, "reference": "yes"} for place, question in enumerate(questions)
    ]
    project.client.post(f"/datasets/{name}", {"items": items})
