"""Datasets and evaluators in a real browser: edited by two at once, filled from a file and from traces, tried."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.live import LiveServer, Project
from tests.telemetry.sending import request, span, trace_id

from .browser import Window, window
from .processes import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("datasets")]

CHAT = {
    "messages": [
        {"role": "user", "content": "돈을 돌려받고 싶어요."},
        {"role": "assistant", "content": "어떤 주문인가요?"},
    ]
}
RIGHT_SUM = {
    "function": "rubric",
    "parameters": {
        "model": "openai:scripted",
        "criteria": "Is the sum right?",
        "scores": {"1": "The sum is right.", "0": "It is not."},
    },
}


class Local(Project):
    """The project that the browser sees, which signs in to no other."""

    def __init__(self, live: LiveServer) -> None:
        super().__init__(live, "default")


@pytest.fixture
def local(live: LiveServer) -> Iterator[Local]:
    opened = Local(live)
    yield opened
    opened.close()


def push(local: Local, name: str) -> dict[str, Any]:
    """Push a dataset with each kind of value."""
    items: list[dict[str, object]] = [
        {"id": "chat", "input": CHAT, "reference": "Ask for the number.", "split": "test"},
        {
            "id": "long",
            "input": "## Policy\n\n" + "Every exception is listed here. " * 200,
            "reference": ["a", "b"],
        },
        {"id": "json", "input": {"order": {"id": 7}}, "metadata": {"page": "환불.md"}},
    ]
    items += [{"id": f"q{each}", "input": f"Question {each}?", "reference": f"{each}"} for each in range(300)]
    version: dict[str, Any] = local.client.post(f"/datasets/{name}", {"items": items, "message": "first"})
    return version


def panel(seen: Window, name: str) -> Locator:
    return seen.page.get_by_role("complementary", name=name)


def edit_reference(seen: Window, item: str, reference: str) -> None:
    """Open an item, correct its reference, and keep that among the edits."""
    seen.page.get_by_role("button", name=item, exact=True).click()
    shown = panel(seen, item)
    shown.get_by_role("button", name="Edit").click()
    shown.get_by_label("Reference", exact=True).fill(reference)
    shown.get_by_role("button", name="Keep the edit").click()
    expect(shown.get_by_text("This edit is not saved yet.")).to_be_visible()


def save(seen: Window, reason: str) -> Locator:
    seen.page.get_by_role("button", name="Save as a version…").click()
    dialog = seen.page.get_by_role("dialog")
    dialog.get_by_label("Why").fill(reason)
    dialog.get_by_role("button", name="Save", exact=True).click()
    return dialog


def test_edits_are_collected_and_saved_and_the_second_of_two_editors_loses_nothing(
    chromium: Browser, local: Local
) -> None:
    base = push(local, "edited")["digest"]
    with window(chromium, local.live.url) as seen:
        seen.visit("/datasets/edited", "303 items")
        seen.page.get_by_role("searchbox").fill('"question 29"')
        seen.wait_for("11 of 303 items")
        edit_reference(seen, "q29", "twenty-nine")
        seen.page.get_by_role("button", name="q290", exact=True).click()
        panel(seen, "q290").get_by_role("button", name="Edit").click()
        panel(seen, "q290").get_by_role("button", name="Remove the item").click()
        expect(seen.page.get_by_role("status")).to_have_text("1 changed · 1 removedDiscardSave as a version…")
        other = {
            "base": base,
            "put": [{"id": "q1", "input": "Question 1?", "reference": "one"}],
            "message": "by ada",
        }
        local.client.post("/datasets/edited/edits", other)
        dialog = save(seen, "after review")
        expect(dialog.get_by_role("alert")).to_contain_text("at version 2 by now")
        dialog.get_by_role("button", name="Make my edits on the newest version").click()
        expect(dialog).to_have_count(0)
        seen.visit("/datasets/edited?tab=changes&version=3&against=1", "2 changed", "1 removed", "twenty-nine")
        seen.keep("dataset-changes")
        answered = [each for each in seen.problems if "409" not in each]
        assert answered == []
    items = {each["id"]: each for each in local.client.pages("/datasets/edited/items", limit=500)}
    assert (items["q1"]["reference"], items["q29"]["reference"], "q290" in items) == ("one", "twenty-nine", False)
    newest = local.client.get("/artifacts/dataset/edited/versions/3")
    assert newest["message"] == "after review"


def test_a_file_becomes_a_dataset_after_a_look_at_it(chromium: Browser, local: Local, tmp_path: Path) -> None:
    file = tmp_path / "My Questions.csv"
    file.write_text("question,answer\nWhere?,Here.\nWhen?,Now.\n", encoding="utf-8")
    push(local, "beside")
    with window(chromium, local.live.url) as seen:
        seen.visit("/datasets", "beside")
        seen.page.get_by_role("button", name="New from a file").click()
        dialog = seen.page.get_by_role("dialog")
        dialog.get_by_label("File of the dataset").set_input_files(file)
        expect(dialog.get_by_role("alert")).to_contain_text("My_Questions.csv")
        dialog.get_by_label("Column of the input").fill("question")
        dialog.get_by_label("Column of the reference").fill("answer")
        dialog.get_by_label("Why").fill("from the help desk")
        expect(dialog.get_by_text("2 items, read as csv")).to_be_visible()
        dialog.get_by_role("button", name="Keep as a version").click()
        seen.wait_for("2 items", "Where?", "Here.")
        with seen.page.expect_download() as download:
            seen.page.get_by_role("button", name="Export").click()
            seen.page.get_by_role("menuitem", name="JSON Lines").click()
        lines = download.value.path().read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["reference"] for line in lines] == ["Here.", "Now."]
        assert [each for each in seen.problems if "422" not in each] == []


def test_a_span_and_a_filtered_list_of_traces_go_into_a_dataset(chromium: Browser, local: Local) -> None:
    spans = [
        span(
            number + 2**100,
            number,
            name="seen",
            attributes={"input.value": f"Where is {number}?", "output.value": f"There, {number}."},
        )
        for number in range(1, 6)
    ]
    local.send_traces(request(*spans).SerializeToString())
    with window(chromium, local.live.url) as seen:
        seen.visit(f"/traces/{trace_id(1 + 2**100)}", "Where is 1?")
        seen.page.get_by_role("button", name="Add to a dataset").click()
        dialog = seen.page.get_by_role("dialog")
        dialog.get_by_label("Dataset", exact=True).fill("collected")
        dialog.get_by_label("Reference", exact=True).fill("Over there.")
        dialog.get_by_role("button", name="Add to the dataset").click()
        expect(dialog.get_by_role("status")).to_have_text("Added: collected is at version 1 now.")
        seen.visit("/traces?where=name%3Dseen", "Where is 5?")
        seen.page.get_by_role("button", name="To a dataset").click()
        drawing = seen.page.get_by_role("dialog")
        drawing.get_by_label("Dataset", exact=True).fill("collected")
        expect(drawing.get_by_text("--filter name=seen")).to_be_visible()
        drawing.get_by_role("button", name="Draw", exact=True).click()
        expect(drawing.get_by_role("status")).to_contain_text(
            "Of 5 traces 4 were added, and 1 were there already."
        )
        seen.assert_clean()
    items = list(local.client.pages("/datasets/collected/items", limit=500))
    assert [item["reference"] for item in items if item["input"] == "Where is 1?"] == ["Over there."]
    assert {item["metadata"]["sampling_probability"] for item in items} == {1.0}


def test_a_judge_is_tried_on_what_one_writes_and_on_a_sample_of_a_run(chromium: Browser, local: Local) -> None:
    local.client.post("/artifacts/evaluator/right-sum", {"body": RIGHT_SUM, "message": "first"})
    local.push_sums("tried", items=3)
    local.push_release()
    run = local.client.post("/runs", {"release": "adder", "dataset": "tried", "evaluators": ["right-sum"]})
    eventually(lambda: local.client.get(f"/runs/{run['id']}")["state"] == "finished" or None, "the run")
    with window(chromium, local.live.url) as seen:
        seen.visit("/evaluators/right-sum", "Is the sum right?", "The sum is right.", "What the judge is told")
        seen.page.get_by_role("link", name="Try it").click()
        seen.page.get_by_label("Input").fill('{"question": "What is 3 + 4?"}')
        seen.page.get_by_label("Output").fill("8")
        seen.page.get_by_role("button", name="Try it").click()
        seen.wait_for("It is not.", "It is 7.")
        seen.page.get_by_role("button", name="From a run").click()
        seen.page.get_by_role("button", name="Try it").click()
        seen.wait_for("The sum is right.", "It is 4.")
        seen.page.get_by_role("link", name="Runs", exact=True).last.click()
        seen.wait_for("100%")
        seen.assert_clean()


@pytest.mark.slow
@pytest.mark.looks
def test_the_pages_of_datasets_and_evaluators_fit_and_are_for_everybody(chromium: Browser, local: Local) -> None:
    push(local, "looked-at")
    local.client.post("/artifacts/evaluator/right-sum", {"body": RIGHT_SUM})
    places = (
        ("datasets", "/datasets", "looked-at"),
        ("dataset", "/datasets/looked-at", "Question 1?"),
        ("dataset-item", "/datasets/looked-at?item=chat", "어떤 주문인가요?"),
        ("dataset-history", "/datasets/looked-at?tab=history", "first"),
        ("dataset-duplicates", "/datasets/looked-at?tab=duplicates", "q39"),
        ("evaluators", "/evaluators", "right-sum"),
        ("evaluator", "/evaluators/right-sum", "Is the sum right?"),
    )
    with window(chromium, local.live.url) as seen:
        found = [fault for place in places for fault in seen.look_at(*place)]
        seen.assert_clean()
    assert found == []
