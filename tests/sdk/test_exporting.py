import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace as otel

import windlass
from windlass.sdk import exporting

APPLICATION = """
import os, sys
import windlass
from opentelemetry import trace as otel

if sys.argv[2] == "own provider":
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    otel.set_tracer_provider(TracerProvider(resource=Resource.create({"service.name": "theirs"})))

@windlass.trace(name="answer")
def answer(question):
    return "42"

answer("before init: nobody hears this")
windlass.init(
    sys.argv[1], api_key="wl_key", service_name="shop", release="sha256:abc", environment="staging",
    resource={"team": "guide"},
)
answer("why?")
assert windlass.flush(5)
print(windlass.lost_spans())
windlass.shutdown()
answer("after shutdown: nor this")
"""


def run_application(url: str, provider: str) -> str:
    command = [sys.executable, "-W", "error", "-c", APPLICATION, url, provider]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def resource_of(export: Any) -> dict[str, str]:
    [resource] = export.request.resource_spans
    return {item.key: item.value.string_value for item in resource.resource.attributes}


@pytest.fixture
def exporting_ends(finished: object) -> Iterator[None]:
    # With it the process has a tracer provider, whoever set it.
    yield
    exporting.stop_exporting()


def end_spans(count: int) -> None:
    tracer = otel.get_tracer("a test")
    for number in range(count):
        tracer.start_span(f"span {number}").end()


def test_an_application_sends_its_spans_with_what_it_said_of_itself(server: Any) -> None:
    assert run_application(server.url, "ours") == "0\n"
    [export] = server.exports
    assert export.authorization == "Bearer wl_key"
    assert export.names == ["answer"]
    said = resource_of(export)
    assert {
        "service.name": "shop",
        "windlass.release": "sha256:abc",
        "deployment.environment.name": "staging",
        "team": "guide",
    }.items() <= said.items()
    [span] = export.request.resource_spans[0].scope_spans[0].spans
    assert {item.key: item.value.string_value for item in span.attributes} == {
        "input.value": "why?",
        "output.value": "42",
    }


def test_an_application_with_its_own_provider_keeps_it(server: Any) -> None:
    assert run_application(server.url, "own provider") == "0\n"
    [export] = server.exports
    assert export.names == ["answer"]
    assert resource_of(export)["service.name"] == "theirs"


@pytest.mark.usefixtures("exporting_ends")
def test_flush_delivers_what_has_ended(server: Any) -> None:
    exporting.start_exporting(f"{server.url}/v1/traces", "", {})
    end_spans(3)
    assert windlass.flush(5)
    assert [name for export in server.exports for name in export.names] == ["span 0", "span 1", "span 2"]
    assert server.exports[0].authorization is None
    assert windlass.lost_spans() == 0


def test_without_init_there_is_nothing_to_flush() -> None:
    exporting.stop_exporting()
    assert windlass.flush(0.1)


@pytest.mark.usefixtures("exporting_ends")
def test_spans_that_a_server_refuses_are_counted_and_logged_and_nothing_is_raised(
    server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    before = windlass.lost_spans()
    server.status = 401
    exporting.start_exporting(f"{server.url}/v1/traces", "a wrong key", {})
    end_spans(2)
    windlass.flush(5)
    assert windlass.lost_spans() - before == 2
    [record] = [record for record in caplog.records if record.name == "windlass"]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == f"2 spans could not be delivered to {server.url}/v1/traces (2 so far)"
    assert "a wrong key" not in caplog.text
    exporting.stop_exporting()
    assert windlass.lost_spans() - before == 2, "they stay counted"


@pytest.mark.usefixtures("exporting_ends")
def test_a_span_that_cannot_be_encoded_is_counted_and_the_next_ones_arrive(server: Any) -> None:
    before = windlass.lost_spans()
    exporting.start_exporting(f"{server.url}/v1/traces", "", {})
    otel.get_tracer("a test").start_span("half a pair: \ud83d").end()
    windlass.flush(5)
    end_spans(1)
    windlass.flush(5)
    assert windlass.lost_spans() - before == 1
    assert [name for export in server.exports for name in export.names] == ["span 0"]


@pytest.mark.usefixtures("exporting_ends")
def test_a_second_init_sends_to_the_new_server_only(server: Any) -> None:
    exporting.start_exporting(f"{server.url}/elsewhere", "", {})
    exporting.start_exporting(f"{server.url}/v1/traces", "", {})
    end_spans(1)
    assert windlass.flush(5)
    assert [export.names for export in server.exports] == [["span 0"]]


def test_importing_the_sdk_leaves_the_process_as_it_was() -> None:
    code = """
import json
import windlass
from opentelemetry import trace as otel
windlass.trace, windlass.init, windlass.prompt
print(json.dumps(type(otel.get_tracer_provider()).__name__))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == "ProxyTracerProvider"
