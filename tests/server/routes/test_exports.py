"""Exports of traces over HTTP and by the command line's client."""

import io
import json

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import InputError, NotFound


@pytest.fixture(autouse=True)
def spans(project: Project) -> None:
    project.live.services.writer.write_spans(
        project.name, request(span(1, 1, name="a"), span(2, 1, name="b", error=True))
    )


def exported(project: Project, **query: object) -> bytes:
    file = io.BytesIO()
    project.client.download("/traces/export", file, **query)
    return file.getvalue()


def test_an_export_takes_the_filters_of_the_list(project: Project) -> None:
    assert [json.loads(line)["name"] for line in exported(project).splitlines()] == ["b", "a"]
    assert [json.loads(line)["name"] for line in exported(project, status="error").splitlines()] == ["b"]
    assert [json.loads(line)["name"] for line in exported(project, where=["name=a"]).splitlines()] == ["a"]
    assert exported(project, **{"from": "2126-01-01T00:00:00Z"}) == b""


def test_otlp_that_was_exported_can_be_sent_again(project: Project) -> None:
    other = Project(project.live, f"{project.name}-copy")
    data = exported(project, format="otlp-protobuf")
    other.client.send_traces(data)
    project.live.services.writer.flush()
    assert exported(other, format="otlp-protobuf") == data
    assert exported(other, format="otlp") == exported(project, format="otlp")
    other.close()
    assert len(ExportTraceServiceRequest.FromString(data).resource_spans) == 1


def test_a_file_has_a_name_and_a_type(project: Project) -> None:
    with project.http() as http:
        answer = http.get("/api/v1/traces/export", params={"format": "parquet"})
    assert answer.headers["content-disposition"] == 'attachment; filename="traces.parquet"'
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert answer.content[:4] == answer.content[-4:] == b"PAR1"


def test_what_is_wrong_is_said_before_the_file_begins(project: Project) -> None:
    with pytest.raises(InputError, match=r"query\.format"):
        exported(project, format="xml")
    with pytest.raises(InputError):
        exported(project, where=["nonsense"])


def test_no_trace_is_called_export(project: Project) -> None:
    with pytest.raises(NotFound):
        project.client.get(f"/traces/{trace_id(9)}")
