"""Erasures that outlive their request and their process."""

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.telemetry.sending import request, span, trace_id
from windlass.canonical import digest
from windlass.client import Client

from .otlp import send
from .processes import Processes, Server, eventually

PROGRAM = Path(__file__).with_name("programs") / "windlass_in_the_middle.py"
ADA = "ada.lovelace@example.org"
TRACES = range(1, 6)


def send_spans(server: Server) -> None:
    spans = [span(trace, 1, attributes={"user.id": ADA}) for trace in TRACES]
    with httpx2.Client() as http:
        body = request(*spans, span(9, 1, attributes={"user.id": "bob"})).SerializeToString()
        assert send(http, server.url, body).status_code == 200


def ended(api: Client, erasure: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        stands: dict[str, Any] = api.get(f"/erasures/{erasure}")
        return None if stands["state"] in {"waiting", "running"} else stands

    return eventually(look, f"the end of {erasure}")


def files_with(text: str, folder: Path) -> list[Path]:
    """Return the files that have a text in them, of a folder in which a server is at work."""
    found = []
    for place, _, names in os.walk(folder):
        for file in (Path(place) / name for name in names):
            with contextlib.suppress(FileNotFoundError):
                if file.is_file() and text.encode() in file.read_bytes():
                    found.append(file)
    return found


@pytest.mark.parametrize("by", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_an_erasure_whose_server_ends_in_its_middle_goes_on_with_the_next_start(
    processes: Processes, tmp_path: Path, by: signal.Signals
) -> None:
    data = tmp_path / "data"
    process = processes.start_program(
        sys.executable, PROGRAM, "up", "--dev", "--data", data, "--port", "0", PYTHONUNBUFFERED="1"
    )
    server = Server(process.wait_for(r"windlass is ready at (\S+)")[1])
    send_spans(server)
    with server.client() as api:
        body = {"subject": {"kind": "user", "id": ADA}, "reason": "ticket 481", "wait_s": 0}
        erasure = api.post("/erasures", body)
        assert erasure["state"] in {"waiting", "running"}
        process.wait_for("^in the middle$")
        begun = api.get(f"/erasures/{erasure['id']}")
        # Of the spans nothing is left by which the traces could be found.
        assert [each["trace_id"] for each in api.get("/traces")["items"]] == [trace_id(9)]
    assert (begun["state"], begun["traces"], begun["rows"]["spans"], begun["left"]) == ("running", 5, 5, {})
    assert files_with(ADA, data)
    assert process.end(by) == (-by if by == signal.SIGKILL else 0), process.output
    assert "Traceback" not in process.output

    again = processes.serve(data)
    with again.client() as api:
        done = ended(api, erasure["id"])
        (entry,) = api.get("/audit", action="erasure:create")["items"]
        verified = api.get("/audit/verification")
    assert (done["state"], done["traces"], done["rows"], done["started"]) == (
        "finished",
        5,
        begun["rows"],
        begun["started"],
    )
    assert set(done["left"].values()) == {0}
    assert (entry["reason"], entry["resource"]) == ("ticket 481", f"erasure/{erasure['id']}")
    assert entry["details"]["trace_digests"] == [digest(trace_id(trace)) for trace in TRACES]
    assert entry["details"]["rows"] == begun["rows"]
    assert verified["ok"], verified
    assert files_with(ADA, data) == []
    assert again.process.end() == 0
    assert files_with(ADA, data) == []
