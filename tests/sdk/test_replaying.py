"""`windlass.replay` against the running server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

import windlass
from tests.agents.shop import clerk, push_shop
from tests.evaluation.targets.agents import asked, completion
from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import InputError, NotFound, ProviderError
from windlass.models.scripted import asking


@pytest.fixture(autouse=True)
def _connected(project: Project) -> Iterator[None]:
    windlass.init(project.live.url, api_key=project.key, service_name="tests")
    yield
    windlass.shutdown()


def record(project: Project, *, traces: int = 2) -> str:
    """Send traces of an agent that looked orders up, and return the dataset of their recordings."""
    for number in range(1, traces + 1):
        find = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "find",
            "gen_ai.tool.call.arguments": json.dumps({"order": number}),
            "gen_ai.tool.call.result": json.dumps({"state": "sent"}),
        }
        asked_for = {"input.value": f"Where is order {number}?", "output.value": "sent"}
        agent = {"gen_ai.operation.name": "invoke_agent", **asked_for}
        project.send_traces(
            request(
                span(number, 10 * number, name="agent", attributes=agent),
                span(number, 10 * number + 1, parent=10 * number, name="execute_tool find", attributes=find),
            ).SerializeToString()
        )
    drawn = project.client.post("/datasets/seen/from-traces", {"recording": True})
    return f"seen@{drawn['version']['number']}"


def of_order(question: str) -> int:
    return int(question.strip("?").split()[-1])


def faithful(question: str, tools: windlass.Tools) -> str:
    return str(tools.call("find", order=of_order(question))["state"])


def curious(question: str, tools: windlass.Tools) -> str:
    """Looks up one order too many."""
    found = tools.call("find", order=of_order(question))
    return str(found["state"]) + str(tools.call("find", order=1))


def samples_of(project: Project, run: windlass.Run) -> list[dict[str, Any]]:
    return list(project.client.pages(f"/runs/{run.id}/samples"))


def test_a_function_is_replayed_on_recordings_of_traces(project: Project) -> None:
    dataset = record(project)
    run = windlass.replay(faithful, dataset=dataset, evaluators=["exact_match", "trajectory_exact_match"])
    assert (run.items, run.failed) == (2, 0)
    means = {name: metric.mean for name, metric in run.metrics.items()}
    assert means == {"exact_match": 1.0, "trajectory_exact_match": 1.0, "replay_match": 1.0}
    kept = project.client.get(f"/runs/{run.id}")
    assert kept["settings"]["replay"] == {"policy": "stop"}
    by_default = windlass.replay(faithful, dataset=dataset)
    assert {"replay_match", "exact_match", "trajectory_recall"} <= set(by_default.metrics)


def test_where_a_candidate_left_its_record_is_in_its_sample_and_in_its_trace(project: Project) -> None:
    run = windlass.replay(curious, dataset=record(project), evaluators=["exact_match"])
    assert run.metrics["exact_match"].missing_why == {"diverged": 2}
    assert run.metrics["replay_match"].mean == 0.0
    sample = next(each for each in samples_of(project, run) if each["item"] == trace_id(2))
    assert sample["error"] is None
    replay = sample["replay"]
    assert replay["divergence"] == {
        "index": 2,
        "expected": None,
        "actual": {"tool": "find", "arguments": {"order": 1}},
    }
    assert [(call["source"], call["outcome"]) for call in replay["calls"]] == [
        ("recorded", "done"),
        ("none", "denied"),
    ]
    assert replay["trace_id"] == trace_id(2)
    trace = project.client.get(f"/traces/{sample['trace_id']}")
    root, *calls = sorted(trace["spans"], key=lambda each: each["parent_span_id"] is not None)
    assert root["attributes"]["windlass.replay.diverged"] is True
    assert root["attributes"]["windlass.replay.divergence.index"] == 2
    assert root["attributes"]["windlass.replay.recorded"] == 1
    assert json.loads(root["attributes"]["windlass.replay.divergence.actual"])["arguments"] == {"order": 1}
    assert [(each["tool"], each["run"]) for each in calls] == [("find", run.id)] * 2
    assert {each["attributes"]["windlass.replay.source"] for each in calls} == {"recorded", "none"}
    assert [each["status"] for each in calls if each["attributes"].get("windlass.replay.divergence")] == ["error"]


def test_beyond_the_record_safe_functions_are_called_and_others_never(project: Project) -> None:
    dataset, called = record(project), []

    def find(order: int) -> str:
        called.append(order)
        return "!"

    run = windlass.replay(curious, dataset=dataset, policy="live", live={"find": find}, evaluators=["exact_match"])
    assert called == [1, 1]
    assert {sample["output"] for sample in samples_of(project, run)} == {"sent!"}
    assert project.client.get(f"/runs/{run.id}")["settings"]["replay"] == {"policy": "live", "live": ["find"]}
    run = windlass.replay(curious, dataset=dataset, policy="live", live={"look": find}, evaluators=["exact_match"])
    assert called == [1, 1]
    assert run.metrics["exact_match"].missing_why == {"diverged": 2}


def test_an_agent_by_url_is_replayed_and_one_that_is_gone_is_said_before_a_run(project: Project) -> None:
    dataset = record(project)

    def answer(body: Any) -> dict[str, Any]:
        if body["messages"][-1]["role"] == "tool":
            return completion(json.loads(body["messages"][-1]["content"])["state"])
        return completion(None, ("find", {"order": of_order(body["messages"][-1]["content"])}))

    with asked(answer) as server:
        agent = windlass.agent(f"{server.url}/v1", protocol="openai", model="shop")
        run = windlass.replay(agent, dataset=dataset, evaluators=["exact_match", "input_tokens"])
    assert run.metrics["exact_match"].mean == 1.0
    assert run.metrics["input_tokens"].mean == 14
    kept = project.client.get(f"/runs/{run.id}")
    assert (kept["release"]["name"], kept["settings"]["target"]["model"]) == ("shop", "shop")
    with pytest.raises(ProviderError, match="could not be reached"):
        windlass.replay(agent, dataset=dataset)
    project.client.post("/datasets/plain", {"items": [{"input": "?"}]})
    with pytest.raises(InputError, match="has no recording to replay"):
        windlass.replay(faithful, dataset="plain")
    with pytest.raises(InputError, match="name both the policy `simulate` and the model"):
        windlass.replay(faithful, dataset=dataset, policy="simulate")
    with pytest.raises(InputError, match="name both the policy `live` and the tools"):
        windlass.replay(faithful, dataset=dataset, policy="live")
    a2a = windlass.agent(server.url, protocol="a2a")
    with pytest.raises(InputError, match="over the openai protocol"):
        windlass.replay(a2a, dataset=dataset)
    assert len(list(project.client.pages("/runs"))) == 1


def test_a_release_is_replayed_by_its_name_and_no_tool_of_it_is_called(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = record(project)
    monkeypatch.setattr(project.live.provider, "_answer", clerk)
    # Nothing answers there, and nothing is called there.
    shop = push_shop(project, "http://127.0.0.1:9/mcp")
    run = windlass.replay("release/shop@latest", dataset=dataset, evaluators=["latency_s"], repeats=2)
    assert (run.state, run.items, run.repeats, run.failed) == ("finished", 2, 2, 0)
    assert run.metrics["replay_match"].mean == 1.0
    kept = project.client.get(f"/runs/{run.id}")
    assert (kept["release"]["digest"], kept["settings"]["replay"]) == (shop["digest"], {"policy": "stop"})
    assert run.url == f"{project.live.url}/runs/{run.id}"

    monkeypatch.setattr(project.live.provider, "_answer", lambda _: asking(("find", {"order": 9})))
    run = windlass.replay("shop", dataset=dataset)
    assert run.metrics["replay_match"].mean == 0.0


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"safe": ["refund"], "policy": "live"}, "The effect of refund is write: a replay never calls it live"),
    ({"safe": ["lose"], "policy": "live"}, "has no tool 'lose'; its tools are find, refund"),
    ({"safe": ["find"]}, "name both the policy `live` and the tools"),
    ({"live": {"find": len}}, "leave `live` out, and name those that are safe by `safe="),
    ({"release": "shop@1"}, "The candidate is a release already; leave `release` out"),
    ({"name": "other"}, "The candidate is a release already; leave `name` out"),
    ({"evaluators": [len]}, "finds evaluators by their names"),
    ({"candidate": "lost"}, "There is no release"),
    ({"candidate": "prompt/shop"}, "is a prompt, but a release is needed here"),
    ({"candidate": faithful, "safe": ["find"]}, "`safe` names tools of a release"),
]


def test_what_does_not_go_with_a_release_is_one_sentence_and_no_run(
    project: Project,
) -> None:
    dataset = record(project, traces=1)
    push_shop(project, "http://127.0.0.1:9/mcp")
    for given, sentence in WRONG:
        with pytest.raises((InputError, NotFound), match=sentence):
            windlass.replay(**{"candidate": "shop@latest", "dataset": dataset, **given})
    assert list(project.client.pages("/runs")) == []


def test_traces_that_are_in_the_dataset_already_get_their_recordings(project: Project) -> None:
    record(project, traces=1)
    project.client.post("/datasets/bare/from-traces", {})
    assert "recording" not in next(project.client.pages("/datasets/bare/items"))["metadata"]
    drawn = project.client.post("/datasets/bare/from-traces", {"recording": True})
    assert (drawn["added"], drawn["already"], drawn["version"]["number"]) == (0, 1, 2)
    metadata = next(project.client.pages("/datasets/bare/items"))["metadata"]
    assert metadata["recording"]["calls"] == [
        {"tool_name": "find", "tool_input": {"order": 1}, "tool_output": {"state": "sent"}}
    ]
    assert metadata["reference_trajectory"] == [{"tool_name": "find", "tool_input": {"order": 1}}]
    again = project.client.post("/datasets/bare/from-traces", {"recording": True})
    assert again["version"]["number"] == 2
