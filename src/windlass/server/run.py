"""Running the app: on its own until a signal ends it, or in a thread beside something else."""

import contextlib
import logging
import signal
import socket

import uvicorn

from windlass.errors import ConfigurationError
from windlass.server.app import create_app
from windlass.server.caller import is_loopback
from windlass.server.http_heads import BoundedHeads
from windlass.server.listening import allow_many_connections, listen_on
from windlass.server.logs import configure_logs
from windlass.server.memory import keep_freed_memory, set_aside_what_stays
from windlass.server.otlp_ports import OtlpOnly, OtlpPorts
from windlass.server.services import Services
from windlass.settings import Settings

log = logging.getLogger(__name__)

GRACE_S = 20
"""How long requests under way may take to end when the server stops."""


def run_server(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is under way and store what was acknowledged.

    Raises ConfigurationError for an address that may not or cannot be listened on, Conflict for a data folder
    that another process owns.
    """
    configure_logs()
    keep_freed_memory()
    allow_many_connections()
    # uvicorn raises the signal that ended it once more, when it is done: that must not end the process by itself,
    # before the engines are closed. Until uvicorn runs these end it, SIGINT too where a script ignores that for
    # what it starts in the background.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(KeyboardInterrupt), listen(settings) as listener:
        services = Services(settings)
        try:
            url = url_of(settings.host, listener)
            with OtlpPorts(services) as otlp:
                services.announce(url)
                _greet(services, url)
                _log_ports(services, otlp)
                listeners = [listener] if otlp.http is None else [listener, otlp.http]
                server = uvicorn_server(services, otlp_port=otlp.http_port)
                set_aside_what_stays()
                server.run(sockets=listeners)
        finally:
            services.close()


def _interrupt(_number: int, _frame: object) -> None:
    """End as Ctrl-C does."""
    raise KeyboardInterrupt


def uvicorn_server(services: Services, *, otlp_port: int | None = None) -> uvicorn.Server:
    """Make the server of an app; on ``otlp_port``, where it listens too, it answers OTLP only."""
    app = create_app(services)
    return uvicorn.Server(
        uvicorn.Config(
            app if otlp_port is None else OtlpOnly(app, otlp_port),
            http=BoundedHeads,
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
    try:
        return listen_on(settings.host, settings.port)
    except OSError as error:
        raise ConfigurationError(
            f"Port {settings.port} of {settings.host} cannot be listened on ({error.strerror}): "
            "stop what uses it, or choose another with --port."
        ) from error


def url_of(host: str, listener: socket.socket) -> str:
    """Return where this machine reaches a listener."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}"


def _log_ports(services: Services, otlp: OtlpPorts) -> None:
    ports = {"gRPC": otlp.grpc_port, "HTTP": otlp.http_port}
    taken = [f"over {what} on port {port}" for what, port in ports.items() if port is not None]
    if taken:
        log.info("OTLP is taken %s of %s, too.", " and ".join(taken), services.settings.host)


def _greet(services: Services, url: str) -> None:
    lines = [f"windlass is ready at {url} (mode {services.settings.mode}, data {services.settings.data})."]
    first_key = services.first_key()
    if first_key is not None:
        lines.append(f"The first admin key, shown this once: {first_key}")
    print("\n".join(lines), flush=True)  # noqa: T201 - the one thing that a person who starts it must see
