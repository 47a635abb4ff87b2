"""A warehouse on a ClickHouse server: what its client sends, and what becomes of what it answers."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from windlass.errors import Unavailable
from windlass.storage.warehouse import ProtobufSchema, Step, Warehouse, WarehouseError

SCHEMA = ProtobufSchema('syntax = "proto3"; message M { string a = 1; }', "M")


class Request(NamedTuple):
    path: str
    query: dict[str, str]
    body: bytes
    user: str


class ClickHouse(ThreadingHTTPServer):
    """What a ClickHouse server is to its client: HTTP. Keeps what was sent, and answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []
        self.failure: str | None = None

    def url(self) -> str:
        return f"clickhouse://ada:s%3Acret@127.0.0.1:{self.server_address[1]}/shop"


class Handler(BaseHTTPRequestHandler):
    server: ClickHouse
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if not self.headers.get("content-length"):
            body = self._chunks()
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        user = self.headers.get("x-clickhouse-user") or self.headers.get("authorization") or ""
        self.server.requests.append(Request(urlsplit(self.path).path, query, body, user))
        if self.server.failure is not None:
            self._answer(500, self.server.failure.encode(), {"X-ClickHouse-Exception-Code": "243"})
        else:
            self._answer(200, _result_of(query.get("query", "") + body[:200].decode(errors="replace")), {})

    do_GET = do_POST  # noqa: N815 - the base class's name

    def _chunks(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return b""
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def _native(*columns: tuple[str, str, bytes]) -> bytes:
    """Return one row in ClickHouse's Native format."""

    def text(value: str) -> bytes:
        return bytes([len(value)]) + value.encode()

    return bytes([len(columns), 1]) + b"".join(text(name) + text(kind) + data for name, kind, data in columns)


def _result_of(sql: str) -> bytes:
    if "version()" in sql:
        return b"26.9.2.1\tUTC\n"
    if "system.settings" in sql:
        return bytes([3, 0]) + b"\x04name\x06String\x05value\x06String\x08readonly\x05UInt8"
    if "max(number)" in sql:
        return _native(("schema", "String", b"\x02no"), ("number", "Int64", (0).to_bytes(8, "little")))
    if "SELECT {" in sql:
        return _native(("a", "String", b"\x02hi"))
    return b""


@pytest.fixture
def server() -> Iterator[ClickHouse]:
    made = ClickHouse()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_a_server_is_sent_bound_parameters(server: ClickHouse) -> None:
    warehouse = Warehouse.open(server.url())
    server.requests.clear()

    assert warehouse.query("SELECT {a:String} AS a", {"a": "it's"}) == [{"a": "hi"}]

    (request,) = server.requests
    assert b"SELECT {a:String} AS a" in request.body
    assert (request.query["param_a"], request.query["database"]) == (r"it\'s", "shop")
    assert "session_id" not in request.query
    warehouse.close()


def test_a_server_is_sent_protobuf_with_its_schema_and_waits_for_the_commit(server: ClickHouse) -> None:
    warehouse = Warehouse.open(server.url())
    server.requests.clear()

    warehouse.insert_protobuf("inbox", b"\x03\x0a\x01x", SCHEMA)
    warehouse.insert("scores", [{"a": 1}])

    protobuf, json = server.requests
    assert protobuf.body.endswith(b"\x03\x0a\x01x")
    assert "INSERT INTO inbox" in protobuf.query.get("query", "") + protobuf.body.decode(errors="replace")
    assert {name: protobuf.query[name] for name in protobuf.query if "format" in name or "async" in name} == {
        "async_insert": "0",
        "date_time_input_format": "best_effort",
        "format_schema_source": "string",
        "format_schema": SCHEMA.text,
        "format_schema_message_name": "M",
        "input_format_protobuf_oneof_presence": "1",
    }
    assert json.body.endswith(b'{"a":1}')
    warehouse.close()


def test_a_server_is_asked_each_time_for_others_write_to_it(server: ClickHouse) -> None:
    warehouse = Warehouse.open(server.url())
    server.requests.clear()

    for _ in range(2):
        assert not warehouse.has_rows("t", "shop")

    assert len(server.requests) == 2
    warehouse.close()


def test_a_server_gets_the_same_steps(server: ClickHouse) -> None:
    warehouse = Warehouse.open(server.url())
    server.requests.clear()

    warehouse.apply_steps({"tests": [Step(1, "one", ("CREATE TABLE t (a UInt8) ENGINE = Null",))]})

    sent = [request.query.get("query", "") + request.body.decode() for request in server.requests]
    assert len([text for text in sent if "CREATE TABLE IF NOT EXISTS schema_steps" in text]) == 1
    assert "CREATE TABLE t (a UInt8) ENGINE = Null" in sent[2]
    assert "INSERT INTO schema_steps" in sent[3]
    warehouse.close()


def test_a_server_that_fails_is_unavailable(server: ClickHouse) -> None:
    warehouse = Warehouse.open(server.url())
    server.failure = "Code: 243. DB::Exception: Cannot reserve 1 MiB: not enough space. (NOT_ENOUGH_SPACE)"

    with pytest.raises(WarehouseError, match="has no space left: free disk space, then try again") as caught:
        warehouse.insert("t", [{"a": 1}])

    assert caught.value.code == 243
    assert "cret" not in caught.value.message
    warehouse.close()


def test_a_server_that_is_away_is_unavailable(server: ClickHouse) -> None:
    url = server.url()
    server.server_close()

    with pytest.raises(Unavailable, match=r"The warehouse at 127\.0\.0\.1 does not answer"):
        Warehouse.open(url)


def test_a_server_runs_somebody_elses_statement_in_a_database_and_under_settings_of_its_own(
    server: ClickHouse,
) -> None:
    with closing(Warehouse.open(server.url())) as warehouse:
        settings = {"max_execution_time": 5, "additional_table_filters": "{'shop.spans': 'a = 1'}"}
        warehouse.query_alone("SELECT 1", database="sql_views", settings=settings, data_format="JSONCompact")

    sent = server.requests[-1]
    assert sent.query["database"] == "sql_views"
    assert {name: sent.query.get(name) for name in (*settings, "readonly")} == {
        "max_execution_time": "5",
        "additional_table_filters": "{'shop.spans': 'a = 1'}",
        "readonly": "1",
    }
    assert b"FORMAT JSONCompact" in sent.body + sent.query.get("query", "").encode()


def test_a_server_is_asked_for_a_file_with_its_settings(server: ClickHouse, tmp_path: Path) -> None:
    sql = "SELECT number AS n FROM numbers({many:UInt64})"

    with closing(Warehouse.open(server.url())) as warehouse:
        warehouse.write_file(sql, {"many": 3}, tmp_path / "b", data_format="CSV", settings={"max_block_size": 1})

    sent = server.requests[-1]
    assert (sent.query["param_many"], sent.query["max_block_size"]) == ("3", "1")
    assert (tmp_path / "b").exists()
