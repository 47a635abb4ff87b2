"""Review queues in a real browser: labelled by keyboard by two people, decided, and looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.pictures import Drawn, picture
from tests.telemetry.sending import request, span, trace_id
from windlass.client import Client

from .browser import Window, window
from .processes import Server, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("reviews")]

GUIDELINES = """
Read the **question**, then the answer.

1. Right means that an expert would say the same.
2. When in doubt, skip: somebody else will know.
"""
QUESTIONS = [
    {"name": "right", "type": "boolean", "text": "Is the answer right?"},
    {"name": "tone", "type": "choice", "text": "How does it sound?", "choices": ["kind", "neutral", "cold"]},
    {"name": "depth", "type": "scale", "text": "How deep is it?", "low_text": "shallow", "high_text": "deep"},
    {"name": "remark", "type": "text", "text": "Anything else?", "required": False},
]
ASKED = ("Where is Bern?", "How long may I send it back?", "베른은 어디에 있나요?")
LONG = "The capital of Switzerland is Bern, which lies on the Aare. " * 30


def message(role: str, text: str) -> str:
    return f'[{{"role":"{role}","parts":[{{"type":"text","content":"{text}"}}]}}]'


@pytest.fixture
def api(server: Server) -> Iterator[Client]:
    """Three traces in a queue, each of which two people are to label."""
    found = '[{"id":"atlas.md","content":"Bern is the capital of Switzerland.","score":0.9}]'
    spans = []
    for number, text in enumerate(ASKED, start=1):
        said = {
            "gen_ai.input.messages": message("user", text),
            "gen_ai.output.messages": message("assistant", LONG if number == 1 else "In **Switzerland**."),
        }
        retrieval = {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": found}
        spans += [span(number, 1, attributes=said), span(number, 2, parent=1, attributes=retrieval)]
    with server.client() as client:
        client.send_traces(request(*spans).SerializeToString())
        eventually(lambda: len(client.get("/traces")["items"]) == len(ASKED) or None, "the traces")
        client.put("/review-queues/answers", {"questions": QUESTIONS, "guidelines": GUIDELINES})
        ids = [trace_id(number) for number in range(1, len(ASKED) + 1)]
        client.post("/review-queues/answers/items", {"traces": {"ids": ids}})
        yield client


@contextmanager
def signed_in(chromium: Browser, server: Server, api: Client, name: str) -> Iterator[Window]:
    """A window of a reviewer with a key of their own."""
    key = api.post("/keys", {"name": name, "role": "reviewer"})["key"]
    with window(chromium, server.url) as opened:
        opened.page.request.post(f"{server.url}/api/v1/session", data={"key": key})
        yield opened
        opened.assert_clean()


def press(opened: Window, *keys: str) -> None:
    for key in keys:
        opened.page.keyboard.press(key)


def submitted(opened: Window, *texts: str) -> None:
    """Submit, and wait until what comes next is there."""
    press(opened, "Enter")
    opened.wait_for(*texts)


def alpha(api: Client, question: str) -> dict[str, Any]:
    figures = api.get("/review-queues/answers/agreement")["questions"]
    found: dict[str, Any] = next(each for each in figures if each["question"] == question)
    return found


def test_two_people_label_by_keyboard_and_somebody_decides_where_they_differ(
    chromium: Browser, server: Server, api: Client
) -> None:
    with signed_in(chromium, server, api, "ada") as ada:
        ada.visit("/reviews/answers/label", ASKED[0], "Guidelines")
        places = ada.page.get_by_role("navigation", name="Main").get_by_role("listitem")
        expect(places).to_have_text(["Reviews", "Arenas"])
        submitted(ada, "This question needs an answer.")
        press(ada, "1", "3", "5", "ArrowDown")
        remark = ada.main.get_by_role("textbox", name="Anything else?")
        expect(remark).to_be_focused()
        # In a text, keys are letters; Ctrl+Enter submits from within it.
        ada.page.keyboard.type("s1?")
        expect(remark).to_have_value("s1?")
        press(ada, "Control+Enter")
        ada.wait_for(ASKED[1])
        press(ada, "2", "1", "2")
        submitted(ada, ASKED[2])
        press(ada, "u")
        ada.wait_for(ASKED[1])
        expect(ada.main.get_by_role("radio", name="No")).to_be_checked()
        press(ada, "?")
        expect(ada.page.get_by_role("dialog")).to_contain_text("Take the last label back")
        press(ada, "Escape")
        expect(ada.page.get_by_role("dialog")).to_have_count(0)
        submitted(ada, ASKED[2])
        press(ada, "1", "2", "3")
        submitted(ada, "Nothing for you now")
        ada.keep("reviews-waiting")

    (first, *_) = api.get("/review-queues/answers/items")["items"]
    assert first["labels"] is None  # kept from who has not labelled it
    with signed_in(chromium, server, api, "bob") as bob:
        bob.visit("/reviews/answers/label", ASKED[0])
        press(bob, "1", "3", "4")
        submitted(bob, ASKED[1])
        bob.main.get_by_text("No", exact=True).click()
        press(bob, "1", "2")
        submitted(bob, ASKED[2])
        expect(bob.main.get_by_role("region", name="Agreement")).to_contain_text("right")
        bob.keep("reviews-labelling")
        press(bob, "1", "2", "3")
        submitted(bob, "All items have their labels", "2 of 3 items are settled, 1 wait for a decision.")

    assert alpha(api, "right")["alpha"]["value"] == 1.0
    assert alpha(api, "depth")["level"] == "ordinal"
    assert (alpha(api, "depth")["raw"]["value"], alpha(api, "depth")["alpha"]["n"]) == (pytest.approx(2 / 3), 3)
    with window(chromium, server.url) as desk:
        desk.visit("/reviews/answers", "Krippendorff's alpha", "key:ada · key:bob")
        desk.keep("reviews-labelled")
        desk.page.get_by_role("button", name="Decide 1 item").click()
        desk.wait_for(ASKED[0])
        labels = desk.main.get_by_role("region", name="Labels")
        expect(labels).to_contain_text("key:ada")
        desk.keep("reviews-deciding")
        press(desk, "4")
        submitted(desk, "Nothing is left to decide")
        desk.assert_clean()
    assert api.get("/review-queues/answers")["progress"]["settled"] == 3
    (decided,) = api.get("/scores", trace=trace_id(1), name="depth")["items"]
    assert (decided["value"], decided["author"], decided["source"]) == (4.0, "local-admin", "human")


def test_items_are_added_and_what_was_decided_is_exported(chromium: Browser, server: Server, api: Client) -> None:
    label_by(api, server, "ada", 4)
    label_by(api, server, "bob", 4)
    with window(chromium, server.url) as desk:
        desk.visit("/reviews/answers", "key:ada, key:bob")
        desk.page.get_by_role("button", name="Add items").click()
        dialog = desk.page.get_by_role("dialog")
        expect(dialog).to_contain_text("There is no finished run yet.")
        expect(dialog.get_by_role("button", name="Add", exact=True)).to_be_disabled()
        dialog.get_by_role("combobox", name="From").select_option("traces")
        dialog.get_by_role("textbox", name="Condition").fill("operation=retrieval")
        desk.keep("reviews-add")
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(dialog).to_have_count(0)
        desk.page.get_by_role("button", name="Export").click()
        dialog.get_by_role("combobox", name="Reference of the items").select_option("remark")
        desk.keep("reviews-export")
        dialog.get_by_role("button", name="Export").click()
        expect(dialog.get_by_role("log")).to_contain_text("answers-labelled@1 has 1 item. 2 are left out")
        desk.assert_clean()
    assert api.get("/review-queues/answers")["progress"]["items"] == len(ASKED)  # all were there
    (item,) = api.get("/datasets/answers-labelled/items")["items"]
    assert (item["input"], item["reference"]) == (ASKED[0], "As the atlas says.")


def label_by(api: Client, server: Server, name: str, *depths: int) -> None:
    """Label as somebody else, over HTTP."""
    key = api.post("/keys", {"name": name, "role": "reviewer"})["key"]
    with Client(server.url, key) as reviewer:
        for depth in depths:
            item = reviewer.post("/review-queues/answers/next", {})["item"]
            answers = {"right": depth > 2, "tone": "kind", "depth": depth, "remark": "As the atlas says."}
            reviewer.put(f"/review-queues/answers/items/{item['id']}/label", {"answers": answers})


@pytest.mark.slow
@pytest.mark.looks
def test_the_pages_of_reviews_fit_and_can_be_read_by_everybody(
    chromium: Browser, server: Server, api: Client
) -> None:
    label_by(api, server, "ada", 4, 2)
    label_by(api, server, "bob", 2)
    with window(chromium, server.url) as opened:
        faults = opened.look_at("reviews-list", "/reviews", "answers")
        faults += opened.look_at("reviews-queue", "/reviews/answers", "key:ada")
        faults += opened.look_at("reviews-label", "/reviews/answers/label", ASKED[1])
        faults += opened.look_at("reviews-decide", "/reviews/answers/decide", ASKED[0])
        assert faults == []
        opened.assert_clean()


def test_a_queue_is_made_and_a_reviewer_sees_the_picture_that_is_asked_about(
    chromium: Browser, server: Server
) -> None:
    with server.client() as client:
        file = client.send_file("/media", picture(Drawn("red", "circle", 60, 60)), "image/png")
        asked = {"question": "Is it a red circle?", "shown": file["uri"]}
        client.post("/datasets/shapes", {"items": [{"id": "a", "input": asked, "reference": "yes"}]})
        with window(chromium, server.url) as desk:
            desk.visit("/reviews", "No review queue yet")
            desk.page.get_by_role("button", name="New queue").click()
            dialog = desk.page.get_by_role("dialog")
            dialog.get_by_role("textbox", name="Name").first.fill("shapes")
            dialog.get_by_role("textbox", name="Guidelines").fill("Look **closely**.")
            dialog.get_by_role("textbox", name="Labels an item").fill("1")
            first = dialog.get_by_role("listitem", name="Question 1")
            first.get_by_role("textbox", name="Name").fill("Right?")
            expect(first.get_by_text("a letter first")).to_be_visible()
            first.get_by_role("textbox", name="Name").fill("right")
            first.get_by_role("textbox", name="What is asked").fill("Does it show that?")
            dialog.get_by_role("button", name="Another question").click()
            second = dialog.get_by_role("listitem", name="Question 2")
            second.get_by_role("combobox", name="Answered by").select_option("A number on a scale")
            second.get_by_role("textbox", name="Name").fill("sharp")
            assert desk.seen("reviews-new") == []
            dialog.get_by_role("button", name="Make the queue").click()
            desk.wait_for("Nothing is in this queue yet")
            desk.page.get_by_role("button", name="Change").click()
            expect(dialog.get_by_role("listitem", name="Question 2")).to_be_visible()
            dialog.get_by_role("textbox", name="Labels an item").fill("2")
            dialog.get_by_role("button", name="Save").click()
            expect(dialog).to_have_count(0)
            desk.assert_clean()
        queue = client.get("/review-queues/shapes")
        assert [(each["name"], each["type"]) for each in queue["questions"]] == [
            ("right", "boolean"),
            ("sharp", "scale"),
        ]
        assert (queue["labels_per_item"], queue["revision"]) == (2, 2)
        client.post("/review-queues/shapes/items", {"dataset": {"dataset": "shapes@latest"}})
        with signed_in(chromium, server, client, "ada") as ada:
            ada.visit("/reviews/shapes/label", "Is it a red circle?", "Does it show that?")
            shown = ada.main.get_by_role("img", name="File 1 that was given")
            expect(shown).to_be_visible()
            assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
            assert ada.seen("reviews-picture") == []


def test_an_empty_project_says_how_a_queue_is_made(chromium: Browser, server: Server) -> None:
    with window(chromium, server.url) as opened:
        opened.visit("/reviews", "No review queue yet", "windlass reviews create queue.yaml")
        opened.keep("reviews-empty")
        opened.assert_clean()
