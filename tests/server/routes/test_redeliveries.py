"""A span that is delivered again, also with another start, is one span wherever spans are read, over HTTP."""

import time
from collections.abc import Callable

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.live import Project
from tests.telemetry.sending import START_NS, Plain, request, span, trace_id

HOUR_NS = 3600 * 10**9


def send(project: Project, *spans: Span) -> None:
    project.send_traces(request(*spans).SerializeToString())


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not is_so() and time.monotonic() < until:
        time.sleep(0.05)


def test_a_span_that_comes_again_with_another_start_is_there_once(project: Project) -> None:
    model: Plain = {
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.conversation.id": "talk",
    }
    child = span(1, 2, parent=1, name="call", start_ns=START_NS + 1, attributes=model)
    send(project, span(1, 1, name="first"), child, span(2, 1, name="other"))
    send(project, span(1, 1, name="again", start_ns=START_NS + HOUR_NS), child)
    child.start_time_unix_nano = START_NS + 2
    send(project, child)
    # In one request the later one counts.
    send(project, span(2, 1, name="other", start_ns=START_NS + 7), span(2, 1, name="last", start_ns=START_NS + 8))
    client = project.client

    def names() -> list[str]:
        return [item["name"] for item in client.get("/spans")["items"]]

    counts = {"query": "SELECT count(), sum(input_tokens) FROM spans"}
    wait_until(lambda: client.post("/sql", counts)["rows"] == [[3, 5]])
    assert names() == ["again", "last", "call"]
    assert [item["name"] for item in client.get("/traces")["items"]] == ["last", "again"]
    assert [item["span_count"] for item in client.get("/traces")["items"]] == [1, 2]
    assert client.get(f"/traces/{trace_id(1)}")["span_count"] == 2
    assert client.post("/sql", counts)["rows"] == [[3, 5]]
    (talk,) = client.get("/sessions")["items"]
    assert talk["input_tokens"] == 5
    with project.http() as http:
        exported = http.get("/api/v1/spans/export", params={"format": "jsonl"})
    assert len(exported.text.splitlines()) == 3


def test_what_is_sent_twice_alike_and_ids_of_another_project_stay(project: Project) -> None:
    for _ in range(2):
        send(project, span(1, 1, name="one"), span(1, 2, parent=1, name="two"))
    services = project.live.services
    services.writer.write_spans(f"{project.name}-other", request(span(1, 1, start_ns=START_NS + 5)))
    services.writer.flush()

    assert [item["name"] for item in project.client.get("/spans")["items"]] == ["two", "one"]
    rows = services.warehouse.query("SELECT count() AS n FROM spans WHERE span_id = unhex('0000000000000001')")
    assert int(str(rows[0]["n"])) >= 2
