"""What an agent sends instead of an answer, as failures that say what to do, and whether to try again."""

import json
import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import httpx2

from windlass.artifacts.endpoints import Endpoint
from windlass.models.failures import ProviderFailure

_RETRYABLE: Final = frozenset({408, 409, 425, 429})
_BUSY: Final = frozenset({429, 503, 529})
_LONGEST: Final = 300


def failure_of_status(who: str, response: httpx2.Response, text: str, spec: Endpoint) -> ProviderFailure:
    """Return the failure that a status stands for."""
    status = response.status_code
    title = _title(status)
    if status in {401, 403}:
        variables = ", ".join(sorted(spec.variables))
        how = f"check {variables} and what it may use" if variables else "name the variable that holds its key"
        return ProviderFailure(f"{who} refused the key ({title}); {how}.", provider_status=status)
    if 300 <= status < 400:
        location = response.headers.get("location", "elsewhere")
        return ProviderFailure(
            f"{who} answered {title}, to {one_line(location)} Redirects are not followed: give that address.",
            provider_status=status,
        )
    if status in {404, 405} and spec.protocol != "http":
        return ProviderFailure(
            f"{who} answered {title} to {response.request.method} {response.request.url.path}: it speaks another "
            f"protocol than {spec.protocol}, or its address is another.",
            provider_status=status,
        )
    return ProviderFailure(
        f"{who} answered {title}: {_reason(text)}",
        provider_status=status,
        retryable=status in _RETRYABLE or status >= 500,
        retry_after_s=_retry_after(response.headers),
        busy=status in _BUSY,
    )


def failure_on_the_way(who: str, error: Exception, timeout_s: float) -> ProviderFailure:
    """Return the failure of a request that got no answer."""
    if isinstance(error, httpx2.ConnectTimeout):
        return ProviderFailure(f"{who} could not be reached in time; is its address right?", retryable=True)
    if isinstance(error, httpx2.TimeoutException):
        return ProviderFailure(
            f"{who} did not answer within {timeout_s:g} s; try again or allow it more time.",
            retryable=True,
            charged=True,
        )
    if isinstance(error, httpx2.ConnectError):
        return ProviderFailure(
            f"{who} could not be reached ({str(error) or 'no connection'}); is it running, and its address right?",
            retryable=True,
            busy=True,
        )
    if isinstance(error, httpx2.HTTPError):
        reason = str(error) or type(error).__name__
        return ProviderFailure(f"{who} broke off: {one_line(reason)}", retryable=True, busy=True, charged=True)
    return ProviderFailure(f"{who} has no address that can be called: {one_line(str(error))}")


def unreadable(who: str, wanted: str, why: str) -> ProviderFailure:
    """Return the failure of an answer that is not what the protocol has: asked again it would be no other."""
    return ProviderFailure(f"{who} sent no {wanted}: {why}. Does it speak this protocol?", charged=True)


def one_line(text: str) -> str:
    line = " ".join(text.split())
    line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return line if line.endswith((".", "!", "?", "…")) else line + "."


def _title(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _reason(text: str) -> str:
    """The agent's own words, wherever in the body they are."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return one_line(text) if text.strip() else "it gave no reason."
    match body:
        case {"error": {"message": str(message)}} | {"message": str(message)} | {"error": str(message)}:
            return one_line(message)
        case {"detail": str(message)}:
            return one_line(message)
        case _:
            return one_line(text)


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Return how many seconds it asks to wait: given in seconds, in milliseconds, or as a date."""
    for name, parts in (("retry-after-ms", 1000), ("retry-after", 1)):
        text = headers.get(name, "")
        try:
            return max(0.0, float(text) / parts)
        except ValueError:
            continue
    try:
        return max(0.0, parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time())
    except ValueError:
        return None
