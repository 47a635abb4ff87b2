"""What a connection gets that never says what it wants, or says too much before."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from windlass.server.http_heads import BoundedHeads
from windlass.server.listening import listen_on


class Impatient(BoundedHeads):
    head_s = 0.3


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    listener = listen_on("127.0.0.1", 0)
    config = uvicorn.Config(PlainTextResponse("here"), http=Impatient, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join()


def answer_to(address: tuple[str, int], *sent: bytes) -> bytes:
    """Return all that is answered until the server ends the connection."""
    with socket.create_connection(address, timeout=20) as connection:
        try:
            for piece in sent:
                connection.sendall(piece)
        except ConnectionError:
            pass
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionError:
            pass
        return answer


GET = b"GET / HTTP/1.1\r\nHost: here\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET", GET], ids=["nothing", "a word", "half a head"])
def test_a_connection_on_which_no_request_comes_is_ended(address: tuple[str, int], sent: bytes) -> None:
    assert answer_to(address, sent) == b""


@pytest.mark.parametrize(
    "sent",
    [
        [GET, b"A: ", *[b"a" * 65536] * 4],
        [GET, b"".join(b"A%d: b\r\n" % number for number in range(1001)), b"\r\n"],
    ],
    ids=["a long one", "many"],
)
def test_a_head_with_too_much_in_it_is_400(address: tuple[str, int], sent: list[bytes]) -> None:
    assert answer_to(address, *sent).startswith(b"HTTP/1.1 400 ")


def test_a_second_request_has_its_own_time_and_room(address: tuple[str, int]) -> None:
    filled = GET + b"A: " + b"a" * 40_000 + b"\r\n\r\n"
    assert answer_to(address, filled, filled, GET).count(b"HTTP/1.1 200 ") == 2
