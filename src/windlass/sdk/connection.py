"""Which server this process speaks to."""

import threading

from windlass.client import DEFAULT_URL, Client, find_url

_lock = threading.Lock()


class _Connection:
    client: Client | None = None


def is_connected() -> bool:
    """Tell whether this process has said or found where its server is."""
    with _lock:
        return _Connection.client is not None


def current_client() -> Client:
    """Return the client that `windlass.init` made, or one of the default server."""
    with _lock:
        if _Connection.client is None:
            _Connection.client = Client(find_url() or DEFAULT_URL)
        return _Connection.client


def replace_client(client: Client | None) -> None:
    """Speak to another server, or to none until it is asked for; the client of before is closed."""
    with _lock:
        before, _Connection.client = _Connection.client, client
    if before is not None:
        before.close()
