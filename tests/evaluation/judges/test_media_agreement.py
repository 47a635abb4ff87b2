"""Agreement of pictures and clips with what was asked for, judged by a model that really looks."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from tests import vision
from tests.pictures import Drawn, clip, moving, picture
from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError, NotFound
from windlass.evaluation.evaluator_making import Facilities, make_evaluator
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.media.files import Media, gone, not_readable, reference_to
from windlass.evaluation.media.resources import MediaQuestion
from windlass.evaluation.samples import Item, Judgement, Prediction, Sample
from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer

from .asking import asking

BALLS = "three red circles and a blue square left of a green triangle"
RIGHT = (
    *(Drawn("red", "circle", 20 + 60 * n, 20) for n in range(3)),
    Drawn("blue", "square", 30, 120),
    Drawn("green", "triangle", 220, 120),
)
MOVES = "a red circle moves right"


class Kept:
    """The files and kept questions of a project, in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.questions: dict[str, list[MediaQuestion]] = {}

    async def read(self, media: Media) -> bytes:
        if media.data is not None:
            return media.data
        if not media.digest:
            raise not_readable(media)
        if media.digest not in self.files:
            raise gone(media)
        return self.files[media.digest]

    async def keep(self, data: bytes, mime_type: str) -> str:
        uri = reference_to(data, mime_type)
        self.files[Media(uri).digest] = data
        return uri

    async def find_questions(self, key: str) -> Sequence[MediaQuestion] | None:
        return self.questions.get(key)

    async def keep_questions(self, key: str, questions: Sequence[MediaQuestion]) -> Sequence[MediaQuestion]:
        return self.questions.setdefault(key, list(questions))


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(vision.answer) as serving:
        yield serving


def made(server: ScriptedServer, kept: Kept | None = None, **parameters: Any) -> Evaluator:
    body = EvaluatorBody(function="media_agreement", parameters={"model": "openai:sees", **parameters})
    return make_evaluator("agreement", body, lambda *_: asking(server), Facilities(kept or Kept()))


def judged(evaluator: Evaluator, prompt: object, *made: bytes | Media, **metadata: object) -> Judgement:
    media = tuple(each if isinstance(each, Media) else Media.from_bytes(each) for each in made)
    item = Item(id="1", input=prompt, metadata=metadata)
    return asyncio.run(evaluator.judge(Sample.of(item, Prediction("", media=media))))


def evidence_of(judgement: Judgement) -> dict[str, Any]:
    assert isinstance(judgement.evidence, dict)
    return judgement.evidence


def answers(judgement: Judgement) -> dict[str, str]:
    return {each["question"]: each["answer"] for each in evidence_of(judgement)["questions"]}


def failing(judgement: Judgement) -> list[str]:
    return [question for question, answer in answers(judgement).items() if answer != "yes"]


def without(*things: Drawn, **changed: Any) -> tuple[Drawn, ...]:
    return tuple(each._replace(**changed) if each in things else each for each in RIGHT)


def test_a_picture_of_what_was_asked_for_passes_every_question(server: ScriptedServer) -> None:
    found = judged(made(server), BALLS, picture(*RIGHT))
    assert (found.value, found.label, found.source) == (1.0, "8 of 8", "judge")
    assert failing(found) == []
    asked = [(each["type"], each["question"]) for each in evidence_of(found)["questions"]]
    assert ("count", "Are there exactly three red circles?") in asked
    assert ("relation", "Is the blue square left of the green triangle?") in asked


@pytest.mark.parametrize(
    ("things", "wrong"),
    [
        (RIGHT[1:], ["Are there exactly three red circles?"]),
        (without(RIGHT[3], colour="yellow"), ["Is the square blue?"]),
        (without(RIGHT[3], x=270), ["Is the blue square left of the green triangle?"]),
        (without(RIGHT[4], shape="square"), ["Is there a triangle?"]),
    ],
    ids=["count", "colour", "place", "shape"],
)
def test_a_wrong_picture_fails_the_question_that_says_what_is_wrong(
    server: ScriptedServer, things: tuple[Drawn, ...], wrong: list[str]
) -> None:
    found = judged(made(server), BALLS, picture(*things, kind="JPEG"))
    assert found.value is not None
    assert found.value < 1
    assert failing(found)[0] == wrong[0]
    assert [question for question, answer in answers(found).items() if answer == "no"] == wrong


