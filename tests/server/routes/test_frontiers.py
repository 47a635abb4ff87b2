from tests.live import CARELESS, Project

EVALUATORS = ["exact_match", "latency_s", "output_tokens", "cost_usd"]


def test_runs_and_releases_are_compared_by_quality_and_cost(project: Project) -> None:
    project.push_sums(items=8)
    careless, careful = project.push_release(instructions=CARELESS), project.push_release()
    project.client.put("/prices", {"items": [{"model": "scripted", "input": 1, "output": 1}]})
    first = project.evaluate(f"adder@{careless['number']}", evaluators=EVALUATORS)
    second = project.evaluate(f"adder@{careful['number']}", evaluators=EVALUATORS)
    answer = project.client.get("/runs/frontier", run=[first["id"], f"adder@{careful['number']}"], margin=0.1)
    assert (answer["metric"], answer["items"], answer["reference"]) == ("exact_match", 8, second["id"])
    assert {each["run"]["id"] for each in answer["candidates"]} == {first["id"], second["id"]}
    assert answer["outcome"] in {"fail", "not_enough_data"}
    assert answer["cheapest"] == second["id"]
    named = project.client.get(
        "/runs/frontier",
        run=[first["id"], f"adder@{careful['number']}"],
        reference=f"adder@{careful['number']}",
        cost="latency_s",
    )
    assert (named["reference"], named["cost"], named["outcome"]) == (second["id"], "latency_s", None)


def test_what_cannot_be_compared_is_refused(project: Project) -> None:
    project.push_sums(items=2)
    project.push_release()
    run = project.evaluate("adder")["id"]
    with project.http() as http:
        assert http.get("/api/v1/runs/frontier", params={"run": run}).status_code == 422
        answer = http.get("/api/v1/runs/frontier", params={"run": [run, run]})
        assert (answer.status_code, answer.json()["detail"]) == (422, f"{run} is named twice; name each run once.")
        assert http.get("/api/v1/runs/frontier", params={"run": [run, "run-none"]}).status_code == 404
