"""What tests of calibrations share: judges, labelled items, and a calibration from its start to its end."""

from collections.abc import Callable
from typing import Any

from tests.live import Project

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
