"""An agent that speaks A2A over JSON-RPC, in version 1.0 or 0.3, whichever its card offers."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from windlass.artifacts.endpoints import check_url
from windlass.errors import InputError
from windlass.evaluation.questions import question_of, refuse_history
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.governing import Governor
from windlass.evaluation.targets.refusals import one_line, unreadable
from windlass.evaluation.targets.spec import AgentSpec, Identity
from windlass.evaluation.targets.wire import Wire
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Message, Usage
from windlass.models.failures import ProviderFailure

_CARDS: Final = ("/.well-known/agent-card.json", "/.well-known/agent.json")
_FIRST_LOOK_S: Final = 0.2
_LONGEST_LOOK_S: Final = 5.0

_PENDING: Final = frozenset({"submitted", "working"})
_FAILED: Final = frozenset({"failed", "rejected", "canceled", "auth-required"})


@dataclass(frozen=True)
class Card:
    """What an agent says of itself, as far as it matters here."""

    name: str
    version: str
    url: str
    """Where its JSON-RPC is."""
    is_1_0: bool


class A2AAgent:
    """Sends a message, and waits for the end of the task that the agent may make of it."""

    def __init__(self, wire: Wire[AgentSpec], calls: RunCalls | None = None) -> None:
        self._wire = wire
        self._governor = Governor(wire.spec, calls)
        self._card: Card | None = None

    async def identify(self) -> Identity:
        """Read its card. Raises InputError where it lacks the skill, ProviderFailure where there is none."""
        card = await self._the_card()
        return Identity(name=card.name, version=card.version)

    async def __call__(self, item: Item) -> Prediction:
        refuse_history(item, "an A2A agent")
        question = question_of(item)

        async def exchange() -> tuple[str, Usage | None]:
            return await self._talk(await self._the_card(), question), None

        done = await self._governor.make(exchange, [Message("user", question)])
        return Prediction(output=done.value, latency_s=done.latency_s)

    async def _talk(self, card: Card, question: str) -> str:
        result = await self._call(card, *_sending(card, question))
        look_s = _FIRST_LOOK_S
        while (state := _state_of(result)) in _PENDING:
            # The sample's own time limit ends a task that never ends.
            await asyncio.sleep(look_s)
            look_s = min(2 * look_s, _LONGEST_LOOK_S)
            method = "GetTask" if card.is_1_0 else "tasks/get"
            result = await self._call(card, method, {"id": result.get("id")})
        text = _answer_of(result)
        if state in _FAILED:
            why = f": {one_line(text)}" if text else "."
            raise ProviderFailure(f"{self._wire.who} ended the task as {state}{why}", charged=True)
        return text

    async def _call(self, card: Card, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        body = {"jsonrpc": "2.0", "id": secrets.token_hex(8), "method": method, "params": params}
        headers = {"A2A-Version": "1.0"} if card.is_1_0 else {}
        answer = (await self._wire.post(card.url, body, headers)).json("JSON-RPC response")
        match answer:
            case {"error": {"message": str(message)}}:
                raise ProviderFailure(
                    f"{self._wire.who} answered {method} with an error: "
                    f"{one_line(self._wire.without_secrets(message))}"
                )
            case {"result": {"task": dict(result)}} | {"result": {"message": dict(result)}}:
                return result
            case {"result": dict(result)}:
                return result
            case _:
                raise unreadable(self._wire.who, "JSON-RPC response", "its JSON has no `result`")

    async def _the_card(self) -> Card:
        if self._card is None:
            found = await self._fetch_card()
            card = _read_card(found, self._wire.spec.url, self._wire.who)
            _check_skill(found, self._wire.spec.skill, self._wire.who)
            self._check_address(card.url)
            self._card = card
        return self._card

    async def _fetch_card(self) -> object:
        url = self._wire.spec.url
        if url.endswith(".json"):
            return (await self._wire.get(url)).json("agent card")
        try:
            return (await self._wire.get(url + _CARDS[0])).json("agent card")
        except ProviderFailure as failure:
            if failure.provider_status != 404:
                raise
        try:
            return (await self._wire.get(url + _CARDS[1])).json("agent card")
        except ProviderFailure as failure:
            if failure.provider_status != 404:
                raise
            raise ProviderFailure(
                f"{self._wire.who} has no agent card at {_CARDS[0]}: it speaks no A2A, or its address is another.",
                provider_status=404,
            ) from None

    def _check_address(self, url: str) -> None:
        """Keep the keys from an address that the agent's card chose."""
        if self._wire.spec.variables and _origin(url) != _origin(self._wire.spec.url):
            raise InputError(
                f"The card of {self._wire.spec.host} names another server, {_origin(url)}, to which no key is "
                "sent: give the card's address there, or leave the key out."
            )


