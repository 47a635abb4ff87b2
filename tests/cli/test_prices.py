import time

import pytest

from tests.cli.conftest import Windlass, rows
from tests.live import Project
from tests.telemetry.sending import Plain, request, span


@pytest.fixture
def called(project: Project) -> Project:
    """A project whose application called a model that only its makers know."""
    says: dict[str, Plain] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "house-large",
        "gen_ai.usage.input_tokens": 1_000_000,
        "gen_ai.usage.output_tokens": 100_000,
    }
    project.client.send_traces(request(span(attributes=says)).SerializeToString())
    deadline = time.monotonic() + 10
    while not project.client.get("/traces")["items"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return project


def test_a_price_is_set_seen_and_removed_again(windlass: Windlass, called: Project) -> None:
    (before,) = rows(windlass("prices", "list"))
    assert before == ["openai", "house-large", "–", "–", "–", "no", "price", "1", "1100000", "no", "price"]

    assert "no price" in windlass("traces", "list").out
    done = windlass("prices", "set", "house-*", "--input", 1, "--output", 10, "--reason", "the contract")
    assert rows(done) == [["openai", "house-large", "1", "no", "price", "$2.0000", "override"]]
    done = windlass("prices", "set", "house-*", "--input", 2, "--output", 10)
    assert rows(done) == [["openai", "house-large", "1", "$2.0000", "$3.0000", "override"]]
    (after,) = rows(windlass("prices", "list"))
    assert after == ["openai", "house-large", "$2", "$10", "–", "override", "1", "1100000", "$3.0000"]
    assert (
        windlass("prices", "recost").out == "Nothing changed: all models (1) have the prices that the lists say.\n"
    )

    assert rows(windlass("prices", "remove", "HOUSE-*"))[0][-2:] == ["no", "price"]
    assert windlass("prices", "remove", "house-*").out == "There is no price of your own for 'house-*'.\n"
    reasons = [
        entry["reason"] for entry in called.client.get("/audit")["items"] if entry["action"] == "prices:set"
    ]
    assert reasons == ["", "", "the contract"]


def test_a_price_from_a_day_on_stands_beside_the_one_before(windlass: Windlass, called: Project) -> None:
    windlass("prices", "set", "house-large", "--input", 1, "--from", "2026-01-01")
    windlass("prices", "set", "house-large", "--input", 5, "--from", "2026-10-01")

    # The call of the test's span was in September 2026.
    assert called.client.get("/traces")["items"][0]["cost_usd"] == pytest.approx(1.0)
    (row,) = rows(windlass("prices", "list"))
    assert row[2:6] == ["$5", "$0", "2026-10-01", "override"]


def test_a_project_without_calls_says_what_to_do(windlass: Windlass) -> None:
    assert windlass("prices", "list").out.startswith("No model was called yet; send traces to /v1/traces")


def test_a_price_below_nothing_is_refused(windlass: Windlass) -> None:
    assert windlass("prices", "set", "a", "--input", -1).code == 2
