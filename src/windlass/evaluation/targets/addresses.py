"""Which agents a server may call: who starts a run must not choose where it sends requests and keys."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from windlass.artifacts.endpoints import Endpoint, check_url
from windlass.errors import ConfigurationError, Denied

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class _Allowed:
    origin: tuple[str, str, int | None]
    path: list[str]
    variables: frozenset[str]

    def covers(self, url: str) -> bool:
        path = _segments(url)
        within = path[: len(self.path)] == self.path and not {".", ".."} & {*path}
        return within and _origin(url) == self.origin


class Addresses:
    """The addresses that an administrator allowed, each with the variables whose values may be sent there."""

    def __init__(self, setting: str = "") -> None:
        """Read the setting: addresses with blanks or commas between, each `URL` or `URL#VARIABLE+VARIABLE`.

        Raises ConfigurationError for what is no address.
        """
        self._allowed = [_read(entry) for entry in setting.replace(",", " ").split()]

    def admit(self, url: str) -> None:
        """Raise Denied for an address that is not allowed."""
        if not any(each.covers(url) for each in self._allowed):
            parts = urlsplit(url)
            raise Denied(
                f"This server may not call {parts.scheme}://{parts.netloc}{parts.path}: an administrator allows "
                "addresses with WINDLASS_TARGET_URLS; from your own machine, `windlass eval --target` calls any."
            )

    def admit_endpoint(self, spec: Endpoint) -> None:
        """Raise Denied where the address is not allowed, or not with the keys that it is to get."""
        self.admit(spec.url)
        sent: frozenset[str] = frozenset().union(
            *(each.variables for each in self._allowed if each.covers(spec.url))
        )
        refused = sorted(spec.variables - sent)
        if refused:
            raise Denied(
                f"This server sends no value of {', '.join(refused)} to {spec.host}: an administrator allows that "
                f"with WINDLASS_TARGET_URLS={spec.url}#{refused[0]}."
            )


def _read(entry: str) -> _Allowed:
    url, _, variables = entry.partition("#")
    try:
        check_url(url)
    except ValueError as error:
        raise ConfigurationError(f"The setting 'target_urls' (WINDLASS_TARGET_URLS) is wrong: {error}.") from error
    return _Allowed(_origin(url), _segments(url), frozenset(variables.split("+")) - {""})


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme)


def _segments(url: str) -> list[str]:
    """Return what lies between the slashes, as a server may read it."""
    path = unquote(unquote(urlsplit(url).path)).replace("\\", "/")
    return [segment for segment in path.split("/") if segment]
