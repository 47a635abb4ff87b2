"""How far a run is to be believed, by hand."""

from tests.cli.conftest import Windlass
from tests.live import CARELESS, Project


def test_evaluating_twice_shows_the_noise_floor(windlass: Windlass, project: Project) -> None:
    project.push_release(instructions=CARELESS)
    project.push_sums(items=6)
    eval_it = ("eval", "adder", "--dataset", "sums", "--evaluator", "exact_match")
    done = windlass(*eval_it, "--twice")
    assert done.code == 0
    second, first = (run["id"] for run in project.client.get("/runs")["items"])
    assert f"noise of adder 1: {first} and {second}" in done.out
    assert "A difference below the floor is what two runs of one release show by chance alone." in done.out
    again = windlass("runs", "noise", second, first)
    assert again.code == 0
    assert again.out in done.out
    assert windlass(*eval_it, "--twice", "--cache").code == 2
    refused = windlass("runs", "noise", first)
    assert (refused.code, "asks each item once, which shows no noise" in refused.err) == (2, True)


def test_a_run_that_nobody_judged_says_so_and_a_judged_one_whose_word_it_is(
    windlass: Windlass, project: Project
) -> None:
    scale = {"model": "openai:judge", "criteria": "Is the sum right?", "scores": {"0": "wrong", "1": "right"}}
    body = {"function": "rubric", "parameters": scale}
    project.client.post("/artifacts/evaluator/right-sum", {"body": body})
    project.push_release()
    rows = [
        {"id": f"i{number}", "input": {"question": f"What is {number} + 4?"}, "metadata": {"people": "yes"}}
        for number in range(6)
    ]
    project.client.post("/datasets/sums", {"items": rows})
    plain = project.evaluate("adder", evaluators=["latency_s"])
    assert windlass("runs", "human", plain["id"]).out == "No metric of this run was judged by a model.\n"
    done = windlass("eval", "adder", "--dataset", "sums", "--evaluator", "right-sum")
    assert "right-sum (judge-only)" in done.out
    run = project.client.get("/runs")["items"][0]["id"]
    assert "judge-only" in windlass("runs", "human", run).out
    labels = ("--metric", "right-sum", "--field", "people", "--value", "yes=1", "--value", "no=0")
    assert "people" in windlass("runs", "human", run, *labels).out
    gate = windlass(
        "gate", "--candidate", run, "--baseline", project.evaluate("adder", evaluators=["right-sum"])["id"]
    )
    assert "right-sum (judge-only)" in gate.out
