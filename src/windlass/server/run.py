"""Running the app: on its own until a signal ends it, or in a thread beside something else."""

import contextlib
import logging
import signal
import socket

import uvicorn

from windlass.errors import ConfigurationError
from windlass.server.app import create_app
from windlass.server.caller import is_loopback
from windlass.server.services import Services
from windlass.settings import Settings

GRACE_S = 20
"""How long requests under way may take to end when the server stops."""


def run_server(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is under way and store what was acknowledged.

    Raises ConfigurationError for an address that may not or cannot be listened on, Conflict for a data folder
    that another process owns.
    """
    configure_logs()
    # uvicorn raises the signal that ended it once more, when it is done: that must not end the process by itself,
    # before the engines are closed.
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(KeyboardInterrupt), listen(settings) as listener:
        services = Services(settings)
        try:
            url = url_of(settings.host, listener)
            services.announce(url)
            _greet(services, url)
            uvicorn_server(services).run(sockets=[listener])
        finally:
            services.close()


def _interrupt(_number: int, _frame: object) -> None:
    """End as Ctrl-C does."""
    raise KeyboardInterrupt


def uvicorn_server(services: Services) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(services),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
            # Behind a reverse proxy the client's own address decides nothing here: loopback means the proxy.
            proxy_headers=False,
        )
    )


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises ConfigurationError for a port in use, and for an address beyond this machine when callers on it
    need no key.
    """
    if settings.mode != "server" and not is_loopback(settings.host):
        raise ConfigurationError(
            f"The mode {settings.mode} asks nobody for a key, so it listens on this machine only and not on "
            f"{settings.host}: leave --dev out to serve others with API keys, or listen on 127.0.0.1."
        )
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"Port {settings.port} of {settings.host} cannot be listened on ({error.strerror}): "
            "stop what uses it, or choose another with --port."
        ) from error
    listener.setblocking(False)
    return listener


def url_of(host: str, listener: socket.socket) -> str:
    """Return where this machine reaches a listener."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}"


def configure_logs(level: int = logging.INFO) -> None:
    """Log to standard error: our own events from a level on, everybody else's warnings."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING)
    logging.getLogger("windlass").setLevel(level)


def _greet(services: Services, url: str) -> None:
    lines = [f"windlass is ready at {url} (mode {services.settings.mode}, data {services.settings.data})."]
    first_key = services.first_key()
    if first_key is not None:
        lines.append(f"The first admin key, shown this once: {first_key}")
    print("\n".join(lines), flush=True)  # noqa: T201 - the one thing that a person who starts it must see
