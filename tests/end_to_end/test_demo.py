"""`windlass demo`, run as a person runs it: once to its end, then again on the same data folder."""

import re
from typing import Any

import httpx2
import pytest

from .conftest import Demo
from .processes import eventually

pytestmark = pytest.mark.xdist_group("demo")

NAME = "guide-to-mlops"
LABELS = ("baseline", "better", "worse")
QUESTIONS = 20


def deployed_digest(demo: Demo) -> str:
    with demo.client() as client:
        (production,) = (each for each in client.get("/environments")["items"] if each["name"] == "production")
    (deployment,) = production["deployments"]
    assert deployment["release"] == NAME
    return str(deployment["digest"])


def release(demo: Demo, label: str) -> dict[str, Any]:
    with demo.client() as client:
        version: dict[str, Any] = client.get(f"/artifacts/release/{NAME}/versions/{label}")
    return version


def verdicts_by_candidate(demo: Demo) -> dict[str, dict[str, Any]]:
    with demo.client() as client:
        return {verdict["candidate"]["digest"]: verdict for verdict in client.get("/verdicts")["items"]}


def test_the_demo_says_where_it_serves_and_how_soon_it_was_ready(demo: Demo) -> None:
    for output in (demo.first.output, demo.serving.output):
        assert re.search(r"server\s+http://127\.0\.0\.1:\d+, ready in \d+\.\d s, data in \S+", output)
        assert "local:extractive, an offline baseline" in output
    assert "Serving until Ctrl-C." not in demo.first.output


def test_better_passes_worse_is_refused_and_better_runs_in_production(demo: Demo) -> None:
    better, worse = release(demo, "better"), release(demo, "worse")
    verdicts = verdicts_by_candidate(demo)
    assert verdicts[better["digest"]]["outcome"] == "pass"
    assert verdicts[worse["digest"]]["outcome"] == "fail"
    assert deployed_digest(demo) == better["digest"]
    assert all(verdict["dataset"]["name"] == "guide-questions" for verdict in verdicts.values())
    assert re.search(r"gate\s+better: Pass: ndcg_at_10 is better by", demo.first.output)
    assert re.search(r"gate\s+worse: Fail: ndcg_at_10 is worse by", demo.first.output)
    assert f"{NAME}@better runs in production" in demo.first.output
    assert f"{NAME}@worse stays out of production" in demo.first.output


def test_both_verdicts_and_the_promotion_are_in_the_audit_chain(demo: Demo) -> None:
    with demo.client() as client:
        entries = list(client.pages("/audit", limit=100))
    given = [entry["after"] for entry in entries if entry["action"] == "verdict:give"]
    assert sorted(given) == sorted(release(demo, label)["digest"] for label in ("better", "worse"))
    better = release(demo, "better")
    promotions = [entry for entry in entries if entry["action"] == "environment:promote"]
    assert better["digest"] in {entry["after"] for entry in promotions}
    assert release(demo, "worse")["digest"] not in {entry["after"] for entry in promotions}


def test_the_audit_chain_holds_and_the_command_line_says_so(demo: Demo) -> None:
    verified = demo.processes.run("audit", "verify", "--data", demo.data)
    assert (verified.code, verified.output.startswith("The chain holds: ")) == (0, True), verified.output


def test_twenty_questions_are_answered_by_production_and_traced_each_time(demo: Demo) -> None:
    pattern = rf"serve\s+{NAME}@production answered {QUESTIONS} of {QUESTIONS} questions"
    assert re.search(pattern, demo.first.output)
    assert re.search(pattern, demo.serving.output)
    expected = QUESTIONS * demo.runs

    def look() -> list[dict[str, Any]] | None:
        # The server records its own answers a moment after it gave them.
        with demo.client() as client:
            found: list[dict[str, Any]] = client.get("/traces", environment="production", limit=500)["items"]
        return found if len(found) >= expected and all(trace["output"] for trace in found) else None

    asked = eventually(look, f"{expected} traces of production")
    assert len(asked) == expected
    assert {trace["status"] for trace in asked} <= {"ok", "unset"}
    assert all(trace["input"] and trace["output"] for trace in asked)
    better = release(demo, "better")["digest"]
    assert {trace["release"] for trace in asked} == {better}


def test_every_sample_of_every_run_is_a_trace_with_all_its_scores(demo: Demo) -> None:
    with demo.client() as client:
        runs = client.get("/runs")["items"]
        assert len(runs) == len(LABELS)
        for run in runs:
            assert (run["state"], run["failed_items"]) == ("finished", 0)
            assert run["finished_items"] == run["items"] >= 60
            samples = list(client.pages(f"/runs/{run['id']}/samples", limit=500))
            assert len({sample["trace_id"] for sample in samples}) == run["items"]
            assert all(set(sample["scores"]) == set(run["evaluators"]) for sample in samples)
        trace = client.get(f"/traces/{samples[0]['trace_id']}")
    assert {score["name"] for score in trace["scores"]} == set(run["evaluators"])
    operations = {span["operation"] for span in trace["spans"]}
    assert {"invoke_agent", "retrieval", "chat"} <= operations
    (root,) = (span for span in trace["spans"] if span["parent_span_id"] is None)
    assert all(span["parent_span_id"] for span in trace["spans"] if span is not root)


def test_a_second_demo_makes_no_version_and_starts_no_run(demo: Demo) -> None:
    assert re.search(r"^[1-9]\d* new versions, \d+ s in all\.", demo.first.output, re.MULTILINE)
    assert re.search(r"^0 new versions, \d+ s in all\.", demo.serving.output, re.MULTILINE)
    pushed = [line for line in demo.serving.output.splitlines() if line.startswith(("index", "push"))]
    assert pushed
    assert all(line.endswith(", unchanged") for line in pushed)
    with demo.client() as client:
        artifacts = {(each["kind"], each["name"]): each["versions"] for each in client.get("/artifacts")["items"]}
        runs = client.get("/runs")["items"]
    assert artifacts.pop(("release", NAME)) == len(LABELS)
    assert set(artifacts.values()) == {1}
    assert len(runs) == len(LABELS)


def test_every_link_that_is_printed_answers(demo: Demo) -> None:
    output = demo.serving.output
    links = dict(re.findall(r"^  (overview|compare|traces|audit)\s+(\S+)$", output, re.MULTILINE))
    assert set(links) == {"overview", "compare", "traces", "audit"}
    for link in links.values():
        response = httpx2.get(link)
        assert response.status_code == 200, link
        assert '<div id="root">' in response.text, "the web UI is not built: run scripts/setup"
    endpoint = re.search(r"^  endpoint\s+(\S+), model (\S+)$", output, re.MULTILINE)
    assert endpoint is not None
    models = httpx2.get(endpoint[1].removesuffix("/chat/completions") + "/models").json()["data"]
    assert [model["id"] for model in models] == [endpoint[2]]


def test_sigterm_ends_the_serving_demo_with_exit_code_0(demo: Demo) -> None:
    assert demo.serving.end() == 0, demo.serving.output
    assert "Traceback" not in demo.serving.output
