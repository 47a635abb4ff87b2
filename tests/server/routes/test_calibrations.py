"""Judges measured against people over real HTTP, the judges being scripted and some of them biased on purpose."""

import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests import live as live_parts
from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.canonical import digest
from windlass.client import Client
from windlass.errors import Denied, InputError, NotFound
from windlass.models.completion import Message

RUBRIC = {
    "function": "rubric",
    "parameters": {
        "model": "openai:scripted",
        "criteria": "Is the sum right?",
        "scores": {"1": "it is", "0": "it is not"},
    },
}
BETTER = {
    "function": "pairwise",
    "parameters": {"model": "openai:scripted", "criteria": "Which is right?", "against": "metadata.other"},
}
Judge = Callable[[dict[str, Any]], object]


@pytest.fixture
def judged_by(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[[Judge], None]:
    """Have the scripted model judge by a function of what it is shown."""

    def judge_by(judge: Judge) -> None:
        def answer(messages: Sequence[Message]) -> str:
            if not messages[0].content.startswith("You judge"):
                return live_parts.add_up(messages)
            said = judge(json.loads(messages[-1].content))
            return said if isinstance(said, str) else json.dumps(said)

        monkeypatch.setattr(live_parts, "answer", answer)

    return judge_by


def score(value: object) -> dict[str, object]:
    return {"reasoning": "so", "score": str(value)}


def better(word: str) -> dict[str, object]:
    return {"reasoning": "so", "better": word}


def is_right(shown: dict[str, Any], field: str = "output") -> bool:
    return str(shown[field]).split()[0] == "right"


def push_judge(project: Project, body: dict[str, Any], name: str = "right-sum") -> None:
    project.client.post(f"/artifacts/evaluator/{name}", {"body": body})


def push_labelled(project: Project, items: int = 40, *, people: int = 1) -> None:
    """Push answers that are right or wrong, as people say; the last of several people errs on every tenth."""
    rows = []
    for number in range(items):
        right = number % 2 == 0
        labels = {f"p{person}": right for person in range(people)}
        if people > 1 and number % 10 == 0:
            labels[f"p{people - 1}"] = not right
        metadata = {"output": f"{'right' if right else 'wrong'} {number}", **labels}
        rows.append({"id": f"i{number}", "input": f"What is {number} + 4?", "metadata": metadata})
    project.client.post("/datasets/labelled", {"items": rows})


def push_pairs(project: Project, items: int = 40) -> None:
    """Push pairs of which one is right: the judged one in half of them, the longer one in half of them."""
    rows = []
    for number in range(items):
        ours, longer = number % 2 == 0, number % 4 < 2
        right, wrong = f"right {'!' * 40 if longer == ours else ''}", f"wrong {'!' * 40 if longer != ours else ''}"
        metadata = {
            "output": right if ours else wrong,
            "other": wrong if ours else right,
            "won": "b" if ours else "a",
        }
        rows.append({"id": f"i{number}", "input": f"What is {number} + 4?", "metadata": metadata})
    project.client.post("/datasets/pairs", {"items": rows})


def calibrated(project: Project, name: str = "right-sum", ref: str = "latest", **labels: Any) -> dict[str, Any]:
    asked = {"kind": "dataset", "dataset": "labelled", "labels": ["p0"], **labels}
    started = project.client.post(f"/evaluators/{name}/calibrations", {"ref": ref, "labels": asked})
    return ended(project, started)


def watched(project: Project, name: str = "right-sum", **body: Any) -> dict[str, Any]:
    return ended(project, project.client.post(f"/evaluators/{name}/watch", body))


def ended(project: Project, started: dict[str, Any]) -> dict[str, Any]:
    project.live.services.jobs.wait(started["id"])
    found: dict[str, Any] = project.client.get(f"/evaluators/{started['evaluator']}/calibrations/{started['id']}")
    return found


def result_of(calibration: dict[str, Any]) -> dict[str, Any]:
    assert calibration["state"] == "finished", calibration["error"]
    result: dict[str, Any] = calibration["content"]["result"]
    return result


def standing(project: Project, name: str = "right-sum", ref: str = "latest") -> str:
    return str(project.client.get(f"/evaluators/{name}/calibrations", ref=ref)["standing"]["state"])


def test_a_calibration_is_recorded_with_its_evidence_and_its_audit_entry(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))) if shown["output"] != "right 20" else "no verdict at all")
    push_judge(project, RUBRIC)
    push_labelled(project, people=3)
    assert standing(project) == "none"
    made = calibrated(project, labels=["p0", "metadata.p1", "p2"])
    result = result_of(made)
    assert (made["outcome"], made["by"], standing(project)) == ("pass", "key:a-admin", "calibrated")
    assert result["sentence"].startswith("Pass: kappa is 1.000")
    assert (result["items"], result["coverage"]["n"], result["missing_why"]) == (40, 40, {"unparsable": 1})
    assert result["coverage"]["value"] == pytest.approx(39 / 40)
    assert result["agreement"]["confusion"] == [[20, 0], [0, 19]]
    assert result["people"]["raters"] == ["metadata.p1", "p0", "p2"]
    # The judge is never wrong, and one of three people is.
    assert result["people"]["gap"]["kappa"]["value"] > 0
    assert digest(made["content"]) == made["digest"]
    version = project.client.get("/evaluators/right-sum")
    assert made["content"]["judge"] == {
        "evaluator": "right-sum",
        "number": 1,
        "version": version["version"]["digest"],
        "prompt": version["prompt"],
        "models": ["openai:scripted"],
    }
    assert (made["content"]["data"]["name"], made["content"]["data"]["number"]) == ("labelled", 1)
    entry = project.client.get("/audit")["items"][0]
    assert (entry["action"], entry["resource"]) == ("calibration:record", "evaluator/right-sum")
    assert (entry["reason"], entry["details"]["evidence"]) == (result["sentence"], made["digest"])


