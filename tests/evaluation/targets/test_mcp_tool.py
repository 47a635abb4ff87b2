"""Our MCP targets against the server of the protocol's own SDK."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from starlette.responses import JSONResponse

from tests.evaluation.targets.agents import asked
from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.opening import UrlTarget, open_target
from windlass.evaluation.targets.spec import read_spec
from windlass.evaluation.trajectories import ToolCall
from windlass.models.failures import ProviderFailure
from windlass.models.scripted import serve


@contextmanager
def orders() -> Iterator[str]:
    server = MCPServer("orders", version="3.1")

    @server.tool()
    def find(order: int) -> dict[str, str]:
        """Find an order."""
        if order < 0:
            raise ToolError(f"There is no order {order}.")
        return {"city": f"Ulm {order}"}

    @server.tool(structured_output=False)
    def greet(name: str) -> str:
        """Greet somebody."""
        return f"Hello, {name}."

    with serve(server.streamable_http_app(), lifespan="on") as url:
        yield f"{url}/mcp"


def tool(url: str, name: str = "find", **more: object) -> UrlTarget:
    return open_target(read_spec({"protocol": "mcp", "url": url, "tool": name, **more}))


def ask(target: UrlTarget, item: object) -> Prediction:
    return asyncio.run(target(Item(id="i0", input=item)))


def test_a_tool_is_called_with_the_items_arguments() -> None:
    with orders() as url:
        identity = asyncio.run(tool(url).identify())
        assert (identity.name, identity.version) == ("orders", "3.1")
        prediction = ask(tool(url), {"order": 7})
        assert prediction.output == '{"city": "Ulm 7"}'
        assert prediction.trajectory == (ToolCall("find", {"order": 7}),)
        assert prediction.trajectory[0].tool_output == {"city": "Ulm 7"}
        assert ask(tool(url, "greet", arguments={"name": "{{ question }}"}), "Ada").output == "Hello, Ada."
        with pytest.raises(ProviderFailure, match=r"The tool find failed: .*There is no order -1\.$"):
            ask(tool(url), {"order": -1})
        with pytest.raises(InputError, match="has no tool 'lose'; its tools are find, greet"):
            asyncio.run(tool(url, "lose").identify())
        with pytest.raises(InputError, match="say which argument of find it is"):
            ask(tool(url), "seven")


def test_who_is_no_mcp_server_or_refuses_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with asked(lambda _: {"output": "x"}) as server:
        with pytest.raises(ProviderFailure, match="sent no JSON-RPC message: what it sent is none") as raised:
            asyncio.run(tool(server.url).identify())
        assert "\n" not in raised.value.message
    with pytest.raises(ProviderFailure, match="could not be reached"):
        asyncio.run(tool(server.url).identify())
    monkeypatch.setenv("MCP_KEY", "secret-key")
    with (
        asked(lambda _: JSONResponse({"error": "who?"}, 401)) as server,
        pytest.raises(ProviderFailure, match=r"refused the key \(401 Unauthorized\); check MCP_KEY"),
    ):
        asyncio.run(tool(server.url, key_variable="MCP_KEY").identify())
    assert server.headers[0]["authorization"] == "Bearer secret-key"


def test_without_its_sdk_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'windlass\[mcp\]'"):
        asyncio.run(tool("http://127.0.0.1:9").identify())
