"""Our A2A client against the server of the protocol's own SDK, in both of its versions."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from a2a.helpers.proto_helpers import new_task_from_user_message, new_text_message
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events.event_queue import EventQueue
from a2a.server.request_handlers import DefaultRequestHandlerV2
from a2a.server.routes.agent_card_routes import create_agent_card_routes
from a2a.server.routes.jsonrpc_routes import create_jsonrpc_routes
from a2a.server.tasks import InMemoryTaskStore, TaskUpdater
from a2a.types.a2a_pb2 import AgentCapabilities, AgentCard, AgentInterface, AgentSkill, Part
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.evaluation.targets.agents import asked
from windlass.errors import InputError, WindlassError
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.opening import UrlTarget, open_target
from windlass.evaluation.targets.spec import Identity, read_spec
from windlass.models.failures import ProviderFailure
from windlass.models.scripted import serve

INTERFACE_1_0 = {"protocolBinding": "JSONRPC", "protocolVersion": "1.0"}


class Shop(AgentExecutor):
    """Answers at once, by a task that takes a while, or not at all, as it is told."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        said = context.get_user_input()
        if said == "at once":
            await event_queue.enqueue_event(new_text_message("In Ulm."))
            return
        assert context.task_id is not None
        assert context.context_id is not None
        assert context.message is not None
        task = TaskUpdater(event_queue, context.task_id, context.context_id)
        await event_queue.enqueue_event(new_task_from_user_message(context.message))
        await task.start_work()
        await asyncio.sleep(0.05)
        if said == "no":
            await task.failed(task.new_agent_message([Part(text="There is no such order.")]))
        elif said == "which?":
            await task.requires_input(task.new_agent_message([Part(text="Which order?")]))
        else:
            await task.add_artifact([Part(text=f"You said {said}.")])
            await task.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        raise NotImplementedError


@contextmanager
def shop(version: str) -> Iterator[str]:
    card = AgentCard(
        name="Shop",
        description="Finds orders.",
        version="1.4.2",
        capabilities=AgentCapabilities(),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[AgentSkill(id="orders", name="Orders", description="Finds them.", tags=["orders"])],
        supported_interfaces=[AgentInterface(url="/rpc", protocol_binding="JSONRPC", protocol_version=version)],
    )
    handler = DefaultRequestHandlerV2(Shop(), InMemoryTaskStore(), card)
    routes = [
        *create_agent_card_routes(card),
        *create_jsonrpc_routes(handler, "/rpc", enable_v0_3_compat=True),
    ]
    with serve(Starlette(routes=routes)) as url:
        yield url


def agent(url: str, **more: object) -> UrlTarget:
    return open_target(read_spec({"protocol": "a2a", "url": url, **more}))


def ask(url: str, said: str, **more: object) -> Prediction:
    return asyncio.run(agent(url, **more)(Item(id="i0", input=said)))


@pytest.mark.parametrize("version", ["1.0", "0.3"])
def test_an_agent_answers_by_a_message_or_by_the_end_of_a_task(version: str) -> None:
    with shop(version) as url:
        assert asyncio.run(agent(url, skill="orders").identify()) == Identity(name="Shop", version="1.4.2")
        assert ask(url, "at once").output == "In Ulm."
        prediction = ask(url, "where?")
        assert (prediction.output, prediction.trajectory) == ("You said where?.", None)
        assert ask(url, "which?").output == "Which order?", "to ask back is an answer"
        with pytest.raises(ProviderFailure, match=r"ended the task as failed: There is no such order\.$"):
            ask(url, "no")
        with pytest.raises(InputError, match=r"The card of agent at .* has no skill 'refunds'; it has orders"):
            asyncio.run(agent(url, skill="refunds").identify())


def test_a_task_that_is_not_done_at_once_is_asked_after() -> None:
    states = ["working", "completed"]

    def answer(body: Any) -> dict[str, Any]:
        task: dict[str, Any] = {"kind": "task", "id": "t1", "status": {"state": states.pop(0)}}
        if not states:
            task["history"] = [{"role": "user", "parts": []}, {"role": "agent", "parts": [{"text": "Ulm."}]}]
        return {"jsonrpc": "2.0", "id": body["id"], "result": task}

    with asked(answer) as server, carded({"name": "Shop", "url": server.url}) as url:
        assert ask(url, "where?").output == "Ulm."
    assert [body["method"] for body in server.bodies] == ["message/send", "tasks/get"]
    assert server.bodies[1]["params"] == {"id": "t1"}


@contextmanager
def carded(card: object) -> Iterator[str]:
    """Serve a card at the place that it had before version 0.3."""

    async def give(_request: object) -> Response:
        return JSONResponse(card)

    with serve(Starlette(routes=[Route("/.well-known/agent.json", give)])) as url:
        yield url


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ({"title": "Shop"}, "sent no agent card: its JSON has no `name`"),
        ({"name": "Shop", "url": "http://a", "preferredTransport": "GRPC"}, "speaks A2A over GRPC; windlass"),
        ({"name": "Shop"}, "speaks A2A over none"),
        ({"name": "Shop", "url": "file:///etc/passwd"}, "begins with http:// or https://"),
    ],
)
def test_a_card_that_leads_nowhere_is_said_in_one_sentence(card: object, sentence: str) -> None:
    with carded(card) as url, pytest.raises(WindlassError, match=sentence):
        asyncio.run(agent(url).identify())


@contextmanager
def self_signed(folder: Path) -> Iterator[str]:
    """Serve TLS with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "server.pem").write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_card_without_encryption_does_not_switch_off_the_checking_of_certificates(tmp_path: Path) -> None:
    with (
        self_signed(tmp_path) as secure,
        carded({"name": "Shop", "url": secure}) as url,
        pytest.raises(ProviderFailure, match=r"could not be reached .*CERTIFICATE_VERIFY_FAILED"),
    ):
        ask(url, "where?")


def test_who_has_no_card_or_no_json_rpc_is_no_a2a_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    with asked(lambda _: {"output": "x"}) as server:
        with pytest.raises(ProviderFailure, match=r"has no agent card at /.well-known/agent-card.json"):
            asyncio.run(agent(server.url).identify())
        with carded({"name": "Shop", "url": server.url}) as url:
            with pytest.raises(ProviderFailure, match=r"sent no JSON-RPC response: its JSON has no `result`"):
                ask(url, "where?")
            monkeypatch.setenv("SHOP_KEY", "secret-key")
            with pytest.raises(InputError, match=r"names another server, .* to which no key is sent"):
                ask(url, "where?", key_variable="SHOP_KEY")
    refusal = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "Method not found"}}
    with (
        asked(lambda _: refusal) as server,
        carded({"name": "Shop", "url": server.url}) as url,
        pytest.raises(ProviderFailure, match=r"answered message/send with an error: Method not found\.$"),
    ):
        ask(url, "where?")
