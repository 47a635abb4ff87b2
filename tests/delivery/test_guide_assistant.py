"""The assistant that the demo brings along, and its data about the guide."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from windlass.artifacts.kinds import Release
from windlass.delivery import guide_assistant
from windlass.delivery.demo import EVALUATORS
from windlass.delivery.files import ArtifactFile
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.datasets import items_of, require_columns
from windlass.evaluation.gates.rules import parse_rule
from windlass.retrieval.documents import Document, check_documents


@pytest.fixture(scope="module")
def files() -> list[ArtifactFile]:
    return guide_assistant.artifact_files("local:extractive")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {page["name"]: page["text"] for page in guide_assistant.guide_documents()}


@pytest.fixture(scope="module")
def items(files: list[ArtifactFile]) -> list[dict[str, Any]]:
    (dataset,) = (file for file in files if file.kind == "dataset")
    assert dataset.name == guide_assistant.DATASET
    return list(dataset.body["items"])


def headings(text: str) -> set[str]:
    return {found.strip() for found in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)}


def test_it_has_three_releases_that_differ_in_what_they_retrieve(files: list[ArtifactFile]) -> None:
    releases = {label: file for file in files if file.kind == "release" for label in file.labels}
    assert set(releases) == {"baseline", "better", "worse"}
    assert {file.name for file in releases.values()} == {guide_assistant.NAME}
    assert all(set(file.body) <= set(Release.model_fields) for file in releases.values())
    used = {label: (file.body["index"], str(file.body["retrieval"])) for label, file in releases.items()}
    assert len(set(used.values())) == 3
    assert used["worse"][0] == f"index/{guide_assistant.TRUNCATED_INDEX}"


def test_the_questions_are_many_different_and_answered_somewhere_in_the_guide(
    items: list[dict[str, Any]], pages: dict[str, str]
) -> None:
    assert len(items) >= 60
    questions = Counter(item["input"]["question"] for item in items)
    assert questions.most_common(1)[0][1] == 1
    for item in items:
        page = pages[item["metadata"]["page"]]
        assert item["metadata"]["section"] in headings(page), item["id"]
        assert item["reference"], item["id"]
    assert {item["metadata"]["page"] for item in items} == set(pages), "every page is asked about"


def test_the_dataset_feeds_every_evaluator_of_the_demo(items: list[dict[str, Any]]) -> None:
    require_columns(items_of(items), BUILT_IN.select(EVALUATORS))


def test_the_rule_asks_for_metrics_that_the_demo_measures() -> None:
    rule = parse_rule(guide_assistant.gate_rule())
    assert {each.metric for each in (rule.primary, *rule.guardrails)} <= set(EVALUATORS)


def test_another_model_is_bound_without_the_parameters_of_the_baseline() -> None:
    bound = {
        model: next(file.body for file in guide_assistant.artifact_files(model) if file.kind == "model")
        for model in ("local:extractive", "openai:gpt")
    }
    assert bound["local:extractive"]["parameters"] == {"max_sentences": 4}
    assert bound["openai:gpt"]["model"] == "openai:gpt"
    assert "parameters" not in bound["openai:gpt"]


def test_the_worse_index_lost_half_of_every_page(pages: dict[str, str]) -> None:
    whole, cut = guide_assistant.index_request(), guide_assistant.truncated_index_request()
    assert whole["settings"] == cut["settings"]
    documents = cut["documents"]
    assert isinstance(documents, list)
    check_documents([Document.model_validate(document) for document in documents])
    assert {document["name"] for document in documents} == set(pages)
    assert all(pages[document["name"]].startswith(document["text"]) for document in documents)
    assert all(len(document["text"]) == len(pages[document["name"]]) // 2 for document in documents)


def test_the_guide_is_the_documentation_itself(pages: dict[str, str]) -> None:
    folder = Path(__file__).parents[2] / "docs" / "guide"
    assert sorted(pages) == sorted(file.name for file in folder.glob("[0-9]*.md"))
    assert len(pages) >= 12
