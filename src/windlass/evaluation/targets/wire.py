"""One request to an agent over HTTP, and whatever may go wrong with it as one sentence."""

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

import httpx2
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from windlass.artifacts.endpoints import Endpoint
from windlass.errors import ConfigurationError
from windlass.evaluation.targets.refusals import failure_of_status, failure_on_the_way, unreadable
from windlass.models.connections import LoopConnections, certificates
from windlass.models.guard import check_request

_MOST_BYTES: Final = 64 * 2**20
"""Of an answer: an agent that sends without end must not fill the memory."""
_CONNECT_S: Final = 10.0

SomeEndpoint = TypeVar("SomeEndpoint", bound=Endpoint, covariant=True)

Admit = Callable[[str], None]
"""Raises for an address that may not be called from here."""


def anywhere(_url: str) -> None:
    """Admit every address: whoever runs this in a process of their own may call what they like."""


@dataclass(frozen=True)
class Reply:
    """An answer of 2xx."""

    who: str
    body: bytes
    content_type: str

    def json(self, wanted: str) -> object:
        """Return the body's JSON. Raises ProviderFailure for what is none, saying what was wanted."""
        try:
            value: object = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            kind = self.content_type.partition(";")[0] or "no content type"
            raise unreadable(self.who, wanted, f"it sent {kind} that is no JSON") from error
        return value


class Wire(Generic[SomeEndpoint]):
    """Sends to one address. One object serves any number of callers at once, on any event loop."""

    def __init__(self, spec: SomeEndpoint, admit: Admit = anywhere, *, who: str = "") -> None:
        """``who`` is what sentences call it."""
        self.spec = spec
        self.who = who or f"The agent at {spec.host}"
        self._admit = admit
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[bool, LoopConnections]] = (
            WeakKeyDictionary()
        )

    async def get(self, url: str) -> Reply:
        return await self._send("GET", url, None)

    async def post(self, url: str, body: object, headers: Mapping[str, str] | None = None) -> Reply:
        """Send JSON. Raises ProviderFailure, ConfigurationError for a missing key, and what ``admit`` raises."""
        return await self._send("POST", url, body, headers)

    async def reach(self, url: str) -> None:
        """Find out whether anything answers at an address. Raises ProviderFailure."""
        client = await self.client(url)
        try:
            async with client.stream("GET", url):
                pass
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise failure_on_the_way(self.who, error, self.spec.timeout_s) from None

    def headers(self) -> dict[str, str]:
        """Return what proves who asks, from the environment as it is now. Raises ConfigurationError."""
        found = {name: _value_of(variable) for name, variable in self.spec.headers.items()}
        if self.spec.key_variable:
            found["Authorization"] = f"Bearer {_value_of(self.spec.key_variable)}"
        return found

    def without_secrets(self, text: str) -> str:
        """Return what an agent said with the keys cut out that were sent to it."""
        secrets = (os.environ.get(variable, "").strip() for variable in self.spec.variables)
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) > 4:
                text = text.replace(secret, "[key]")
        return text

    async def client(self, url: str) -> httpx2.AsyncClient:
        """Return the connections of this event loop, once an address may be called."""
        check_request(self.who, url)
        self._admit(url)
        of_loop = self._clients.setdefault(asyncio.get_running_loop(), {})
        is_secure = not url.startswith("http://")
        client = of_loop.get(is_secure)
        if client is None:
            client = of_loop[is_secure] = _connect(self.spec.timeout_s, verify=is_secure)
            await client.close_with_loop()
        return client.http

    async def _send(self, method: str, url: str, body: object, headers: Mapping[str, str] | None = None) -> Reply:
        sent = {**self.headers(), **(headers or {})}
        # The sample's root is the current span: what the agent records becomes part of its trace.
        TraceContextTextMapPropagator().inject(sent)
        client = await self.client(url)
        try:
            async with client.stream(method, url, json=body, headers=sent) as response:
                read = await self._read(response)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise failure_on_the_way(self.who, error, self.spec.timeout_s) from None
        if not response.is_success:
            text = self.without_secrets(read.decode(errors="replace"))
            raise failure_of_status(self.who, response, text, self.spec)
        return Reply(self.who, read, response.headers.get("content-type", ""))

    async def _read(self, response: httpx2.Response) -> bytes:
        read = bytearray()
        async for piece in response.aiter_bytes():
            read += piece
            if len(read) > _MOST_BYTES:
                raise unreadable(self.who, "an answer", f"it sent more than {_MOST_BYTES // 2**20} MiB")
        return bytes(read)


def _connect(timeout_s: float, *, verify: bool) -> LoopConnections:
    # No redirects: keys must reach nobody but the address that they were meant for.
    return LoopConnections(
        httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s), pool=None),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=100),
            follow_redirects=False,
            verify=certificates() if verify else False,
        )
    )


def _value_of(variable: str) -> str:
    # A key from a file ends with its line break.
    value = os.environ.get(variable, "").strip()
    if not value.isascii() or not value.isprintable():
        raise ConfigurationError(f"The environment variable {variable} holds what no header can; is it the key?")
    if not value:
        raise ConfigurationError(
            f"The target's key is to come from the environment variable {variable}, which is not set; set it, or "
            "name another."
        )
    return value
