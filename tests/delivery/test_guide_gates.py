"""The gate before the demo's own assistant: what it stops, what it lets pass, and what it says of either."""

import math
from statistics import NormalDist
from typing import Any

import pytest

from tests.live import Project
from windlass.delivery import guide_assistant as assistant
from windlass.delivery.push import push_files

DAMAGED = "measuring"
"""The topic whose pages are damaged."""

MARGIN = 0.3

METRIC = "recall_at_5"


def rule(slice_margin: float) -> dict[str, Any]:
    """Return a rule that the loss of one topic alone does not break on the whole."""
    return {
        "primary": {"metric": METRIC, "kind": "non_inferiority", "margin": MARGIN},
        "slices": [{"by": "topic", "metric": METRIC, "margin": slice_margin}],
    }


def build(project: Project, index: str, documents: list[dict[str, str]]) -> None:
    settings = {"chunk_tokens": 160}
    project.client.post(f"/indexes/{index}", {"documents": documents, "settings": settings})


def release(project: Project, label: str, *, index: str = "guide", prompt: str = "guide-answer") -> str:
    body = {
        "prompts": {"answer": f"prompt/{prompt}"},
        "model": "model/guide-model",
        "index": f"index/{index}",
        "retrieval": {"k": 5, "mode": "text"},
    }
    pushed = project.client.post(f"/artifacts/release/{label}", {"body": body})
    run = project.evaluate(f"{label}@{pushed['digest']}", assistant.DATASET, evaluators=[METRIC])
    assert (run["state"], run["failed_items"]) == ("finished", 0)
    return str(run["id"])


@pytest.fixture
def guide(project: Project) -> Project:
    files = [file for file in assistant.artifact_files("local:extractive") if file.kind != "release"]
    push_files(project.client, files, message="")
    build(project, "guide", assistant.guide_documents())
    return project


def damaged_documents(project: Project) -> list[dict[str, str]]:
    """Return the guide with the words of one topic's pages gone, as a broken conversion leaves them."""
    items = project.client.pages(f"/datasets/{assistant.DATASET}/items", limit=500)
    pages = {item["metadata"]["page"] for item in items if item["metadata"]["topic"] == DAMAGED}
    assert 1 < len(pages) < 6
    return [
        {**page, "text": "# Page\n\n" + "□ " * 400} if page["name"] in pages else page
        for page in assistant.guide_documents()
    ]


@pytest.mark.slow
def test_a_topic_whose_pages_are_damaged_is_stopped_and_named_and_a_rewording_is_not(guide: Project) -> None:
    build(guide, "guide-damaged", damaged_documents(guide))
    prompt = guide.client.get("/artifacts/prompt/guide-answer/versions/latest")["body"]
    guide.client.post("/artifacts/prompt/reworded", {"body": reworded(prompt)})
    baseline = release(guide, "whole")
    damaged, same = release(guide, "damaged", index="guide-damaged"), release(guide, "same", prompt="reworded")

    stopped = gate(guide, damaged, baseline, rule(MARGIN))
    assert stopped["outcome"] == "fail"
    assert stopped["checks"][0]["outcome"] == "pass", "on the whole too little is lost to be seen"
    assert {check["slice"]["value"] for check in stopped["checks"] if check["outcome"] == "fail"} == {DAMAGED}
    assert f"{METRIC} on topic={DAMAGED} is worse by" in stopped["sentence"]
    found = [row for row in stopped["slices"] if row["adjusted_p"] is not None and row["adjusted_p"] <= 0.05]
    assert [(row["field"], row["value"]) for row in found] == [("topic", DAMAGED)]
    lost = [each["item"].rsplit("-", 1)[0] for each in stopped["worst"]]
    assert sum(page in {"retrieval", "evaluation", "judges", "gates"} for page in lost) >= 8, lost

    passed, undecided = gate(guide, same, baseline, rule(MARGIN)), gate(guide, same, baseline, rule(0.1))
    assert passed["outcome"] == "pass", passed["sentence"]
    assert undecided["outcome"] == "not_enough_data"
    # Where nothing differs in n pairs, the score test's bound is z² / (n + z²): it must come below the margin.
    z = NormalDist().inv_cdf(1 - 0.025 / 4)
    for check in undecided["checks"][1:]:
        assert check["needed_n"] == math.ceil(z * z * (1 - 0.1) / 0.1)


def gate(project: Project, candidate: str, baseline: str, rule: dict[str, Any]) -> dict[str, Any]:
    request = {"candidate": candidate, "baseline": baseline, "rule": rule}
    verdict: dict[str, Any] = project.client.post("/gates", request)
    return verdict


def reworded(prompt: dict[str, Any]) -> dict[str, Any]:
    """Say the same in other words."""
    messages = [
        {**message, "template": f"Please read carefully. {message['template']}"} for message in prompt["messages"]
    ]
    return {**prompt, "messages": messages}