def test_what_was_answered_before_is_not_paid_for_again(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project, 20)
    before = len(project.live.provider.calls)
    first, second = calibrated(project), calibrated(project)
    assert len(project.live.provider.calls) == before + 20
    assert first["digest"] == second["digest"]


def test_a_few_labels_are_not_enough_and_how_many_would_be_is_said(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown) != shown["output"].endswith(" 4"))))
    push_judge(project, RUBRIC)
    push_labelled(project, 12)
    made = calibrated(project)
    kappa, _ = result_of(made)["checks"]
    assert (made["outcome"], kappa["measure"], kappa["needed_n"] > 12) == ("not_enough_data", "kappa", True)
    assert f"About {kappa['needed_n']} items would decide" in result_of(made)["sentence"]
    assert standing(project) == "not_enough_data"


def test_a_judge_far_below_people_fails_by_its_ceiling(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown) != (int(shown["output"].split()[1]) % 3 == 0))))
    push_judge(project, RUBRIC)
    push_labelled(project, 90, people=3)
    thresholds = {"minimum": {}, "ceiling": {"kappa": 0.1}}
    made = calibrated(project, labels=["p0", "p1", "p2"], thresholds=thresholds)
    assert (made["outcome"], standing(project)) == ("fail", "failed")
    assert "asked is no more than 0.100 below" in result_of(made)["sentence"]


def test_a_judge_that_prefers_the_first_is_found_out(project: Project, judged_by: Callable[[Judge], None]) -> None:
    judged_by(lambda _shown: better("first"))
    push_judge(project, BETTER, "better")
    push_pairs(project)
    made = calibrated(
        project, "better", dataset="pairs", labels=["won"], thresholds={"maximum": {"position": 0.1}}
    )
    result = result_of(made)
    position = result["position"]
    assert (position["first_preference"]["value"], position["order_consistency"]["value"]) == (0.5, 0.0)
    # What only the order decided is a tie, and agrees with nobody.
    assert result["agreement"]["measures"]["accuracy"]["value"] == 0
    assert made["outcome"] == "fail"
    assert "the preference for a position is 0.500" in result["sentence"]


def test_a_judge_that_prefers_the_longer_is_found_out_and_so_is_one_that_an_empty_answer_pleases(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: better("first" if len(shown["first"]) > len(shown["second"]) else "second"))
    push_judge(project, BETTER, "better")
    push_pairs(project)
    result = result_of(calibrated(project, "better", dataset="pairs", labels=["won"], nulls=10))
    assert result["verbosity"]["excess"]["value"] == pytest.approx(0.5)
    assert result["verbosity"]["excess"]["low"] > 0.3
    assert (result["position"]["first_preference"]["value"], result["position"]["order_consistency"]["value"]) == (
        0,
        1,
    )
    assert (result["null_answer"]["pairs"], result["null_answer"]["wins"]) == (10, 10)


def test_a_judge_that_goes_by_the_answers_is_swayed_by_nothing(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: better("first" if is_right(shown, "first") else "second"))
    push_judge(project, BETTER, "better")
    push_pairs(project)
    thresholds = {"minimum": {"kappa": 0.6}, "maximum": {"verbosity": 0.2, "null_answer": 0.2}}
    made = calibrated(project, "better", dataset="pairs", labels=["won"], thresholds=thresholds)
    result = result_of(made)
    assert (made["outcome"], result["agreement"]["values"]) == ("pass", [-1.0, 1.0])
    assert (result["verbosity"]["excess"]["value"], result["null_answer"]["wins"]) == (0, 0)


