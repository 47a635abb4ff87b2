"""Record tests/telemetry/golden/*: run each recorder among its own packages, and keep the OTLP that it sends.

    python scripts/record_golden.py [NAME ...]

A recorder is tests/telemetry/golden/recorders/NAME.py (its packages are named at its top, as PEP 723 says) or
NAME.mjs (`// packages: ...`). It plays one scene against the model of tests/telemetry/golden/model.py. Its
packages go into a folder of their own that is removed afterwards. Needs uv, and npm for the .mjs ones.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.telemetry.golden import model  # noqa: E402 - the line above finds it
from tests.telemetry.golden.scrub import scrub  # noqa: E402

FOLDER = ROOT / "tests" / "telemetry" / "golden"
PYTHON = sys.executable
_TIMEOUT_S = 900


class Program(NamedTuple):
    command: list[str]
    packages: dict[str, str]
    """Names and versions of the packages that the recorder asks for."""


def main() -> None:
    wanted = set(sys.argv[1:])
    for recorder in sorted((FOLDER / "recorders").glob("*.*")):
        if recorder.stem != "scene" and (not wanted or recorder.stem in wanted):
            record(recorder)


def record(recorder: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, model.served() as model_port, receiver() as (port, bodies):
        place = Path(folder)
        program = (_python_program if recorder.suffix == ".py" else _node_program)(recorder, place)
        environment = {
            **os.environ,
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{model_port}/v1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_SERVICE_NAME": "golden",
            "HOME": folder,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        ran = subprocess.run(
            program.command, env=environment, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S
        )
        if ran.returncode or not bodies:
            raise SystemExit(
                f"{recorder.name} failed or sent nothing:\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
            )
        request = ExportTraceServiceRequest.FromString(b"".join(bodies))
        scrub(
            request,
            {f"127.0.0.1:{model_port}": "127.0.0.1:8080", str(recorder.parent): "", folder: ""},
            model_port,
        )
        about = _about(recorder, program, json.loads(ran.stdout.strip().splitlines()[-1]))
        (FOLDER / f"{recorder.stem}.otlp").write_bytes(request.SerializeToString(deterministic=True))
        (FOLDER / f"{recorder.stem}.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        spans = [s.name for r in request.resource_spans for c in r.scope_spans for s in c.spans]
        print(f"{recorder.stem}: {request.ByteSize()} bytes, {len(spans)} spans: {', '.join(spans)}")


def _about(recorder: Path, program: Program, did: dict[str, Any]) -> dict[str, Any]:
    said = recorder.read_text(encoding="utf-8")
    match = re.search(r'"""(.*?)"""', said, re.DOTALL) or re.search(r"^// (?!packages:)(.*)$", said, re.MULTILINE)
    assert match is not None
    return {"about": " ".join(match[1].split()), "packages": program.packages, "did": did}


def _python_program(recorder: Path, folder: Path) -> Program:
    header = re.search(r"^# dependencies = (\[.*\])$", recorder.read_text(encoding="utf-8"), re.MULTILINE)
    assert header is not None, f"{recorder.name} names no dependencies"
    dependencies = json.loads(header[1])
    python = folder / "venv" / "bin" / "python"
    _run("uv", "venv", "--quiet", "--python", PYTHON, str(folder / "venv"))
    _run("uv", "pip", "install", "--quiet", "--python", str(python), *dependencies)
    frozen = dict(
        line.split("==")
        for line in _run("uv", "pip", "freeze", "--python", str(python)).splitlines()
        if "==" in line
    )
    names = [re.split(r"[\[=<>]", dependency)[0] for dependency in dependencies]
    return Program([str(python), str(recorder)], {name: frozen[name] for name in names})


def _node_program(recorder: Path, folder: Path) -> Program:
    header = re.search(r"^// packages: (.*)$", recorder.read_text(encoding="utf-8"), re.MULTILINE)
    assert header is not None, f"{recorder.name} names no packages"
    names = header[1].split()
    _run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *names)
    copy = folder / recorder.name
    copy.write_text(recorder.read_text(encoding="utf-8"), encoding="utf-8")
    versions = {
        name: json.loads((folder / "node_modules" / name / "package.json").read_text(encoding="utf-8"))["version"]
        for name in (re.sub(r"(?<=.)@[^/]*$", "", each) for each in names)
    }
    return Program(["node", str(copy)], versions)


def _run(*command: str) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S)
    if ran.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}")
    return ran.stdout


@contextmanager
def receiver() -> Iterator[tuple[int, list[bytes]]]:
    """Receive OTLP over HTTP; give the port and the list that bodies of traces are added to."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self._body()
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            if self.path.endswith("/v1/traces"):
                bodies.append(body)
            self.send_response(200)
            self.send_header("content-type", self.headers["content-type"])
            self.send_header("content-length", "0")
            self.end_headers()

        def _body(self) -> bytes:
            if length := self.headers.get("content-length"):
                return self.rfile.read(int(length))
            chunks = []
            while size := int(self.rfile.readline(), 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, bodies
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