def test_what_cannot_be_made_out_does_not_count(server: ScriptedServer) -> None:
    found = judged(made(server), "a red circle and a blue square", picture(Drawn("red", "circle", 20, 20)))
    assert answers(found)["Is the square blue?"] == "not_visible"
    assert (found.value, found.label) == (2 / 3, "2 of 3, 1 not visible")
    assert found.explanation.splitlines()[0] == "✓ Is there a circle? A red circle."


def test_the_evidence_says_where_each_element_was_seen(server: ScriptedServer) -> None:
    kept = Kept()
    data = picture(Drawn("red", "circle", 80, 50, 40), sides=(320, 200))
    evidence = evidence_of(judged(made(server, kept), "a red circle", data))
    (box,) = {tuple(round(side, 2) for side in each["box"].values()) for each in evidence["questions"]}
    assert box == pytest.approx((80 / 320, 50 / 200, 40 / 320, 40 / 200), abs=0.01)
    assert evidence["media"] == [
        {
            "uri": reference_to(data, "image/png"),
            "mime_type": "image/png",
            "shape": "picture",
            "duration_s": None,
            "frames_s": [],
        }
    ]
    assert kept.files[Media(evidence["media"][0]["uri"]).digest] == data


def test_several_pictures_are_looked_at_together(server: ScriptedServer) -> None:
    one, two = picture(Drawn("red", "circle", 20, 20)), picture(Drawn("blue", "square", 20, 20))
    found = judged(made(server), "a red circle and a blue square", one, two)
    assert found.value == 1
    assert [each["media"] for each in evidence_of(found)["questions"]] == [0, 0, 1, 1]


def test_both_candidates_answer_the_same_questions(server: ScriptedServer) -> None:
    kept, before = Kept(), len(server.calls)
    for data in (picture(*RIGHT), picture(*RIGHT[1:])):
        judged(made(server, kept), BALLS, data)
    calls = server.calls[before:]
    assert [bool(call.messages[-1].pictures) for call in calls] == [False, True, True]
    first, second = (json.loads(call.messages[-1].content)["questions"] for call in calls[1:])
    assert first == second


def test_questions_were_made_before_a_picture_was_seen_and_those_that_came_first_stay(
    server: ScriptedServer,
) -> None:
    kept = Kept()
    judged(made(server, kept), "a red circle", picture(Drawn("red", "circle", 20, 20)))
    (key,) = kept.questions
    kept.questions[key] = [MediaQuestion(element="square", type="object", question="Is there a square?")]
    found = judged(made(server, kept), "a red circle", picture(Drawn("red", "circle", 20, 20)))
    assert answers(found) == {"Is there a square?": "no"}


def test_another_model_that_asks_has_questions_of_its_own(server: ScriptedServer) -> None:
    kept = Kept()
    for model in ("openai:one", "openai:two"):
        judged(made(server, kept, question_model=model), "a red circle", picture(Drawn("red", "circle", 20, 20)))
    assert len(kept.questions) == 2


def test_an_item_may_bring_its_own_questions(server: ScriptedServer) -> None:
    asks = made(server, questions="metadata.asked")
    assert asks.needs == ("metadata.asked",)
    own = ["Is there a circle?", {"element": "blue", "type": "attribute", "question": "Is the circle blue?"}]
    found = judged(asks, "anything", picture(Drawn("red", "circle", 20, 20)), asked=own)
    assert answers(found) == {"Is there a circle?": "yes", "Is the circle blue?": "no"}
    wrong = judged(asks, "anything", picture(Drawn("red", "circle", 20, 20)), asked=[{"question": "Is it?"}])
    assert (wrong.value, wrong.label) == (None, "error")
    assert "neither a text nor an object with `element`, `type` and `question`" in wrong.explanation


def test_a_clip_in_which_it_moves_the_right_way_passes_with_the_time_of_the_frame(server: ScriptedServer) -> None:
    data = clip(moving("red", "circle", begin=10, end=260))
    found = judged(made(server, frames=4), MOVES, data)
    assert (found.value, found.label) == (1.0, "3 of 3")
    evidence = evidence_of(found)
    assert evidence["media"][0]["frames_s"] == [0.2, 0.7, 1.2, 1.7]
    assert evidence["media"][0]["duration_s"] == pytest.approx(2.0)
    moved = evidence["questions"][-1]
    assert (moved["type"], moved["time_s"]) == ("action", 1.7)
    assert moved["box"]["x"] > 0.6