def test_a_judge_that_flips_is_found_out(project: Project, judged_by: Callable[[Judge], None]) -> None:
    times = itertools.count()
    judged_by(lambda _shown: score(next(times) % 2))
    push_judge(project, RUBRIC)
    push_labelled(project, 40)
    made = calibrated(project, repeats=3, thresholds={"maximum": {"flip_rate": 0.1}})
    flips = result_of(made)["consistency"]
    assert (flips["repeats"], flips["flip_rate"]["n"], made["outcome"]) == (3, 40, "fail")
    assert flips["flip_rate"]["low"] > 0.1


def test_a_watch_finds_nothing_while_nothing_changed_and_ends_the_calibration_when_the_judge_drifted(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project)
    with pytest.raises(InputError, match="no calibration whose items could be judged again"):
        project.client.post("/evaluators/right-sum/watch", {})
    root = calibrated(project)
    before = len(project.live.provider.calls)
    steady = watched(project)
    assert len(project.live.provider.calls) == before + 40, "answers that were kept would hide a drift"
    drift = result_of(steady)["drift"]
    assert (steady["anchor"], steady["outcome"], drift["same_judge"], drift["drifted"]) == (
        root["id"],
        "pass",
        True,
        False,
    )
    assert (drift["items"], drift["raised"], drift["lowered"], drift["p_shift"]) == (40, 0, 0, 1)
    assert standing(project) == "calibrated"

    # The provider changes its model: every second right answer is no longer found right.
    judged_by(lambda shown: score(int(is_right(shown) and int(shown["output"].split()[1]) % 4 != 0)))
    drifted = watched(project, anchor=root["id"])
    drift = result_of(drifted)["drift"]
    assert (drift["lowered"], drift["lost"], drift["gained"], drift["drifted"]) == (10, 10, 0, True)
    assert drift["p_agreement"] == pytest.approx(2 / 2**10)
    assert (drifted["outcome"], standing(project)) == ("fail", "failed")
    assert result_of(drifted)["sentence"].startswith("Fail: the judge drifted. Of 40 anchors 0 have a higher")

    # Measured anew, what it does now is known again.
    assert calibrated(project, repeats=1)["anchor"] is None
    listed = project.client.get("/evaluators/right-sum/calibrations")["items"]
    assert [each["anchor"] for each in listed] == [None, root["id"], root["id"], None]


def test_another_version_is_another_judge_and_its_difference_is_no_drift(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project)
    calibrated(project, thresholds={"minimum": {"kappa": 0.2}})
    push_judge(project, {**RUBRIC, "parameters": {**RUBRIC["parameters"], "criteria": "Other words."}})  # type: ignore[dict-item]
    assert (standing(project), standing(project, ref="1")) == ("none", "calibrated")
    judged_by(lambda shown: score(int(is_right(shown) and int(shown["output"].split()[1]) % 4 != 0)))
    made = watched(project)
    drift = result_of(made)["drift"]
    assert (drift["drifted"], drift["same_judge"], made["outcome"]) == (True, False, "pass")
    assert (standing(project), standing(project, ref="1")) == ("calibrated", "calibrated")


