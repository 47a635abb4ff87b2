"""Items that a model made, on the page of their dataset: which they are, what of, and who approved them."""

import json
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests import live as live_parts
from tests.evaluation.synthesis.writing import LEASE, reply
from tests.live import LiveServer, Project
from windlass.models.completion import Message

from .browser import window
from .processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("datasets")]

DOCUMENTS = [{"name": "guide.md", "text": f"# Guide\n\n## Leases\n\n{LEASE}\n"}]


def said(messages: Sequence[Message]) -> str:
    return json.dumps(reply(json.loads(messages[-1].content)))


def test_a_page_shows_what_a_model_made_of_what_and_lets_people_be_asked(
    chromium: Browser, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_parts, "answer", said)
    local = Project(live, "default")
    local.push_sums("made-of-guide", items=20)
    body = {"source": {"kind": "documents", "documents": DOCUMENTS}, "model": "openai:writer"}
    started = local.client.post("/datasets/made-of-guide/syntheses", body)
    eventually(lambda: local.client.get(f"/syntheses/{started['id']}")["version"], "the synthesis")
    (made,) = local.client.get("/datasets/made-of-guide/items", made="model")["items"]
    with window(chromium, live.url) as seen:
        seen.visit("/datasets/made-of-guide", "21 items")
        seen.page.get_by_label("Origin").select_option("Synthetic · 1")
        seen.wait_for("1 of 21 items")
        seen.page.get_by_role("button", name=made["id"], exact=True).click()
        panel = seen.page.get_by_role("complementary", name=made["id"])
        expect(panel.get_by_text("A document: guide.md › Leases")).to_be_visible()
        expect(panel.get_by_text("Its source answers it, by openai:writer")).to_be_visible()
        expect(panel.get_by_text("No approval is asked for")).to_be_visible()
        seen.page.get_by_role("button", name="Ask for approval").click()
        expect(
            panel.get_by_text("Waits for approval: a gate leaves it out · approve-made-of-guide")
        ).to_be_visible()
        expect(seen.main.get_by_role("link", name="1 waits for approval")).to_be_visible()
        assert seen.seen("dataset-synthesis") == []
        seen.page.get_by_label("Origin").select_option("Approved · 0")
        seen.wait_for("0 of 21 items")
        seen.assert_clean()
    local.close()


def test_items_are_made_of_a_file_for_a_new_dataset_and_what_came_of_it_stays_to_be_seen(
    chromium: Browser, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_parts, "answer", said)
    local = Project(live, "default")
    local.push_sums("there-already", items=2)
    document: FilePayload = {
        "name": "leases.md",
        "mimeType": "text/markdown",
        "buffer": f"# Guide\n\n## Leases\n\n{LEASE}\n".encode(),
    }
    with window(chromium, live.url) as seen:
        seen.visit("/datasets", "there-already")
        seen.page.get_by_role("button", name="Make items").click()
        dialog = seen.page.get_by_role("dialog")
        dialog.get_by_role("combobox", name="Dataset").fill("leases")
        dialog.get_by_role("combobox", name="Made of").select_option("Items, asked otherwise")
        expect(dialog.get_by_role("checkbox", name="With typing errors")).to_be_visible()
        dialog.get_by_role("combobox", name="Made of").select_option("Documents")
        dialog.get_by_label("Documents", exact=True).set_input_files(document)
        expect(dialog.get_by_text("1 document", exact=True)).to_be_visible()
        expect(dialog.get_by_role("button", name="Start")).to_be_disabled()
        dialog.get_by_role("textbox", name="Who writes").fill("openai:writer")
        assert seen.seen("making-form") == []
        dialog.get_by_role("button", name="Start").click()
        expect(dialog.get_by_role("status")).to_have_text("Finished")
        assert seen.seen("making-done") == []
        dialog.get_by_role("link", name="Show the synthetic items of version 1").click()
        seen.wait_for("1 of 1 items")
        seen.page.get_by_role("link", name="Made items").click()
        taken = seen.main.get_by_role("listitem").filter(has_text="openai:writer")
        expect(taken.get_by_role("status")).to_have_text("Finished")
        expect(taken.get_by_text("Taken")).to_be_visible()
        assert seen.seen("making-tab") == []
        seen.assert_clean()
    (item,) = local.client.get("/datasets/leases/items", made="model")["items"]
    assert item["metadata"]["synthesis"]["source"]["document"] == "leases.md"
    local.close()
