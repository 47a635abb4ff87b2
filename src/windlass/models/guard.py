"""A switch for tests: no model request leaves this machine."""

import ipaddress
from urllib.parse import urlsplit

from windlass.errors import ConfigurationError

_forbidden = False


def forbid_requests() -> None:
    """From now on, in the whole process, models are asked on loopback addresses only."""
    global _forbidden
    _forbidden = True


def allow_requests() -> None:
    """Take ``forbid_requests`` back."""
    global _forbidden
    _forbidden = False


def check_request(ref: str, url: str) -> None:
    """Raise ConfigurationError when requests are forbidden and the URL is not on this machine."""
    if _forbidden and not _is_loopback(urlsplit(url).hostname or ""):
        raise ConfigurationError(
            f"A request to {ref} was stopped: model requests beyond this machine are forbidden in this process."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
