import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.live import Project
from tests.telemetry.sending import Plain, request, span, trace_id

CALLED: dict[str, Plain] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.usage.input_tokens": 1_000_000,
    "gen_ai.usage.output_tokens": 100_000,
}


def send(project: Project, model: str, trace: int = 1) -> None:
    says = CALLED | {"gen_ai.request.model": model}
    project.client.send_traces(request(span(trace, attributes=says)).SerializeToString())
    await_that(lambda: any(t["trace_id"] == trace_id(trace) for t in project.client.get("/traces")["items"]))


def await_that(holds: Callable[[], bool]) -> None:
    """Wait until acknowledged spans can be read."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_traces_have_the_cost_of_their_tokens_and_say_whose_price_is_missing(project: Project) -> None:
    send(project, "gpt-4o-mini", 1)
    send(project, "house-model", 2)

    traces = {trace["request_model"]: trace for trace in project.client.get("/traces")["items"]}
    house, mini = traces["house-model"], traces["gpt-4o-mini"]

    assert (mini["cost_usd"], mini["unpriced_models"]) == (pytest.approx(0.21), [])
    assert (house["cost_usd"], house["unpriced_models"]) == (None, ["house-model"])
    opened = project.client.get(f"/traces/{trace_id(2)}")
    assert (opened["cost_usd"], opened["unpriced_models"]) == (None, ["house-model"])
    assert opened["spans"][0]["cost_basis"] == "no_price"


def test_a_price_of_one_s_own_counts_for_all_of_history_and_says_what_it_changed(project: Project) -> None:
    send(project, "house-model", 1)
    before = project.client.get("/prices")
    assert [(model["request_model"], model["price"]) for model in before["models"]] == [("house-model", None)]
    assert before["overrides"]["digest"] is None

    price = {"model": "house-*", "input": 1.0, "output": 10.0}
    answer = project.client.put("/prices", {"items": [price]})

    (change,) = answer["recosting"]["changes"]
    assert (change["model"], change["before_usd"], change["after_usd"]) == (
        "house-model",
        None,
        pytest.approx(2.0),
    )
    (model,) = project.client.get("/prices")["models"]
    assert (model["price"]["source"], model["cost_usd"]) == ("override", pytest.approx(2.0))
    assert project.client.get("/traces")["items"][0]["cost_usd"] == pytest.approx(2.0)
    assert project.client.put("/prices", {"items": [price]})["recosting"]["changes"] == []
    assert project.client.post("/prices/recost", {})["changes"] == []
    actions = [entry["action"] for entry in project.client.get("/audit")["items"]]
    assert actions.count("prices:set") == actions.count("prices:recost") == 1


def test_a_price_that_is_set_before_anybody_looked_is_reported_too(project: Project) -> None:
    project.client.send_traces(
        request(span(1, attributes=CALLED | {"gen_ai.request.model": "m"})).SerializeToString()
    )
    found: list[dict[str, Any]] = []

    def is_reported() -> bool:
        found.extend(
            project.client.put("/prices", {"items": [{"model": "m", "input": 1}]})["recosting"]["changes"]
        )
        found.extend(project.client.post("/prices/recost", {})["changes"])
        return bool(found)

    await_that(is_reported)

    (change,) = found
    assert (change["model"], change["before_usd"], change["after_usd"]) == ("m", None, pytest.approx(1.0))


def test_a_list_that_somebody_else_changed_is_not_replaced_unseen(project: Project) -> None:
    first = project.client.put("/prices", {"items": [{"model": "a", "input": 1.0}]})["overrides"]["digest"]
    project.client.put("/prices", {"items": [{"model": "b", "input": 1.0}], "expected": first})

    with project.http() as http:
        answer = http.put("/api/v1/prices", json={"items": [], "expected": first})

    assert answer.status_code == 409
    assert [price["model"] for price in project.client.get("/prices")["overrides"]["items"]] == ["b"]


def test_a_first_list_does_not_replace_one_that_somebody_else_made_meanwhile(project: Project) -> None:
    project.client.put("/prices", {"items": [{"model": "a", "input": 1.0}], "expected": ""})

    with project.http() as http:
        answer = http.put("/api/v1/prices", json={"items": [{"model": "b", "input": 1.0}], "expected": ""})

    assert answer.status_code == 409
    assert [price["model"] for price in project.client.get("/prices")["overrides"]["items"]] == ["a"]


@pytest.mark.parametrize(
    "wrong", [{"input": -1}, {"input": "much"}, {"model": ""}, {"valid_from": "soon"}, {"x": 1}]
)
def test_a_price_that_cannot_be_right_is_refused(project: Project, wrong: dict[str, object]) -> None:
    with project.http() as http:
        answer = http.put("/api/v1/prices", json={"items": [{"model": "a", "input": 1, **wrong}]})

    assert answer.status_code == 422
    assert project.client.get("/prices")["overrides"]["items"] == []
