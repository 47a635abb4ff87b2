"""Runs of the server on agents by URL."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.evaluation.targets.agents import Asked, asked, completion
from tests.live import LiveServer, Project
from windlass.agents.url_targets import UrlTargets
from windlass.errors import ConfigurationError, Denied, InputError, ProviderError
from windlass.evaluation.targets.addresses import Addresses

NO_TARGET = {"release": None, "dataset": "sums"}


def add(body: Any) -> dict[str, Any]:
    """Add up, with a tool."""
    first, second = (int(word.strip("?")) for word in body["messages"][-1]["content"].split()[2::2])
    return completion(str(first + second), ("add", {"a": first, "b": second}))


@pytest.fixture
def adder() -> Iterator[Asked]:
    with asked(add) as server:
        yield server


def target(server: Asked, **more: object) -> dict[str, object]:
    return {"protocol": "openai", "url": f"{server.url}/v1", "model": "adder", **more}


def allow(live: LiveServer, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setattr(
        live.services.runs.opening, "targets", UrlTargets(live.services.registry, Addresses(setting))
    )


def test_an_agent_that_is_allowed_is_asked_by_the_server(
    live: LiveServer, project: Project, adder: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDER_KEY", "secret-of-the-adder")
    allow(live, monkeypatch, f"{adder.url}#ADDER_KEY")
    project.push_sums(items=4)
    asked_for = target(adder, key_variable="ADDER_KEY")
    body = {"dataset": "sums", "evaluators": ["exact_match", "input_tokens"], "target": asked_for}
    run = project.await_run(project.client.post("/runs", body)["id"])
    assert (run["state"], run["finished_items"], run["failed_items"], run["error"]) == ("finished", 4, 0, None)
    assert run["metrics"]["exact_match"]["mean"] == 1.0
    assert run["settings"]["target"] == asked_for
    assert run["calls"]["answered"] == 4
    assert run["calls"]["input_tokens"] == 28
    release = project.client.get(f"/artifacts/release/{run['release']['name']}/versions/latest")
    assert release["body"]["code"]["entry"] == f"openai:{adder.url}/v1#adder"
    assert {headers["authorization"] for headers in adder.headers} == {"Bearer secret-of-the-adder"}
    (sample, *_) = project.client.pages(f"/runs/{run['id']}/samples")
    assert adder.headers[0]["traceparent"].split("-")[1] in {
        each["trace_id"] for each in project.client.pages(f"/runs/{run['id']}/samples")
    }
    trace = str(project.client.get(f"/traces/{sample['trace_id']}"))
    assert '"tool_name":"add"' in trace
    assert "secret-of-the-adder" not in trace + str(run) + str(release)


def test_what_the_server_may_not_or_cannot_ask_is_refused_before_a_run_is_recorded(
    live: LiveServer, project: Project, adder: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.push_sums(items=1)

    def start(**body: object) -> None:
        project.client.post("/runs", {"dataset": "sums", "evaluators": ["exact_match"], **body})

    with pytest.raises(Denied, match=r"This server may not call http://127\.0\.0\.1"):
        start(target=target(adder))
    allow(live, monkeypatch, f"{adder.url}#ADDER_KEY")
    with pytest.raises(Denied, match="sends no value of PATH to"):
        start(target=target(adder, key_variable="PATH"))
    with pytest.raises(ConfigurationError, match="environment variable ADDER_KEY, which is not set"):
        start(target=target(adder, key_variable="ADDER_KEY"))
    with pytest.raises(InputError, match=r"There is no price of .*:adder, so the run cannot keep to a ceiling"):
        start(target=target(adder), max_cost_usd=1)
    with pytest.raises(InputError, match="asks a target or scores recorded outputs"):
        start(target=target(adder), outputs="reference")
    with pytest.raises(InputError, match="Name the release to evaluate, or the target"):
        start()
    allow(live, monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(ProviderError, match="could not be reached"):
        start(target={**target(adder), "url": "http://127.0.0.1:9/v1"})
    assert list(project.client.pages("/runs")) == []
    assert adder.bodies == []


def test_an_agent_is_replayed_by_the_server_and_a_model_simulates_beyond_the_record(
    live: LiveServer, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = {"tool_name": "find", "tool_input": {"order": 1}, "tool_output": "sent"}
    recording = {"trace_id": "a" * 32, "inputs": ["Where?"], "calls": [find]}
    items = [{"id": "i0", "input": "Where?", "reference": "sent", "metadata": {"recording": recording}}]
    project.client.post("/datasets/sums", {"items": items})
    orders = iter([1, 2])

    def shop(body: Any) -> dict[str, Any]:
        order = next(orders, None)
        return completion("sent") if order is None else completion(None, ("find", {"order": order}))

    monkeypatch.setattr(live.provider, "_answer", lambda _messages: '{"result": "lost"}')
    with asked(shop) as server:
        allow(live, monkeypatch, server.url)
        body = {
            "dataset": "sums",
            "evaluators": ["exact_match"],
            "target": target(server),
            "replay": {"policy": "simulate", "simulator": "openai:scripted"},
        }
        run = project.await_run(project.client.post("/runs", body)["id"])
        assert (run["state"], run["error"], run["failed_items"]) == ("finished", None, 0)
        assert {name: each["mean"] for name, each in run["metrics"].items()} == {
            "exact_match": 1,
            "replay_match": 0,
        }
        (sample,) = project.client.pages(f"/runs/{run['id']}/samples")
        assert [call["source"] for call in sample["replay"]["calls"]] == ["recorded", "simulated"]
        assert server.bodies[2]["messages"][-1]["content"] == "lost"
        trace = project.client.get(f"/traces/{sample['trace_id']}")
        simulating = [each for each in trace["spans"] if each["operation"] == "chat"]
        assert [each["attributes"]["windlass.replay.simulator"] for each in simulating] == [True]
        assert run["calls"]["answered"] == 4
        live_policy = {**body, "replay": {"policy": "live", "live": ["find"]}}
        with pytest.raises(InputError, match="A server calls no tools of an agent by URL"):
            project.client.post("/runs", live_policy)
        a2a = {**body, "target": {"protocol": "a2a", "url": server.url}}
        with pytest.raises(InputError, match="over the openai protocol"):
            project.client.post("/runs", a2a)
        project.push_sums(items=1)
        with pytest.raises(InputError, match="'i000' has no recording to replay"):
            project.client.post("/runs", body)
