"""Where labels and judgements of a calibration come from: review queues, traces, runs."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import live as live_parts
from tests.live import Project
from tests.server.calibrations.calibrating import (
    BETTER,
    RUBRIC,
    Judge,
    better,
    ended,
    push_judge,
    result_of,
    score,
    watched,
)
from tests.telemetry.sending import request, span, trace_id
from windlass.client import Client
from windlass.errors import InputError


def test_labels_of_a_review_queue_calibrate_a_judge_with_the_ceiling_of_who_labelled(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: live_parts.grade(json.dumps(shown)))
    push_judge(project, RUBRIC)
    project.push_sums(items=5)
    project.push_release(instructions=live_parts.CARELESS)
    run = project.evaluate("adder")
    queue = "/review-queues/sums"
    project.client.put(queue, {"questions": [{"name": "right", "type": "boolean"}], "labels_per_item": 2})
    project.client.post(f"{queue}/items", {"run": {"run": run["id"]}})
    for person, errs in (("reviewer", [3]), ("editor", [])):
        with Client(project.live.url, project.key_of(person)) as client:  # type: ignore[arg-type]
            for number in range(5):
                item = client.post(f"{queue}/next", {})["item"]
                said = (number % 2 == 0) != (number in errs)
                client.put(f"{queue}/items/{item['id']}/label", {"answers": {"right": said}})
    started = project.client.post(
        "/evaluators/right-sum/calibrations", {"labels": {"kind": "queue", "queue": "sums"}}
    )
    made = ended(project, started)
    result = result_of(made)
    assert (made["content"]["data"]["kind"], made["content"]["data"]["labels"]) == ("queue", ["right"])
    # Where the two differ nothing is settled: it tells how far people agree, and nothing of the judge.
    assert (result["items"], result["unsettled"], result["agreement"]["measures"]["accuracy"]["n"]) == (5, 1, 4)
    assert result["agreement"]["measures"]["accuracy"]["value"] == 1
    assert result["people"]["raters"] == ["key:a-editor", "key:a-reviewer"]
    assert result["people"]["people"]["accuracy"]["value"] == pytest.approx(4 / 5)
    assert watched(project)["content"]["result"]["drift"]["items"] == 5


def test_pairs_and_traces_of_review_queues_are_shown_to_the_judge_as_people_saw_them(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    shown_to_judge: list[dict[str, Any]] = []

    def judge(shown: dict[str, Any]) -> object:
        shown_to_judge.append(shown)
        return better("first" if shown.get("first") == "5" else "second") if "first" in shown else score(1)

    judged_by(judge)
    push_judge(project, RUBRIC)
    push_judge(project, BETTER, "better")
    baseline, candidate = project.evaluate_two(items=2)  # to 1 + 4 the careless answers 6
    spans = (span(number, number, attributes=CONVERSATION) for number in (1, 2))
    project.send_traces(request(*spans).SerializeToString())
    for queue, question, selection in (
        (
            "pairs",
            {"name": "better", "type": "preference"},
            {"run": {"run": candidate["id"], "baseline": baseline["id"]}},
        ),
        ("traces", {"name": "right", "type": "boolean"}, {"traces": {"ids": [trace_id(1), trace_id(2)]}}),
    ):
        project.client.put(f"/review-queues/{queue}", {"questions": [question], "labels_per_item": 1})
        project.client.post(f"/review-queues/{queue}/items", selection)
        for _ in range(2):
            item = project.client.post(f"/review-queues/{queue}/next", {})["item"]
            outputs = [each["text"] for each in item["content"]["outputs"]]
            # Whoever labels sees a pair in an order of their own: sides are those of what is shown.
            sides = {each["text"]: each["side"] for each in item["content"]["outputs"]}
            said: object = "tie" if len(set(outputs)) == 1 else sides.get("5")
            answers = {question["name"]: True if queue == "traces" else said}
            project.client.put(f"/review-queues/{queue}/items/{item['id']}/label", {"answers": answers})
    paired = calibrated_by_queue(project, "pairs", "better")
    assert result_of(paired)["agreement"]["values"] == [0.0, 1.0]
    assert result_of(paired)["agreement"]["measures"]["accuracy"]["value"] == 1
    assert {(each["first"], each["second"]) for each in shown_to_judge} >= {("5", "6"), ("6", "5"), ("4", "4")}
    traced = calibrated_by_queue(project, "traces")
    assert (result_of(traced)["items"], result_of(traced)["agreement"]["measures"]["accuracy"]["n"]) == (2, 2)
    assert (shown_to_judge[-1]["input"], shown_to_judge[-1]["output"]) == ("Where is Bern?", "In Switzerland.")
    # A trace that is gone is not judged again.
    project.client.post("/erasures", {"subject": {"kind": "trace", "id": trace_id(1)}, "wait_s": 60})
    assert result_of(watched(project))["drift"]["gone"] == 1


CONVERSATION = {
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Where is Bern?"}]}]',
    "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"In Switzerland."}]}]',
}


def calibrated_by_queue(project: Project, queue: str, name: str = "right-sum") -> dict[str, Any]:
    asked = {"kind": "queue", "queue": queue, "nulls": 0}
    return ended(project, project.client.post(f"/evaluators/{name}/calibrations", {"labels": asked}))


def test_scores_that_a_run_has_of_a_judge_and_of_people_are_compared_without_asking(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: live_parts.grade(json.dumps(shown)))
    push_judge(project, RUBRIC)
    project.push_sums(items=12)
    project.push_release(instructions=live_parts.CARELESS)
    run = project.evaluate("adder", evaluators=["right-sum"])
    samples = project.client.get(f"/runs/{run['id']}/samples")["items"]
    scores = [
        {
            "trace_id": each["trace_id"],
            "name": "ok",
            "value": float(number % 2 == 0),
            "source": "human",
            "run": run["id"],
            "item": each["item"],
            "author": "ada",
        }
        for number, each in enumerate(samples)
    ]
    project.client.post("/scores", {"items": scores})
    project.live.services.writer.flush()
    before = len(project.live.provider.calls)
    made = calibrated_by_run(project, run["id"], score="ok")
    result = result_of(made)
    assert len(project.live.provider.calls) == before
    assert (result["items"], result["agreement"]["measures"]["accuracy"]["value"]) == (12, 1.0)
    assert made["content"]["judge"]["number"] == 1
    with pytest.raises(InputError, match="has no scores of 'other'"):
        calibrated_by_run(project, run["id"], "other", score="ok")


def calibrated_by_run(project: Project, run: str, name: str = "right-sum", **labels: Any) -> dict[str, Any]:
    asked = {"kind": "run", "run": run, **labels}
    return ended(project, project.client.post(f"/evaluators/{name}/calibrations", {"labels": asked}))
