"""The HTTP client of the command line and the SDK: where the server is, and its errors as raised there."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

import httpx2

from windlass import errors
from windlass.errors import ConfigurationError, WindlassError
from windlass.storage.data_folder import find_running_server

_JSON = {"content-type": "application/json"}

DEFAULT_URL = "http://127.0.0.1:4800"

_ERRORS: dict[int, type[WindlassError]] = {
    kind.status: kind
    for kind in (
        errors.InputError,
        errors.TooLarge,
        errors.UnsupportedMedia,
        errors.Unauthenticated,
        errors.Denied,
        errors.NotFound,
        errors.Conflict,
        errors.ProviderError,
        errors.Unavailable,
    )
}


def find_url(data: Path | None = None) -> str | None:
    """Return where the server is: WINDLASS_URL, or what owns the data folder; None when nothing runs."""
    given = os.environ.get("WINDLASS_URL")
    if given:
        return given.rstrip("/")
    folder = data or Path(os.environ.get("WINDLASS_DATA", ".windlass"))
    running = find_running_server(folder)
    return running.url if running else None


class Client:
    """Speaks to one server as JSON; raises what the server raised."""

    def __init__(self, url: str, key: str | None = None, *, timeout_s: float = 300.0) -> None:
        self.url = url.rstrip("/")
        self.key = key if key is not None else os.environ.get("WINDLASS_API_KEY", "")
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        # Certificates take 40 ms to load, and http has none to check (redirects are not followed).
        verify = not self.url.startswith("http://")
        self._http = httpx2.Client(base_url=self.url, headers=headers, timeout=timeout_s, verify=verify)

    def get(self, path: str, **query: object) -> Any:
        """GET a path under /api/v1; query values that are None are left out."""
        return self._send("GET", path, query=query)

    def post(self, path: str, body: object, **query: object) -> Any:
        return self._send("POST", path, query=query, body=body)

    def put(self, path: str, body: object) -> Any:
        return self._send("PUT", path, body=body)

    def delete(self, path: str) -> Any:
        return self._send("DELETE", path)

    def download(self, path: str, file: IO[bytes], *, body: object = None, **query: object) -> None:
        """Write what a path under /api/v1 answers into a file as it comes; with a body it is a POST."""
        method = "GET" if body is None else "POST"
        parameters = {name: cast(str, value) for name, value in query.items() if value is not None}
        with (
            self._translated(),
            self._http.stream(method, f"/api/v1{path}", params=parameters, json=body) as response,
        ):
            if not response.is_success:
                response.read()
                raise _error_of(response)
            for piece in response.iter_bytes():
                file.write(piece)

    def send_file(self, path: str, data: bytes, mime_type: str, **query: str) -> Any:
        """POST bytes to a path under /api/v1."""
        headers = {"content-type": mime_type}
        response = self._exchange("POST", f"/api/v1{path}", params=query, content=data, headers=headers)
        if not response.is_success:
            raise _error_of(response)
        return response.json()

    def read_file(self, path: str) -> bytes:
        """GET the bytes of a path under /api/v1."""
        response = self._exchange("GET", f"/api/v1{path}")
        if not response.is_success:
            raise _error_of(response)
        data: bytes = response.content
        return data

    def send_traces(self, request: bytes) -> None:
        """POST a serialised OTLP ExportTraceServiceRequest; it is on the server's disk on return."""
        headers = {"content-type": "application/x-protobuf"}
        response = self._exchange("POST", "/v1/traces", content=request, headers=headers)
        if not response.is_success:
            raise _error_of(response)

    def pages(self, path: str, **query: object) -> Iterator[dict[str, Any]]:
        """Give the items of every page of a list."""
        cursor: str | None = None
        while True:
            page = self.get(path, cursor=cursor, **query)
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, method: str, path: str, *, query: dict[str, object] | None = None, body: object = None) -> Any:
        parameters = {name: cast(str, value) for name, value in (query or {}).items() if value is not None}
        sent = {} if body is None else {"content": _as_json(body), "headers": _JSON}
        response = self._exchange(method, f"/api/v1{path}", params=parameters, **sent)
        if not response.is_success:
            raise _error_of(response)
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise _stranger(response) from error

    def _exchange(self, method: str, path: str, **request: Any) -> httpx2.Response:
        with self._translated():
            return self._http.request(method, path, **request)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise what goes wrong on the way as errors of windlass."""
        try:
            yield
        except httpx2.TimeoutException as error:
            raise errors.Unavailable(f"The server at {self.url} did not answer in time.") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise errors.Unavailable(
                f"No windlass answers at {self.url} ({error}): start one with `windlass up`, or set WINDLASS_URL."
            ) from error


def _as_json(body: object) -> bytes:
    """Return what is sent. Raises InputError for what JSON has no place for, before anything is sent."""
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start : error.end].encode("ascii", "backslashreplace").decode()
        raise errors.InputError(
            f"What is to be sent has half of a character in it ({half}), which is no text: leave it out."
        ) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise errors.InputError(f"What is to be sent is no JSON: {error}.") from error


def _error_of(response: httpx2.Response) -> WindlassError:
    try:
        detail = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return _stranger(response)
    return _ERRORS.get(response.status_code, ConfigurationError)(detail)


def _stranger(response: httpx2.Response) -> ConfigurationError:
    url, status = response.request.url, response.status_code
    return ConfigurationError(f"{url} answered {status}, and not as a windlass does: is WINDLASS_URL right?")