@pytest.mark.parametrize(
    "frames",
    [moving("red", "circle", begin=260, end=10), moving("red", "circle", begin=100, end=100)],
    ids=["the other way", "not at all"],
)
def test_a_clip_in_which_it_does_not_fails_that_question(
    server: ScriptedServer, frames: list[list[Drawn]]
) -> None:
    found = judged(made(server, frames=4), MOVES, clip(frames))
    assert failing(found) == ["Does the red circle move right?"]


def test_the_model_is_told_the_time_of_each_frame(server: ScriptedServer) -> None:
    judged(made(server, frames=2), MOVES, clip(moving("red", "circle", begin=10, end=200)))
    message = server.calls[-1].messages[-1]
    assert [each.label for each in message.pictures] == [
        "View 1, a frame at 0.5 s:",
        "View 2, a frame at 1.5 s:",
    ]
    assert json.loads(message.content)["views"] == [
        {"view": 1, "of": "clip 1", "time_s": 0.5},
        {"view": 2, "of": "clip 1", "time_s": 1.5},
    ]


def test_what_is_judged_may_be_a_column_of_the_item(server: ScriptedServer) -> None:
    asks = made(server, prompt="metadata.caption", shown="metadata.picture")
    assert asks.needs == ("metadata.caption", "metadata.picture")
    part = {"type": "image_url", "image_url": {"url": Media.from_bytes(picture(*RIGHT)).uri}}
    found = judged(asks, "anything", caption="a blue square", picture=[part])
    assert found.value == 1


def test_an_input_with_a_picture_is_taken_by_its_words(server: ScriptedServer) -> None:
    asked = [{"type": "text", "text": "a red circle"}, {"type": "image", "data": "aGVsbG8="}]
    found = judged(made(server), asked, picture(Drawn("red", "circle", 20, 20)))
    assert found.value == 1
    assert "a red circle" in evidence_of(found)["prompt"]


ONE = picture(Drawn("red", "circle", 20, 20))


@pytest.mark.parametrize(
    ("media", "parameters", "said"),
    [
        (
            Media.from_bytes(b"%PDF-1.7", "application/pdf"),
            {},
            "A file is application/pdf: what can be judged are",
        ),
        (Media.from_bytes(b"nothing", "image/png"), {}, "A file is said to be image/png, but does not begin as"),
        (Media(reference_to(ONE, "image/png")), {}, "is gone: it was deleted, or went with the trace"),
        (Media("https://example.com/a.png"), {}, "'https://example.com/a.png' is not fetched: a picture"),
        (Media.from_bytes(ONE), {"max_mb": 0.0001}, "MB, over the limit of 0.0001 MB"),
        (Media.from_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 99), {}, "The clip cannot be decoded ("),
        (Media("data:image/png;base64,a"), {}, "The data URL of a image/png is no base64"),
    ],
    ids=["type", "untrue type", "gone", "elsewhere", "size", "broken clip", "base64"],
)
def test_a_file_that_cannot_be_looked_at_is_missing_with_one_sentence(
    server: ScriptedServer, media: Media, parameters: Mapping[str, Any], said: str
) -> None:
    before = len(server.calls)
    found = judged(made(server, **parameters), "a red circle", media)
    assert (found.value, found.label) == (None, "error")
    assert said in found.explanation
    assert "\n" not in found.explanation
    assert len(server.calls) == before


