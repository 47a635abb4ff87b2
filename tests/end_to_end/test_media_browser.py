"""What a judge of pictures and clips saw, in a real browser that plays the clip."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from tests import vision
from tests.pictures import Drawn, clip, picture
from windlass.client import Client
from windlass.models.scripted import ScriptedServer
from windlass.server.local import LocalServer
from windlass.settings import load_settings

from .browser import window
from .processes import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("media")]

BALL = picture(Drawn("yellow", "circle", 60, 60))
CROSSING = clip([[Drawn("red", "circle", 10 + 6 * n, 70)] for n in range(40)], kind="webm")
ITEMS = [("ball", "a red circle", BALL, "image/png"), ("roll", "a red circle moves left", CROSSING, "video/webm")]


class Judged(NamedTuple):
    url: str
    run: str
    traces: dict[str, str]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """A server with a run in which a picture and a clip were judged."""
    folder = tmp_path_factory.mktemp("media") / "data"
    with ScriptedServer(vision.answer) as provider:
        settings = load_settings(data=folder, mode="dev", port=0, model_base_url=provider.url)
        with LocalServer(settings) as running, Client(running.url, "") as client:
            run = judge_all(client)
            samples = client.get(f"/runs/{run}/samples")["items"]
            yield Judged(running.url, run, {each["item"]: each["trace_id"] for each in samples})


def judge_all(client: Client) -> str:
    def push(path: str, body: object) -> None:
        client.post(f"/artifacts/{path}", {"body": body})

    push("evaluator/agreement", {"function": "media_agreement", "parameters": {"model": "openai:sees"}})
    push("prompt/paint", {"messages": [{"role": "user", "template": "Paint."}]})
    push("model/painter", {"model": "openai:painter"})
    push("release/painter", {"prompts": {"answer": "prompt/paint"}, "model": "model/painter"})
    rows = [
        {
            "id": item,
            "input": prompt,
            "metadata": {"made": {"media": [client.send_file("/media", data, kind)["uri"]]}},
        }
        for item, prompt, data, kind in ITEMS
    ]
    client.post("/datasets/shapes", {"items": rows})
    asked = {"release": "painter", "dataset": "shapes", "evaluators": ["agreement"], "outputs": "made"}
    run = str(client.post("/runs", asked)["id"])
    eventually(lambda: client.get(f"/runs/{run}")["state"] == "finished" or None, "the run")
    return run


@pytest.mark.looks
def test_answers_are_seen_on_the_picture_and_beside_it_without_a_fault(chromium: Browser, judged: Judged) -> None:
    with window(chromium, judged.url) as seen:
        seen.visit(f"/traces/{judged.traces['ball']}", "Is the circle red?")
        box = seen.page.locator("figure button")
        asked = seen.page.locator("ol button", has_text="Is the circle red?")
        asked.focus()
        expect(box).to_have_attribute("data-active", "true")
        picture_box, shown = seen.page.locator("figure img").bounding_box(), box.bounding_box()
        assert picture_box is not None
        assert shown is not None
        assert (shown["x"] - picture_box["x"]) / picture_box["width"] == pytest.approx(60 / 320, abs=0.02)
        found = [fault for _ in seen.looks() for fault in seen.seen("media-picture")]
        seen.assert_clean()
    assert found == []


def test_a_mark_brings_the_clip_to_the_moment_and_what_was_seen_then(chromium: Browser, judged: Judged) -> None:
    with window(chromium, judged.url) as seen:
        seen.visit(f"/runs/{judged.run}?item=roll", "Does the red circle move left?")
        video = seen.page.locator("figure video")
        mark = seen.page.get_by_role("button", name="Go to 3.70 s: Does the red circle move left?")
        mark.focus()
        seen.page.keyboard.press("Enter")
        expect(video).to_have_js_property("currentTime", 3.7)
        expect(
            seen.page.get_by_role("button", name="Does the red circle move left? no", exact=True)
        ).to_be_visible()
        slider = seen.page.get_by_role("slider", name="Time in the clip")
        slider.press("Home")
        expect(video).to_have_js_property("currentTime", 0)
        seen.page.get_by_role("button", name="Play").click()
        expect(seen.page.get_by_role("button", name="Pause")).to_be_visible()
        seen.page.get_by_role("button", name="Pause").click()
        faults = seen.seen("media-clip")
        seen.assert_clean()
    assert faults == []