def _sending(card: Card, question: str) -> tuple[str, dict[str, Any]]:
    """Return the method and the parameters that send a question, and wait for the answer where that is known."""
    message_id = secrets.token_hex(16)
    if card.is_1_0:
        message: dict[str, Any] = {"messageId": message_id, "role": "ROLE_USER", "parts": [{"text": question}]}
        return "SendMessage", {"message": message, "configuration": {"returnImmediately": False}}
    message = {
        "kind": "message",
        "messageId": message_id,
        "role": "user",
        "parts": [{"kind": "text", "text": question}],
    }
    return "message/send", {"message": message, "configuration": {"blocking": True}}


def _read_card(card: object, base: str, who: str) -> Card:
    if not isinstance(card, dict) or not isinstance(card.get("name"), str):
        raise unreadable(who, "agent card", "its JSON has no `name`")
    offered = list(_interfaces(card))
    speaks = [each for each in offered if each[1].upper() == "JSONRPC"]
    if not speaks:
        others = ", ".join(sorted({transport for _, transport, _ in offered})) or "none"
        raise InputError(f"{who} speaks A2A over {others}; windlass speaks it over JSONRPC.")
    # The newest version that is spoken here, the one that stands first where there are two.
    url, _, version = next((each for each in speaks if each[2].startswith("1")), speaks[0])
    url = urljoin(base + "/", url)
    try:
        check_url(url)
    except ValueError as error:
        raise unreadable(who, "agent card", str(error)) from error
    return Card(str(card["name"]), str(card.get("version", "")), url, version.startswith("1"))


def _interfaces(card: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Give each address with its transport and version, as version 1.0 has them and as 0.3 had them."""
    for each in _objects(card.get("supportedInterfaces")):
        yield str(each.get("url", "")), str(each.get("protocolBinding", "")), str(each.get("protocolVersion", ""))
    version = str(card.get("protocolVersion", "0.3"))
    if card.get("url"):
        yield str(card["url"]), str(card.get("preferredTransport") or "JSONRPC"), version
    for each in _objects(card.get("additionalInterfaces")):
        yield str(each.get("url", "")), str(each.get("transport", "")), version


def _check_skill(card: object, skill: str, who: str) -> None:
    skills = _objects(card.get("skills")) if isinstance(card, dict) else []
    if skill and all(skill not in (each.get("id"), each.get("name")) for each in skills):
        there = ", ".join(str(each.get("id")) for each in skills) or "none"
        raise InputError(f"The card of {who.removeprefix('The ')} has no skill {skill!r}; it has {there}.")


def _state_of(result: Mapping[str, Any]) -> str:
    """Return the state of a task, in the words of version 0.3; empty for a message."""
    status = result.get("status")
    state = str(status.get("state", "")) if isinstance(status, dict) else ""
    return state.removeprefix("TASK_STATE_").lower().replace("_", "-")


def _answer_of(result: Mapping[str, Any]) -> str:
    """Return the text of a message, or of a task: its artifacts, else what its status says, else its last word."""
    if "parts" in result:
        return _text_of(result)
    artifacts = [text for each in _objects(result.get("artifacts")) if (text := _text_of(each))]
    if artifacts:
        return "\n".join(artifacts)
    status = result.get("status")
    said = status.get("message") if isinstance(status, dict) else None
    if isinstance(said, dict) and (text := _text_of(said)):
        return text
    by_agent = [each for each in _objects(result.get("history")) if each.get("role") in ("agent", "ROLE_AGENT")]
    return _text_of(by_agent[-1]) if by_agent else ""


def _text_of(message: Mapping[str, Any]) -> str:
    texts = (part.get("text") for part in _objects(message.get("parts")))
    return "".join(text for text in texts if isinstance(text, str))


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
