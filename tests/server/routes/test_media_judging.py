"""Pictures and clips judged in runs, over real HTTP, by a model that really looks."""

from typing import Any

import pytest

import windlass
from tests.live import Project
from tests.pictures import Drawn, clip, moving, picture
from windlass.errors import InputError, NotFound

AGREEMENT = {
    "function": "media_agreement",
    "parameters": {"model": "openai:scripted", "frames": 4},
}
RED, BLUE = picture(Drawn("red", "circle", 40, 40)), picture(Drawn("blue", "circle", 40, 40))


@pytest.fixture
def judged(project: Project) -> Project:
    project.client.post("/artifacts/evaluator/agreement", {"body": AGREEMENT})
    project.push_release()
    return project


def put(project: Project, data: bytes, mime_type: str = "image/png") -> str:
    return str(project.client.send_file("/media", data, mime_type)["uri"])


def run_outputs(project: Project, column: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Score a column of recorded outputs; return the run and its samples by item."""
    run = project.evaluate("adder", "shapes", evaluators=["agreement"], outputs=column)
    samples = project.client.get(f"/runs/{run['id']}/samples")["items"]
    return run, {each["item"]: each for each in samples}


def push_shapes(project: Project, *rows: dict[str, object]) -> None:
    project.client.post("/datasets/shapes", {"items": list(rows)})


def test_a_run_says_of_each_picture_what_is_wrong_and_where(judged: Project) -> None:
    right, wrong = put(judged, RED), put(judged, BLUE)
    row = {"id": "ball", "input": "a red circle"}
    push_shapes(judged, {**row, "metadata": {"good": {"media": [right]}, "bad": {"media": [wrong]}}})
    good, samples = run_outputs(judged, "good")
    bad, failing = run_outputs(judged, "bad")
    assert good["metrics"]["agreement"]["mean"] == 1
    assert bad["metrics"]["agreement"]["mean"] == 0.5
    evidence = failing["ball"]["evidence"]["agreement"]
    assert evidence["media"][0]["uri"] == wrong
    assert [(each["question"], each["answer"]) for each in evidence["questions"]] == [
        ("Is there a circle?", "yes"),
        ("Is the circle red?", "no"),
    ]
    assert evidence["questions"][1]["box"]["x"] == pytest.approx(40 / 320, abs=0.01)
    assert failing["ball"]["media"] == [{"uri": wrong, "mime_type": "image/png"}]
    compared = judged.client.get(f"/runs/{bad['id']}/compare", baseline=good["id"])
    (pair,) = compared["samples"]
    assert pair["difference"] == -0.5
    assert [pair[side]["media"][0]["uri"] for side in ("baseline", "candidate")] == [right, wrong]
    # Both candidates answered questions that were made once.
    asked = [
        call for call in judged.live.provider.calls if '"prompt": "a red circle"' in call.messages[-1].content
    ]
    assert len(asked) == 1

    trace = judged.client.get(f"/traces/{samples['ball']['trace_id']}")
    (score,) = trace["scores"]
    assert (score["name"], score["source"], score["evidence"]["kind"]) == ("agreement", "judge", "media_agreement")
    spans = {span["name"]: span for span in trace["spans"]}
    (made,) = spans["sample"]["output_messages"][0]["parts"]
    assert (made["type"], made["uri"]) == ("media", right)
    shown = [
        part["uri"]
        for span in trace["spans"]
        if span["name"] == "chat scripted"
        for message in span["input_messages"]
        for part in message["parts"]
        if part["type"] == "media"
    ]
    assert shown == [right]


def test_a_data_url_in_a_dataset_becomes_a_file(judged: Project) -> None:
    data = windlass.Media.from_bytes(RED).uri
    push_shapes(judged, {"id": "ball", "input": "a red circle", "metadata": {"made": {"media": [data]}}})
    _, samples = run_outputs(judged, "made")
    uri = samples["ball"]["evidence"]["agreement"]["media"][0]["uri"]
    assert uri.startswith("windlass-media://sha256:")
    assert samples["ball"]["media"][0]["uri"] == uri
    assert judged.client.read_file(f"/media/{windlass.Media(uri).digest}") == RED


def test_a_clip_is_judged_by_its_frames_and_they_stay_with_the_trace(judged: Project) -> None:
    moves = put(judged, clip(moving("red", "circle", begin=10, end=250)), "video/mp4")
    push_shapes(
        judged, {"id": "ball", "input": "a red circle moves left", "metadata": {"made": {"media": [moves]}}}
    )
    run, samples = run_outputs(judged, "made")
    assert run["metrics"]["agreement"]["mean"] == pytest.approx(2 / 3)
    moved = samples["ball"]["evidence"]["agreement"]["questions"][-1]
    assert (moved["question"], moved["answer"], moved["time_s"]) == ("Does the red circle move left?", "no", 1.7)
    trace = judged.client.get(f"/traces/{samples['ball']['trace_id']}")
    frames = [
        part["mime_type"]
        for span in trace["spans"]
        for message in span["input_messages"]
        for part in message["parts"]
        if part["type"] == "media"
    ]
    assert frames == ["image/jpeg"] * 4


def test_a_file_that_is_gone_lowers_the_coverage_and_says_so(judged: Project) -> None:
    uri = put(judged, RED)
    push_shapes(judged, {"id": "ball", "input": "a red circle", "metadata": {"made": {"media": [uri]}}})
    assert judged.client.delete(f"/media/{windlass.Media(uri).digest}") == {"deleted": True}
    run, samples = run_outputs(judged, "made")
    assert (run["metrics"]["agreement"]["mean"], run["metrics"]["agreement"]["missing_why"]) == (
        None,
        {"error": 1},
    )
    assert "is gone: it was deleted" in samples["ball"]["explanations"]["agreement"]


def test_a_file_that_traces_refer_to_goes_with_the_last_of_them(judged: Project) -> None:
    uri = put(judged, RED)
    push_shapes(judged, {"id": "ball", "input": "a red circle", "metadata": {"made": {"media": [uri]}}})
    run_outputs(judged, "made")
    digest = windlass.Media(uri).digest
    assert judged.client.delete(f"/media/{digest}") == {"deleted": False}
    assert judged.client.read_file(f"/media/{digest}") == RED
    with pytest.raises(NotFound, match="This project has no file"):
        judged.client.delete(f"/media/sha256:{'0' * 64}")


def test_an_evaluator_is_tried_on_a_picture(judged: Project) -> None:
    sample = {"input": "a red circle", "output": "", "media": [{"uri": windlass.Media.from_bytes(BLUE).uri}]}
    trial = judged.client.post("/evaluators/agreement/try", {"sample": sample})
    assert (trial["value"], trial["label"], trial["calls"]) == (0.5, "1 of 2", 2)
    assert trial["evidence"]["questions"][1]["answer"] == "no"
    told = judged.client.get("/evaluators/agreement")["told"]
    assert "Take the prompt apart into atomic questions" in told


def test_questions_of_another_key_or_form_are_refused(project: Project) -> None:
    question = {"element": "ball", "type": "object", "question": "Is there a ball?"}
    with pytest.raises(InputError, match="The key of questions is the digest"):
        project.client.post("/media/questions/ball", {"questions": [question]})
    key = f"sha256:{'1' * 64}"
    with pytest.raises(NotFound, match="There are no questions"):
        project.client.get(f"/media/questions/{key}")
    kept = project.client.post(f"/media/questions/{key}", {"questions": [question]})
    other = {"questions": [{**question, "question": "Is there a cube?"}]}
    assert project.client.post(f"/media/questions/{key}", other) == kept
    with pytest.raises(InputError, match="The body is empty"):
        project.client.send_file("/media", b"", "image/png")


def test_an_evaluation_of_ones_own_judges_the_pictures_that_a_function_makes(project: Project) -> None:
    windlass.init(project.live.url, api_key=project.key, service_name="tests")
    judge = windlass.judge(
        "media_agreement", model="openai:sees", name="agreement", base_url=project.live.provider.url
    )

    def draw(prompt: str) -> windlass.Prediction:
        return windlass.Prediction(output="", media=(windlass.Media.from_bytes(RED),))

    asked = [{"id": "red", "input": "a red circle"}, {"id": "blue", "input": "a blue circle"}]
    try:
        run = windlass.evaluate(draw, dataset=asked, evaluators=[judge], name="drawing")
    finally:
        windlass.shutdown()
    assert run.metrics["agreement"].mean == 0.75
    samples = {each["item"]: each for each in project.client.get(f"/runs/{run.id}/samples")["items"]}
    uri = samples["blue"]["evidence"]["agreement"]["media"][0]["uri"]
    assert project.client.read_file(f"/media/{windlass.Media(uri).digest}") == RED
