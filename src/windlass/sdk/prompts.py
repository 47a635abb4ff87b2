"""`windlass.prompt`: a prompt of the registry, kept for a while, and still there when the server is not."""

import logging
import threading
import time
from typing import NamedTuple

from opentelemetry import trace as otel
from pydantic import JsonValue

from windlass.artifacts.prompts import Prompt as PromptBody
from windlass.artifacts.prompts import render_prompt
from windlass.errors import Unavailable
from windlass.sdk.connection import current_client

FRESH_S = 60.0
"""How long a label's version is taken without asking the server again."""

log = logging.getLogger("windlass")


class Prompt:
    """One version of a prompt, ready to be filled in."""

    def __init__(self, name: str, number: int, digest: str, body: PromptBody) -> None:
        self.name = name
        self.number = number
        self.digest = digest
        self.model = body.model
        self.parameters: dict[str, JsonValue] = dict(body.parameters)
        self._body = body

    def __repr__(self) -> str:
        return f"Prompt(name={self.name!r}, number={self.number}, digest={self.digest!r})"

    def messages(self, **variables: object) -> list[dict[str, str]]:
        """Return the messages, as the OpenAI client takes them; note name and version on the current span.

        Raises InputError for a variable that is missing or unknown.
        """
        span = otel.get_current_span()
        span.set_attribute("gen_ai.prompt.name", self.name)
        span.set_attribute("gen_ai.prompt.version", str(self.number))
        span.set_attribute("windlass.prompt", self.digest)
        rendered = render_prompt(self._body, variables)
        return [{"role": message.role, "content": message.content} for message in rendered]

    def text(self, **variables: object) -> str:
        """Return the rendered text of all messages."""
        return "\n\n".join(message["content"] for message in self.messages(**variables))


class _Kept(NamedTuple):
    prompt: Prompt
    asked: float


_kept: dict[tuple[str, str, str], _Kept] = {}
_lock = threading.Lock()


def prompt(name: str, *, label: str | None = None, version: int | str | None = None) -> Prompt:
    """Return a prompt of the registry by label (default `latest`), or by version number or digest.

    A label is asked for again after a minute; while the server is away, the version last seen is used and a
    warning logged. Raises NotFound, and Unavailable when the server is away and nothing was seen before.
    """
    what = str(version) if version is not None else label or "latest"
    client = current_client()
    key = (client.url, name, what)
    with _lock:
        kept = _kept.get(key)
    # A number or a digest names one content for ever.
    if kept is not None and (version is not None or time.monotonic() - kept.asked < FRESH_S):
        return kept.prompt
    try:
        found = client.get(f"/artifacts/prompt/{name}/versions/{what}")
    except Unavailable as error:
        if kept is None:
            raise
        log.warning("prompt %s@%s: using version %d, last seen before: %s", name, what, kept.prompt.number, error)
        found_prompt = kept.prompt
    else:
        found_prompt = Prompt(name, found["number"], found["digest"], PromptBody.model_validate(found["body"]))
    with _lock:
        _kept[key] = _Kept(found_prompt, time.monotonic())
    return found_prompt
