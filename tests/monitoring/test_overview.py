"""The overview's figures against traffic that is known."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.live import Project
from tests.telemetry.sending import Plain, request, span

SECOND = 1_000_000_000


def send(project: Project, trace: int, ago: timedelta, duration_s: float, **more: Any) -> None:
    """Send a request of one span, which is a call of a model too."""
    start_ns = int((datetime.now(UTC) - ago).timestamp() * SECOND)
    attributes: dict[str, Plain] = {"gen_ai.operation.name": "chat", **more.pop("attributes", {})}
    made = span(trace, 1, start_ns=start_ns, duration_ns=int(duration_s * SECOND), attributes=attributes, **more)
    project.send_traces(request(made).SerializeToString())


def overview(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = project.client.get("/overview")
    return found


def deployments(found: dict[str, Any], environment: str = "production") -> list[dict[str, Any]]:
    return next(each["deployments"] for each in found["environments"] if each["name"] == environment)


def promote(project: Project, release: dict[str, Any], **more: object) -> None:
    body = {"release": f"adder@{release['digest']}", **more}
    project.client.post("/environments/production/promote", body)


def test_a_new_project_has_its_environments_and_nothing_else(project: Project) -> None:
    found = overview(project)
    assert [each["name"] for each in found["environments"]] == ["development", "staging", "production"]
    assert all(each["deployments"] == [] for each in found["environments"])
    assert found["counts"] == {"traces_24h": 0, "spans_24h": 0, "releases": 0, "runs": 0}
    assert (found["waiting"], found["recent_runs"], found["recent_verdicts"]) == ([], [], [])


def test_a_release_without_traffic_has_no_latency_and_no_cost(project: Project) -> None:
    promote(project, project.push_release())
    (running,) = deployments(overview(project))
    assert (running["requests_24h"], running["errors_24h"]) == (0, 0)
    assert (running["latency_p50_s"], running["latency_p95_s"], running["cost_24h_usd"]) == (None, None, None)
    assert running["quality"] is None
    assert [point["requests"] for point in running["series"]] == [0] * 24


def test_the_figures_are_those_of_the_traffic(project: Project) -> None:
    release = project.push_release()
    promote(project, release)
    ours: dict[str, Plain] = {"windlass.release": release["digest"], "windlass.environment": "production"}
    for number, seconds in enumerate((1.0, 2.0, 3.0, 4.0), start=1):
        attributes = {**ours, "windlass.cost_usd": 0.25}
        send(project, number, timedelta(minutes=1), seconds, attributes=attributes, error=number == 4)
    # None of these counts: another environment, another release, a run, too long ago.
    send(project, 5, timedelta(minutes=1), 9.0, attributes={**ours, "windlass.environment": "staging"})
    send(project, 6, timedelta(minutes=1), 9.0, attributes={**ours, "windlass.release": "sha256:other"})
    send(project, 7, timedelta(minutes=1), 9.0, attributes={**ours, "windlass.run": "run-1"})
    send(project, 8, timedelta(hours=25), 9.0, attributes=ours)
    found = overview(project)
    (running,) = deployments(found)
    assert (running["release"], running["digest"], running["number"]) == ("adder", release["digest"], 1)
    assert (running["requests_24h"], running["errors_24h"]) == (4, 1)
    assert running["latency_p50_s"] == pytest.approx(2.5)
    assert running["latency_p95_s"] == pytest.approx(3.85)
    assert running["cost_24h_usd"] == pytest.approx(1.0)
    assert found["counts"]["traces_24h"] == found["counts"]["spans_24h"] == 7
    series = running["series"]
    assert len(series) == 24
    assert sum(point["requests"] for point in series) == 4
    assert sum(point["errors"] for point in series) == 1
    # The minute may have been of the hour before.
    assert sum(point["requests"] for point in series[-2:]) == 4
    times = [datetime.fromisoformat(point["time"]) for point in series]
    assert {later - earlier for earlier, later in itertools.pairwise(times)} == {timedelta(hours=1)}
    assert times[-1] <= datetime.now(UTC) < times[-1] + timedelta(hours=2)


def test_what_the_endpoint_answers_is_traffic_of_the_release(project: Project) -> None:
    promote(project, project.push_release())
    for _ in range(2):
        assert project.ask("adder@production", "What is 1 + 1?").status_code == 200
    project.live.provider.fail("500")
    assert project.ask("adder@production", "What is 1 + 1?").status_code == 502
    project.live.services.settle()
    (running,) = deployments(overview(project))
    assert (running["requests_24h"], running["errors_24h"]) == (3, 1)
    # A model without a price is of unknown cost, which is not 0.
    assert running["cost_24h_usd"] is None
    assert running["latency_p50_s"] > 0


def test_quality_is_that_of_the_newest_finished_run(project: Project) -> None:
    careless, careful = project.evaluate_two(items=6)
    promote(project, careless["release"])
    (running,) = deployments(overview(project))
    summary = careless["metrics"]["exact_match"]
    expected = {"metric": "exact_match", "run": careless["id"]}
    assert running["quality"] == {**expected, **{name: summary[name] for name in ("mean", "low", "high", "n")}}
    found = overview(project)
    assert [run["id"] for run in found["recent_runs"]] == [careful["id"], careless["id"]]
    assert (found["counts"]["releases"], found["counts"]["runs"]) == (2, 2)


def test_a_verdict_waits_until_somebody_acts_on_it(project: Project) -> None:
    careless, careful = project.evaluate_two()
    failed = project.client.post("/gates", {"candidate": careless["id"], "baseline": careful["id"]})
    passed = project.client.post("/gates", {"candidate": careful["id"], "baseline": careless["id"]})
    found = overview(project)
    assert [verdict["id"] for verdict in found["recent_verdicts"]] == [passed["id"], failed["id"]]
    (waiting,) = found["waiting"]
    assert (waiting["id"], waiting["release"], waiting["number"]) == (passed["id"], "adder", 2)
    assert (waiting["outcome"], waiting["sentence"]) == ("pass", passed["sentence"])
    promote(project, careful["release"], verdict_id=passed["id"])
    assert overview(project)["waiting"] == []
    # Two releases later it is no news any more.
    for number in (1, 2):
        promote(project, project.push_release(instructions=str(number)))
    assert overview(project)["waiting"] == []


def test_a_release_that_failed_after_it_had_passed_does_not_wait(project: Project) -> None:
    careless, careful = project.evaluate_two()
    project.client.post("/gates", {"candidate": careful["id"], "baseline": careless["id"]})
    strict = {"primary": {"metric": "exact_match", "kind": "superiority", "margin": 0.9}}
    second = project.client.post(
        "/gates", {"candidate": careful["id"], "baseline": careless["id"], "rule": strict}
    )
    assert second["outcome"] == "fail"
    assert overview(project)["waiting"] == []


def test_figures_of_a_sampled_stream_are_estimates_of_the_whole(project: Project) -> None:
    release = project.push_release()
    promote(project, release)
    start_ns = int((datetime.now(UTC) - timedelta(minutes=1)).timestamp() * SECOND)
    spans = [
        span(
            number,
            start_ns=start_ns,
            duration_ns=SECOND,
            error=number == 1,
            attributes={
                "windlass.release": release["digest"],
                "windlass.environment": "production",
                "windlass.cost_usd": 0.5,
            },
        )
        for number in (1, 2)
    ]
    for sent in spans:
        sent.trace_state = "ot=th:c"
    project.live.services.writer.write_spans(project.name, request(*spans))

    (running,) = deployments(overview(project))
    assert (running["estimated"], running["requests_24h"], running["errors_24h"]) == (True, 8, 4)
    assert (running["cost_24h_usd"], running["latency_p50_s"]) == (4.0, 1.0)
    busy = [point for point in running["series"] if point["requests"]]
    assert [(point["estimated"], point["requests"]) for point in busy] == [(True, 8)]
