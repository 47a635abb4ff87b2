"""Runs across a restart of the server."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import update

from tests.live import LiveServer, Project
from windlass.access.principals import Principal
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.runs import VersionName, create_run
from windlass.evaluation.tables import runs


def version_name(version: dict[str, Any]) -> VersionName:
    return VersionName.model_validate({name: version[name] for name in ("name", "number", "digest")})


def recorded(
    live: LiveServer,
    project: Project,
    evaluators: Sequence[Evaluator],
    settings: Mapping[str, object] | None = None,
) -> str:
    """Record a run of four items that nothing has started, and return its id."""
    release, data = project.push_release(), project.push_sums(items=4)
    return create_run(
        live.services.database,
        live.services.audit,
        Principal(id="ada", kind="user", role="admin", project=project.name),
        release=version_name(release),
        dataset=version_name(data),
        items=4,
        evaluators=evaluators,
        concurrency=2,
        settings=settings,
    ).id


def restarted(live: LiveServer, project: Project) -> Project:
    live.restart()
    live.services._await_recovery()
    return Project(live, project.name)


def test_a_run_that_was_recorded_but_never_started_is_taken_up(live: LiveServer, project: Project) -> None:
    run = recorded(live, project, BUILT_IN.select(["exact_match"]))
    again = restarted(live, project)
    finished = again.await_run(run)
    assert (finished["state"], finished["finished_items"], finished["by"]) == ("finished", 4, "ada")
    assert finished["metrics"]["exact_match"]["mean"] == 1.0
    again.close()


def test_a_run_whose_work_broke_off_is_told_so_at_the_next_start_and_can_be_resumed(
    live: LiveServer, project: Project
) -> None:
    project.push_release()
    project.push_sums(items=2)
    run = project.evaluate("adder")
    with live.services.database.write() as tx:
        # As a job leaves it that failed before it could write anything down.
        tx.execute(update(runs).where(runs.c.id == run["id"]).values(state="running"))
    live.services.runs.recover()
    run = project.client.get(f"/runs/{run['id']}")
    assert (run["state"], "could not be taken up; `windlass runs resume run-" in run["error"]) == ("failed", True)
    resumed = project.client.post(f"/runs/{run['id']}/resume", {})
    live.services.jobs.wait(f"{run['id']}-1")
    assert (resumed["state"], project.client.get(f"/runs/{run['id']}")["state"]) == ("queued", "finished")


def test_a_run_whose_judges_would_be_told_something_else_is_not_gone_on_with(
    live: LiveServer, project: Project
) -> None:
    judged = {"model": "openai:judge", "criteria": "Is it right?", "scores": {"0": "wrong", "1": "right"}}
    judge = project.client.post(
        "/artifacts/evaluator/right-sum", {"body": {"function": "rubric", "parameters": judged}}
    )
    settings = {
        "evaluator_versions": {"right-sum": judge["digest"]},
        "judge_prompts": {"right-sum": "sha256:of an older windlass"},
    }
    run = recorded(live, project, [Evaluator("right-sum", lambda _: None)], settings)
    again = restarted(live, project)
    failed = again.await_run(run)
    assert failed["state"] == "failed"
    assert failed["error"].startswith(
        "The run began with other instructions to right-sum than this windlass gives"
    )
    again.close()


def test_a_run_that_was_stopped_in_its_middle_goes_on_without_asking_again(
    live: LiveServer, project: Project
) -> None:
    project.push_release()
    project.push_sums(items=120)
    provider = live.provider
    asked_before = len(provider.calls)
    live.asked.clear()
    body = {"release": "adder", "dataset": "sums", "evaluators": ["exact_match"], "concurrency": 1}
    started = project.client.post("/runs", body)
    assert live.asked.wait(30)
    again = restarted(live, project)
    finished = again.await_run(started["id"])
    assert (finished["state"], finished["finished_items"]) == ("finished", 120)
    whole = {
        "mean": 1.0,
        "low": pytest.approx(0.025 ** (1 / 120)),
        "high": 1.0,
        "n": 120,
        "missing": 0,
        "missing_why": {},
        "coverage": 1.0,
    }
    assert finished["metrics"]["exact_match"] == whole
    before, after = (
        [call.messages[-1].content for call in calls]
        for calls in (provider.calls[asked_before:], live.provider.calls)
    )
    assert after, "the run was stopped in its middle"
    assert sorted(before + after) == sorted({*before, *after})
    assert len(before + after) == 120
    again.close()


def test_what_a_user_evaluates_is_not_taken_up_by_the_server(live: LiveServer, project: Project) -> None:
    project.push_release()
    project.push_sums(items=2)
    body = {"release": "adder", "dataset": "sums", "evaluators": {"charm": True}}
    started = project.client.post("/runs/external", body)
    assert started["state"] == "running"
    again = restarted(live, project)
    assert again.client.get(f"/runs/{started['id']}")["state"] == "running"
    again.close()
