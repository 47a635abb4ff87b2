import socket
from pathlib import Path

import pytest

from windlass.errors import ConfigurationError
from windlass.server.local import LocalServer
from windlass.server.run import listen, url_of
from windlass.settings import load_settings


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("0.0.0.0", "127.0.0.1"),
        ("::1", "[::1]"),
        ("::", "[::1]"),
    ],
)
def test_a_listener_says_where_this_machine_reaches_it(host: str, name: str) -> None:
    with listen(load_settings(host=host, port=0)) as listener:
        port = listener.getsockname()[1]
        assert url_of(host, listener) == f"http://{name}:{port}"
        with socket.create_connection((name.strip("[]"), port), timeout=10):
            pass


@pytest.mark.parametrize("mode", ["dev", "demo"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_where_no_key_is_asked_for_only_this_machine_is_listened_to(mode: str, host: str) -> None:
    with pytest.raises(ConfigurationError, match=f"The mode {mode} asks nobody for a key"):
        listen(load_settings(host=host, port=0, mode=mode))
    with listen(load_settings(host="localhost", port=0, mode=mode)):
        pass


def test_a_port_in_use_and_an_address_of_another_machine_are_one_sentence() -> None:
    with listen(load_settings(port=0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} of 127.0.0.1 cannot be listened on"):
            listen(load_settings(port=port))
    with pytest.raises(ConfigurationError, match=r"of 192\.0\.2\.1 cannot be listened on"):
        listen(load_settings(host="192.0.2.1", port=0))
    with pytest.raises(ConfigurationError, match=r"of no\.such\.host\.invalid cannot be listened on"):
        listen(load_settings(host="no.such.host.invalid", port=0))


def test_a_server_that_cannot_listen_makes_no_data_folder(tmp_path: Path) -> None:
    with listen(load_settings(port=0)) as taken, pytest.raises(ConfigurationError):
        LocalServer(load_settings(port=taken.getsockname()[1], data=tmp_path / "data"))
    assert not (tmp_path / "data").exists()