def test_a_gate_warns_of_a_judge_nobody_measured_and_refuses_it_where_calibration_is_required(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(
        lambda shown: (
            score(int(is_right(shown))) if shown["output"][0] in "rw" else live_parts.grade(json.dumps(shown))
        )
    )
    push_judge(project, RUBRIC)
    project.push_sums()
    careless = project.push_release(instructions=live_parts.CARELESS)
    careful = project.push_release(instructions=live_parts.CAREFUL)
    runs = [project.evaluate(f"adder@{each['number']}", evaluators=["right-sum"]) for each in (careless, careful)]

    def gate(**rule: object) -> dict[str, Any]:
        primary = {"metric": "right-sum", "kind": "superiority"}
        body = {"candidate": runs[1]["id"], "baseline": runs[0]["id"], "rule": {"primary": primary, **rule}}
        verdict: dict[str, Any] = project.client.post("/gates", body)
        return verdict

    warned, required, ignored = gate(), gate(calibrated_judges="require"), gate(calibrated_judges="ignore")
    command = "`windlass judges calibrate right-sum --queue QUEUE`"
    assert (warned["outcome"], required["outcome"], ignored["outcome"]) == ("pass", "not_enough_data", "pass")
    assert warned["sentence"].endswith(
        f"The judge of right-sum has not been calibrated: measure it against people with {command}."
    )
    assert required["sentence"].startswith(
        "Not enough data: the gate asks for calibrated judges. The judge of right-sum"
    )
    assert command in required["sentence"]
    assert "calibrated" in warned["checks"][0]["warning"]
    assert "calibrated" not in ignored["sentence"]
    assert "calibrated_judges" not in warned["rule"]
    assert "judges" not in ignored
    assert warned["judges"] == [
        {
            "metric": "right-sum",
            "version": runs[1]["settings"]["evaluator_versions"]["right-sum"],
            "standing": "none",
        }
    ]

    push_labelled(project)
    made = calibrated(project)
    passed = gate(calibrated_judges="require")
    assert (passed["outcome"], passed["checks"][0]["warning"]) == ("pass", None)
    assert passed["judges"][0]["calibration"] == made["id"]
    assert passed["judges"][0]["digest"] == made["digest"]
    assert gate()["sentence"] == ignored["sentence"]


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
    project.client.post("/erasures", {"subject": {"kind": "trace", "id": trace_id(1)}})
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


def test_what_cannot_be_compared_is_refused_before_anything_is_paid_for(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    push_judge(project, RUBRIC)
    push_labelled(project, 4)
    words = {"id": "a", "input": "?", "metadata": {"output": "x", "p0": "fine"}}
    project.client.post("/datasets/words", {"items": [words]})
    before = len(project.live.provider.calls)
    with pytest.raises(InputError, match="The label 'fine' is no number: say what each is worth"):
        calibrated(project, dataset="words")
    with pytest.raises(InputError, match="no labelled item with an answer to judge; 4 have labels and no answer"):
        calibrated(project, output="metadata.nothing")
    with pytest.raises(InputError, match="belong together by 'page', but the item 'i0' has no such metadata"):
        calibrated(project, cluster="page")
    with pytest.raises(InputError, match="built in and asks no model"):
        calibrated(project, "exact_match")
    with pytest.raises(NotFound):
        calibrated(project, "nobody")
    assert project.client.get("/evaluators/right-sum/calibrations")["items"] == []
    assert len(project.live.provider.calls) == before
    judged_by(lambda _shown: score(1))
    assert calibrated(project, dataset="words", values={"fine": 1})["state"] == "finished"


def test_a_budget_that_is_spent_leaves_no_calibration_and_what_was_answered_is_kept(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project, 24)
    before = len(project.live.provider.calls)
    made = calibrated(project, max_tokens=3_000, model_concurrency=1)
    paid = len(project.live.provider.calls) - before
    assert (made["state"], made["outcome"], made["content"], standing(project)) == ("failed", None, None, "none")
    assert made["error"].endswith("Start it again with a higher ceiling: what was answered is not paid for twice.")
    assert 0 < paid < 24
    assert result_of(calibrated(project))["items"] == 24
    assert len(project.live.provider.calls) - before == 24


def test_who_may_not_start_runs_may_not_spend_by_calibrating(project: Project) -> None:
    push_judge(project, RUBRIC)
    push_labelled(project, 2)
    asked = {"labels": {"kind": "dataset", "dataset": "labelled", "labels": ["p0"]}}
    with Client(project.live.url, project.key_of("viewer")) as viewer:
        assert viewer.get("/evaluators/right-sum/calibrations")["standing"]["state"] == "none"
        with pytest.raises(Denied):
            viewer.post("/evaluators/right-sum/calibrations", asked)
        with pytest.raises(Denied):
            viewer.post("/evaluators/right-sum/watch", {})


def test_one_that_was_stopped_in_its_middle_is_made_after_a_restart_and_pays_for_no_call_twice(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    live = project.live
    stopping, before = live.services.jobs.stopping, len(live.provider.calls)

    def slowly(shown: dict[str, Any]) -> object:
        if len(live.provider.calls) - before > 8:
            stopping.wait(30)
        return score(int(is_right(shown)))

    judged_by(slowly)
    push_judge(project, RUBRIC)
    push_labelled(project, 40)
    live.asked.clear()
    asked = {"kind": "dataset", "dataset": "labelled", "labels": ["p0"], "model_concurrency": 1}
    started = project.client.post("/evaluators/right-sum/calibrations", {"labels": asked})
    assert live.asked.wait(30)
    live.restart_alone()
    live.services._await_recovery()
    again = Project(live, project.name)
    made = ended(again, started)
    assert (made["outcome"], result_of(made)["items"]) == ("pass", 40)
    shown = [call.messages[-1].content for call in live.provider.calls[before:]]
    assert sorted(shown) == sorted(set(shown))
    again.close()