def test_a_clip_where_nothing_decodes_it_is_missing_and_says_what_to_install(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = clip(moving("red", "circle", begin=10, end=200))
    monkeypatch.setitem(sys.modules, "av", None)
    found = judged(made(server), MOVES, data)
    assert (found.value, found.label) == (None, "error")
    assert found.explanation == "Clips are decoded by PyAV: pip install 'windlass[video]'."


def test_an_output_without_a_picture_is_missing_and_says_so(server: ScriptedServer) -> None:
    found = judged(made(server), "a red circle")
    assert (found.value, found.label) == (None, "no_media")


def changing(change: Callable[[dict[str, Any]], object]) -> Callable[[Sequence[Message]], str]:
    """Return the model with its answers about pictures changed."""

    def answer(messages: Sequence[Message]) -> str:
        said = vision.answer(messages)
        if not messages[-1].pictures:
            return said
        changed = json.loads(said)
        change(changed)
        return json.dumps(changed)

    return answer


def test_an_answer_that_leaves_a_question_out_is_asked_for_again_and_then_missing() -> None:
    with ScriptedServer(changing(lambda said: said.pop("question_2"))) as server:
        found = judged(made(server), "a red circle", ONE)
        assert len([call for call in server.calls if call.messages[-1].pictures]) == 3
    assert (found.value, found.label) == (None, "unparsable")
    assert "question_2: Field required" in found.explanation


def test_what_is_asked_twice_counts_once() -> None:
    asked = {"element": "circle", "type": "object", "question": "Is there a circle?"}
    twice = json.dumps({"reasoning": "", "questions": [asked, {**asked, "element": "red"}]})

    def answer(messages: Sequence[Message]) -> str:
        return vision.answer(messages) if messages[-1].pictures else twice

    with ScriptedServer(answer) as server:
        found = judged(made(server), "a red circle", ONE, ONE)
    assert found.label == "1 of 1"
    assert [each["element"] for each in evidence_of(found)["questions"]] == ["circle"]
    assert len(evidence_of(found)["media"]) == 1


def test_a_prompt_that_is_not_taken_apart_is_missing_and_nothing_is_kept() -> None:
    kept = Kept()
    with ScriptedServer(lambda _: '{"reasoning": "", "questions": []}') as server:
        found = judged(made(server, kept), "a red circle", ONE)
    assert (found.value, found.label) == (None, "unparsable")
    assert found.explanation.startswith(
        "The prompt was not taken apart. No answer in the form asked for: questions:"
    )
    assert kept.questions == {}


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        ({"box": {"x": 40, "y": 30, "width": 80, "height": 60}}, None),
        (
            {"box": {"x": 0.9, "y": 0, "width": 0.5, "height": 0.5}},
            {"x": 0.9, "y": 0, "width": 0.1, "height": 0.5},
        ),
        ({"box": {"x": float("nan"), "y": 0, "width": 0.5, "height": 0.5}}, None),
        ({"box": {"x": 0, "y": 0, "width": 0.5, "height": float("-inf")}}, None),
        ({"view": 7}, None),
        ({"view": None}, None),
    ],
    ids=["pixels", "over the edge", "no number", "no end", "a view that was not shown", "no view"],
)
def test_a_place_outside_of_the_picture_is_none_and_the_answer_stands(
    place: dict[str, object], kept: dict[str, float] | None
) -> None:
    with ScriptedServer(changing(lambda said: said["question_1"].update(place))) as server:
        found = judged(made(server), "a red circle", ONE)
    assert found.value == 1
    box = evidence_of(found)["questions"][0]["box"]
    assert box == (None if kept is None else pytest.approx(kept))


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"shown": "picture"}, "one of input, reference, output and metadata.<name>, not 'picture'"),
        ({"questions": "asked"}, "a column metadata.<name>, not 'asked'"),
        ({"frames": 0}, "1 to 64 frames, not 0"),
        ({"max_mb": 1000.0}, "at most 100, not 1000"),
        ({"question_model": 3}, "`question_model` is a model"),
        ({"pictures": 3}, "Its parameters are: prompt, shown, questions, frames, max_mb"),
    ],
)
def test_a_file_that_describes_no_such_judge_is_refused(
    server: ScriptedServer, parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said.replace("<", r"\<")):
        made(server, **parameters)


def test_without_a_server_it_says_where_it_can_be_used(server: ScriptedServer) -> None:
    body = EvaluatorBody(function="media_agreement", parameters={"model": "openai:sees"})
    evaluator = make_evaluator("agreement", body, lambda *_: asking(server))
    found = judged(evaluator, "a red circle", ONE)
    assert "judged in a run on a server" in found.explanation


def test_files_gone_are_not_found() -> None:
    assert isinstance(gone(Media(reference_to(ONE, "image/png"))), NotFound)
