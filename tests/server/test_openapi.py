import json
import subprocess
import sys
from pathlib import Path

from tests.live import LiveServer, http_client

CHECKED_IN = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"

AS_WINDLASS_UP = """
import json
from types import SimpleNamespace
from windlass.server.memory import importing_a_server
with importing_a_server():
    from windlass.server.app import create_app
app = create_app(SimpleNamespace(settings=SimpleNamespace(max_body_mb=1)))
print(json.dumps(app.openapi()))
"""


def checked_in() -> object:
    return json.loads(CHECKED_IN.read_text(encoding="utf-8"))


def test_a_server_whose_models_are_made_when_they_are_first_used_has_the_same_description() -> None:
    described = subprocess.run([sys.executable, "-c", AS_WINDLASS_UP], capture_output=True, text=True, check=True)
    assert (json.loads(described.stdout), described.stderr) == (checked_in(), ""), "run `make openapi`"


def test_the_description_that_is_checked_in_is_the_servers_and_says_of_every_operation_what_it_does(
    live: LiveServer,
) -> None:
    with http_client(live.with_settings(mode="server")) as http:
        served = http.get("/api/v1/openapi.json").json()
    assert served == checked_in(), "run `make openapi`"
    operations = [operation for methods in served["paths"].values() for operation in methods.values()]
    assert all(operation.get("description") for operation in operations)
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
