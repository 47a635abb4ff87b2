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
    place = f"/api/v1/verdicts/{verdict['id']}"
    with project.http() as http:
        liked = http.get(place, headers={"accept-language": "ko-KR,en;q=0.5"})
        asked = http.get(place, params={"lang": "en"}, headers={"accept-language": "ko"})
        listed = http.get("/api/v1/verdicts", params={"lang": "ko"}).json()["items"]
    assert liked.json()["sentence"].startswith("통과: exact_match 0.5 개선(0.5 → 1; ")
    assert (liked.json()["digest"], liked.headers["vary"]) == (verdict["digest"], "accept-language")
    assert (asked.json(), listed[0]["sentence"]) == (verdict, liked.json()["sentence"])
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


def test_the_power_of_a_verdict_grows_with_the_items(project: Project) -> None:
    careless, careful = project.evaluate_two(items=12)
    rule = {"primary": {"metric": "exact_match", "kind": "superiority", "margin": 0.3}}
    verdict = project.client.post("/gates", {"candidate": careful["id"], "baseline": careless["id"], "rule": rule})
    assert verdict["outcome"] == "not_enough_data"
    (curve,) = project.client.get(f"/verdicts/{verdict['id']}/power")["items"]
    assert (curve["metric"], curve["n"]) == ("exact_match", 12)
    assert curve["needed_n"] == verdict["checks"][0]["needed_n"] > 12
    passes = [point["passes"] for point in curve["points"]]
    assert passes == sorted(passes)
    assert passes[-1] > 0.8
    with pytest.raises(NotFound, match="There is no verdict 'verdict-none'"):
        project.client.get("/verdicts/verdict-none/power")


def test_a_verdict_names_who_promoted_on_it_and_whether_that_still_runs(project: Project) -> None:
    careless, careful = project.evaluate_two()
    verdict = project.client.post("/gates", {"candidate": careful["id"], "baseline": careless["id"]})["id"]
    path = f"/verdicts/{verdict}/promotions"
    assert project.client.get(path)["items"] == []
    promote = {"release": "adder@2", "verdict_id": verdict, "reason": "it adds rightly"}
    for environment in ("staging", "production"):
        project.client.post(f"/environments/{environment}/promote", promote)
    project.client.post("/environments/production/promote", {"release": "adder@1"})
    found = project.client.get(path)["items"]
    assert [(each["environment"], each["is_running"]) for each in found] == [
        ("production", False),
        ("staging", True),
    ]
    assert {(each["by"], each["reason"]) for each in found} == {("key:a-admin", "it adds rightly")}


def sums_by_parity(project: Project, dataset: str = "sums", release: str = "adder") -> list[str]:
    """Push a dataset with two slices by parity, and a careless and a careful release; return their digests."""
    rows = [
        {
            "id": f"i{number:02}",
            "input": {"question": f"What is {number} + 4?"},
            "reference": str(number + 4),
            "metadata": {"parity": "odd" if number % 2 else "even", "page": f"p{number // 4}"},
        }
        for number in range(32)
    ]
    project.client.post(f"/datasets/{dataset}", {"items": rows})
    return [str(project.push_release(release, each)["digest"]) for each in (CARELESS, CAREFUL)]


def test_a_verdict_and_a_comparison_name_the_slice_that_lost_and_lists_are_short(project: Project) -> None:
    sums_by_parity(project)
    careless, careful = project.evaluate("adder@1"), project.evaluate("adder@2")
    rule = {
        "primary": {"metric": "exact_match", "kind": "non_inferiority", "margin": 0.9},
        "slices": [{"by": "parity", "metric": "exact_match", "margin": 0.2}],
    }
    # The careless one gets odd numbers wrong: careful is what it is compared with.
    request = {"candidate": careless["id"], "baseline": careful["id"], "rule": rule}
    verdict = project.client.post("/gates", request)
    assert verdict["outcome"] == "fail"
    assert verdict["sentence"].startswith("Fail: exact_match on parity=odd is worse by 1 (1 → 0;")
    first = verdict["slices"][0]
    assert (first["field"], first["value"], first["n"], first["difference"]) == ("parity", "odd", 16, -1)
    assert first["adjusted_p"] < 0.05
    assert {each["item"] for each in verdict["worst"]} <= {f"i{number:02}" for number in range(1, 32, 2)}
    path = f"/runs/{careless['id']}/slices"
    compared = project.client.get(path, baseline=careful["id"], metric="exact_match")["items"]
    assert [(row["field"], row["value"], row["difference"]) for row in compared[:1]] == [("parity", "odd", -1)]
    with pytest.raises(InputError, match="do not both have the metric 'charm'"):
        project.client.get(path, baseline=careful["id"], metric="charm")
    (listed,) = project.client.get("/verdicts")["items"]
    left_out = {"slices", "worst", "signed_by"}
    assert listed == {name: value for name, value in verdict.items() if name not in left_out}


def test_a_run_that_says_what_belongs_together_has_wider_intervals_and_so_has_its_gate(project: Project) -> None:
    sums_by_parity(project)
    with pytest.raises(InputError, match="clustered by 'topic', and item 'i00' has no such metadata"):
        project.evaluate("adder@1", cluster="topic")
    alone = project.evaluate("adder@1")["metrics"]["exact_match"]
    run = project.evaluate("adder@1", cluster="parity")
    clustered = run["metrics"]["exact_match"]
    assert run["settings"]["cluster"] == "parity"
    assert (clustered["n"], clustered["clusters"], clustered["coverage"]) == (32, 2, 1.0)
    # All even numbers are added rightly and no odd one: two clusters are all there is.
    assert clustered["effective_n"] == pytest.approx(1, abs=0.5)
    assert clustered["high"] - clustered["low"] > 2 * (alone["high"] - alone["low"])
    assert "effective_n" not in alone
    other = project.evaluate("adder@2", cluster="page")
    same = project.evaluate("adder@1", cluster="page")
    verdict = project.client.post("/gates", {"candidate": other["id"], "baseline": same["id"]})
    assert (verdict["rule"]["cluster"], verdict["checks"][0]["clusters"]) == ("page", 8)
    compared = project.client.get(f"/runs/{other['id']}/compare", baseline=same["id"])["metrics"]
    assert [each["clusters"] for each in compared] == [8]
    mixed = project.client.post("/gates", {"candidate": other["id"], "baseline": run["id"]})
    assert mixed["rule"]["cluster"] is None
