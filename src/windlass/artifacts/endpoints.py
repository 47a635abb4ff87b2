"""What is reached by URL, as artifacts and runs describe it: where it is, and which variables prove who asks."""

import re
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_VARIABLE: Final = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_HEADER: Final = re.compile("[A-Za-z0-9-]+")


class Endpoint(BaseModel):
    """An address. It names the variables of the environment that hold keys, and never holds one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    protocol: str
    url: str
    key_variable: str = ""
    """The variable of the environment whose value is sent as `Authorization: Bearer …`."""
    headers: dict[str, str] = {}
    """Further headers: the name of each, and the variable that holds its value."""
    timeout_s: float = Field(default=120.0, gt=0, le=3600)
    """Longest seconds for one request."""

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        check_url(url)
        return url.rstrip("/")

    @model_validator(mode="after")
    def _names_its_keys(self) -> "Endpoint":
        for header, variable in self.headers.items():
            if not _HEADER.fullmatch(header):
                raise ValueError(f"{header!r} is no name of a header")
            _check_variable(variable)
        if self.key_variable:
            _check_variable(self.key_variable)
        return self

    @property
    def variables(self) -> frozenset[str]:
        """The variables of the environment that are sent to it."""
        return frozenset({*self.headers.values(), self.key_variable} - {""})

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


def check_url(url: str) -> None:
    """Raise ValueError for what is no plain address: without a host, or with a password in it."""
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(f"{url!r} is no URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_one:
        raise ValueError(f"{url!r} is no URL that can be called; it begins with http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL with a password in it would be stored; name a variable of the environment instead")
    if parts.fragment or "\\" in url or not url.isprintable() or " " in url:
        raise ValueError(f"{url!r} is no address that can be called; leave out what follows # and blanks")


def _check_variable(name: str) -> None:
    if not _VARIABLE.fullmatch(name):
        raise ValueError("a key is given by the name of a variable of the environment, not by its value")
