"""Provider failures as one sentence each, with what a caller needs to decide on a retry."""

from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn

from windlass.errors import ProviderError

if TYPE_CHECKING:
    from pydantic_ai.exceptions import ModelAPIError

_LONGEST_REASON = 300
_RETRYABLE_STATUSES = {408, 409, 425, 429}
_BUSY_STATUSES = {429, 503, 529}


class ProviderFailure(ProviderError):
    """A model call that failed."""

    def __init__(
        self,
        message: str,
        *,
        provider_status: int | None = None,
        retryable: bool = False,
        retry_after_s: float | None = None,
        busy: bool = False,
        charged: bool = False,
    ) -> None:
        super().__init__(message)
        self.provider_status = provider_status
        """The HTTP status with which the provider answered, if it did."""
        self.retryable = retryable
        """Whether the same call may succeed later."""
        self.retry_after_s = retry_after_s
        """How long the provider asked to wait, if it said."""
        self.busy = busy
        """Whether the provider takes no calls now, or cannot be reached: others would fare no better."""
        self.charged = charged
        """Whether the provider may charge for it: of a call that broke off nobody knows how far it was."""


class Refused(ProviderFailure):
    """A call that was refused for as long as it was worth waiting: nobody is to try it again."""

    def __init__(self, last: ProviderFailure, refusals: int) -> None:
        asked = f", and asked to wait {last.retry_after_s:g} s" if last.retry_after_s else ""
        times = "once" if refusals == 1 else f"{refusals} times"
        super().__init__(
            f"{last.message} It was given up after it was refused {times}{asked}.",
            provider_status=last.provider_status,
            retry_after_s=last.retry_after_s,
        )


def raise_failure(error: Exception, *, ref: str, key_variable: str, secret: str) -> NoReturn:
    """Raise the ProviderFailure for what pydantic-ai or its HTTP client raised, with the secret cut out."""
    from pydantic_ai.exceptions import (
        ModelAPIError,
        ModelConnectionError,
        ModelHTTPError,
        ModelQuotaExceededError,
        ModelRequestTimeout,
        ModelTimeoutError,
    )

    match error:
        case ModelHTTPError(status_code=401 | 403):
            raise ProviderFailure(
                f"{ref} refused the key ({_status(error.status_code)}); check {key_variable} and what it may use.",
                provider_status=error.status_code,
            ) from None
        case ModelHTTPError():
            status = error.status_code
            lasting = isinstance(error, ModelQuotaExceededError)
            raise ProviderFailure(
                f"{ref} answered {_status(status)}: {_reason(error.body, secret)}",
                provider_status=status,
                retryable=(status in _RETRYABLE_STATUSES or status >= 500) and not lasting,
                retry_after_s=error.retry_after,
                busy=status in _BUSY_STATUSES and not lasting,
            ) from None
        case ModelRequestTimeout():
            message = f"{ref} did not answer within {error.timeout:g} s; try again or allow it more time."
            raise ProviderFailure(message, retryable=True, charged=True) from None
        case ModelTimeoutError():
            message = f"{ref} did not answer in time; try again."
            raise ProviderFailure(message, retryable=True, charged=_arrived(error)) from None
        case ModelAPIError():
            reason = _one_line(str(error.message), secret)
            raise ProviderFailure(
                f"{ref} could not be reached or broke off: {reason}",
                retryable=True,
                busy=isinstance(error, ModelConnectionError),
                charged=_arrived(error),
            ) from None
        case _:
            reason = _one_line(str(error) or type(error).__name__, secret)
            message = f"{ref} sent an answer that cannot be read: {reason}"
            raise ProviderFailure(message, retryable=True, charged=True) from None


def _arrived(error: "ModelAPIError") -> bool:
    """Tell whether a call may have reached the provider: not while it was still connecting."""
    return getattr(error, "phase", None) not in {"pool", "connect"}


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _reason(body: object, secret: str) -> str:
    """The provider's own words, wherever in the body they are."""
    match body:
        case {"error": {"message": str(message)}} | {"message": str(message)} | {"error": str(message)}:
            return _one_line(message, secret)
        case str() if body.strip():
            return _one_line(body, secret)
        case _:
            return "it gave no reason."


def _one_line(text: str, secret: str) -> str:
    line = " ".join(text.split())
    if len(secret) > 8:
        line = line.replace(secret, "[key]")
    line = line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"
    return line if line.endswith((".", "!", "?", "…")) else line + "."
