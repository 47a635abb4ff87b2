"""Evaluation datasets that Vertex AI's SDK wrote (see record.py)."""

import json
from pathlib import Path
from typing import Any

import pytest

from windlass.errors import InputError
from windlass.evaluation.formats.files import read_items, write_items
from windlass.evaluation.formats.registry import FORMATS, format_of
from windlass.evaluation.samples import Item

DATA = Path(__file__).parent / "data"
VERTEX = FORMATS["vertex"]


def read(path: Path) -> list[Item]:
    assert format_of(path) is VERTEX
    return list(read_items(path, VERTEX))


def written(items: list[Item], folder: Path) -> list[dict[str, Any]]:
    write_items(items, folder / "out.json", VERTEX)
    cases: list[dict[str, Any]] = json.loads((folder / "out.json").read_text(encoding="utf-8"))["eval_cases"]
    return cases


@pytest.mark.parametrize("name", ["vertex.json", "vertex.camel.json"])
def test_cases_become_items_with_their_history_and_trajectory(name: str) -> None:
    one, two, agent = read(DATA / name)
    assert one == Item(
        id="one_turn",
        input="육면체 주사위를 굴려줘.",
        reference="4가 나왔습니다.",
        metadata={"reference_trajectory": [{"tool_name": "roll_die", "tool_input": {"sides": 6}}]},
    )
    history = [{"role": "user", "content": "Roll a die."}, {"role": "assistant", "content": "4"}]
    assert (two.input, two.reference) == ({"question": "Is it prime?", "history": history}, "No.")
    history = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hi."}]
    assert (agent.input, agent.reference) == ({"question": "Roll.", "history": history}, None)


def test_what_an_item_has_no_field_for_goes_back_as_it_was(tmp_path: Path) -> None:
    items = read(DATA / "vertex.json")
    theirs = json.loads((DATA / "vertex.json").read_text(encoding="utf-8"))["eval_cases"]
    ours = written(items, tmp_path)
    for name in ("responses", "system_instruction", "rubric_groups", "reference", "prompt"):
        assert ours[1][name] == theirs[1][name]
    assert ours[2]["agent_data"] == theirs[2]["agent_data"]
    assert ours[0] == theirs[0]
    assert read(tmp_path / "out.json") == items


def test_an_image_in_the_prompt_stays_until_the_question_is_edited(tmp_path: Path) -> None:
    image = {"file_data": {"file_uri": "gs://a/b.png", "mime_type": "image/png"}}
    prompt = {"role": "user", "parts": [image, {"text": "What is it?"}]}
    (tmp_path / "in.json").write_text(json.dumps({"eval_cases": [{"eval_case_id": "a", "prompt": prompt}]}))
    (item,) = read(tmp_path / "in.json")
    assert item.input == "What is it?"
    assert written([item], tmp_path)[0]["prompt"] == prompt
    (case,) = written([item.model_copy(update={"input": "Who is it?"})], tmp_path)
    assert case["prompt"] == {"role": "user", "parts": [{"text": "Who is it?"}]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "FILE is no evaluation dataset of Vertex AI"),
        ('{"gcs_source": {"uris": ["gs://a"]}}', "FILE is no evaluation dataset of Vertex AI"),
        ('{"eval_cases": []}', "FILE has no items"),
        ('{"eval_cases": [1]}', "FILE, case 1: a case is an object, this is a int."),
        ('{"eval_cases": [{"eval_case_id": "a"}]}', "FILE, case 'a': the case has no text in its `prompt`"),
    ],
)
def test_a_bad_dataset_is_one_sentence_with_its_case(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        list(read_items(file, VERTEX))
    assert caught.value.message.startswith(message.replace("FILE", str(file)))
