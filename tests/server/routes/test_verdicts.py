import pytest

from tests.live import CAREFUL, CARELESS, Project
from windlass.errors import InputError, NotFound


def test_a_gate_by_runs_gives_a_verdict_with_its_evidence(project: Project) -> None:
    careless, careful = project.evaluate_two()
    with project.http() as http:
        answer = http.post("/api/v1/gates", json={"candidate": careful["id"], "baseline": careless["id"]})
    verdict = answer.json()
    assert (answer.status_code, verdict["outcome"], verdict["by"]) == (201, "pass", "key:a-admin")
    # Without a rule the first metric that both have must be better.
    assert verdict["rule"]["primary"] == {"metric": "exact_match", "kind": "superiority", "margin": 0.0}
    (check,) = verdict["checks"]
    assert (check["baseline_mean"], check["candidate_mean"], check["difference"], check["n"]) == (
        0.5,
        1.0,
        0.5,
        16,
    )
    assert check["low"] > 0
    assert (verdict["candidate"]["run"], verdict["baseline"]["run"]) == (careful["id"], careless["id"])
    assert project.client.get(f"/verdicts/{verdict['id']}") == verdict
    entry = project.client.get("/audit")["items"][0]
    assert (entry["action"], entry["reason"]) == ("verdict:give", verdict["sentence"])
    assert entry["details"]["evidence"] == verdict["digest"]


def test_a_gate_by_releases_takes_the_newest_finished_runs_on_the_same_data(project: Project) -> None:
    careless, careful = project.evaluate_two(items=6)
    gate = {"candidate": "adder@2", "baseline": "adder@1"}
    verdict = project.client.post("/gates", gate)
    assert (verdict["candidate"]["run"], verdict["baseline"]["run"]) == (careful["id"], careless["id"])
    newer = project.evaluate("adder@2")
    assert project.client.post("/gates", gate)["candidate"]["run"] == newer["id"]
    assert project.client.post("/gates", {**gate, "dataset": "sums@1"})["dataset"]["number"] == 1
    project.push_sums(items=7)
    with pytest.raises(
        InputError, match=r"release/adder 2 has no finished run on this dataset version: evaluate it"
    ):
        project.client.post("/gates", {**gate, "dataset": "sums@latest"})


def test_equal_grounds_have_one_verdict(project: Project) -> None:
    careless, careful = project.evaluate_two(items=6)
    gate = {"candidate": careful["id"], "baseline": careless["id"]}
    assert project.client.post("/gates", gate)["id"] == project.client.post("/gates", gate)["id"]
    assert len(project.client.get("/verdicts")["items"]) == 1


def test_few_samples_are_not_enough_data_and_how_many_would_be_is_said(project: Project) -> None:
    careless, careful = project.evaluate_two(items=4)
    verdict = project.client.post("/gates", {"candidate": careful["id"], "baseline": careless["id"]})
    assert verdict["outcome"] == "not_enough_data"
    assert verdict["checks"][0]["needed_n"] > 4


def test_verdicts_are_listed_newest_first_by_candidate(project: Project) -> None:
    careless, careful = project.evaluate_two()
    passed = project.client.post("/gates", {"candidate": careful["id"], "baseline": careless["id"]})
    failed = project.client.post("/gates", {"candidate": careless["id"], "baseline": careful["id"]})
    assert failed["outcome"] == "fail"
    assert [verdict["id"] for verdict in project.client.pages("/verdicts", limit=1)] == [
        failed["id"],
        passed["id"],
    ]
    digest = careful["release"]["digest"]
    assert [verdict["id"] for verdict in project.client.get("/verdicts", release=digest)["items"]] == [
        passed["id"]
    ]


def test_scores_of_two_versions_of_an_evaluator_decide_nothing(project: Project) -> None:
    def push(**parameters: object) -> None:
        judged = {"model": "openai:judge", "criteria": "Is the sum right?", "scores": {"0": "wrong", "1": "right"}}
        body = {"function": "rubric", "parameters": {**judged, **parameters}}
        project.client.post("/artifacts/evaluator/right-sum", {"body": body})

    project.push_sums()
    for instructions in (CARELESS, CAREFUL):
        project.push_release(instructions=instructions)
    metrics = ["exact_match", "right-sum"]
    push()
    careless = project.evaluate("adder@1", evaluators=metrics)
    same = project.evaluate("adder@2", evaluators=metrics)
    push(criteria="Is it the right sum?")
    other = project.evaluate("adder@2", evaluators=metrics)

    rule = {"primary": {"metric": "right-sum", "kind": "superiority"}}
    gate = {"candidate": same["id"], "baseline": careless["id"], "rule": rule}
    assert project.client.post("/gates", gate)["outcome"] == "pass"
    gate["candidate"] = other["id"]
    with pytest.raises(
        InputError, match=f"right-sum was scored by two versions of that evaluator, one in {other['id']}"
    ):
        project.client.post("/gates", gate)
    # What the rule does not ask for does not matter.
    rule["primary"]["metric"] = "exact_match"
    assert project.client.post("/gates", gate)["outcome"] == "pass"


def test_a_gate_that_cannot_decide_is_one_sentence_and_no_verdict(project: Project) -> None:
    careless, careful = project.evaluate_two(items=2)
    gate = {"candidate": careful["id"], "baseline": careless["id"]}
    project.push_release(instructions="Another.")
    with pytest.raises(InputError, match="are the same run"):
        project.client.post("/gates", {**gate, "baseline": careful["id"]})
    with pytest.raises(InputError, match="release/adder 3 has no finished run"):
        project.client.post("/gates", {**gate, "candidate": "adder@3"})
    with pytest.raises(NotFound, match="There is no run 'run-none'"):
        project.client.post("/gates", {**gate, "candidate": "run-none"})
    with pytest.raises(InputError, match="charm"):
        project.client.post("/gates", {**gate, "rule": {"primary": {"metric": "charm", "kind": "superiority"}}})
    with pytest.raises(InputError, match=r"body\.rule\.primary\.kind"):
        project.client.post("/gates", {**gate, "rule": {"primary": {"metric": "exact_match", "kind": "charm"}}})
    rule = {"primary": {"metric": "exact_match", "kind": "non_inferiority"}}
    with pytest.raises(InputError, match="non_inferiority needs a margin above 0"):
        project.client.post("/gates", {**gate, "rule": rule})
    assert project.client.get("/verdicts")["items"] == []
    with pytest.raises(NotFound, match="There is no verdict 'verdict-none'"):
        project.client.get("/verdicts/verdict-none")
