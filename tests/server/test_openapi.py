import json
from pathlib import Path

from tests.live import LiveServer, http_client

CHECKED_IN = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"


def test_the_description_that_is_checked_in_is_the_servers(live: LiveServer) -> None:
    with http_client(live.url) as http:
        served = http.get("/api/v1/openapi.json").json()
    checked_in = json.loads(CHECKED_IN.read_text(encoding="utf-8"))
    assert served == checked_in, "run `make openapi`"


def test_every_operation_says_what_it_does(live: LiveServer) -> None:
    with http_client(live.with_settings(mode="server")) as http:
        paths = http.get("/api/v1/openapi.json").json()["paths"]
    operations = [operation for methods in paths.values() for operation in methods.values()]
    assert all(operation.get("description") for operation in operations)
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
