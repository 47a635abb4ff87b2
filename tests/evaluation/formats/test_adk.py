"""Eval sets that Google's ADK wrote (see record.py)."""

import json
from pathlib import Path

import pytest

from windlass.errors import InputError
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.datasets import require_columns
from windlass.evaluation.formats.files import read_items, write_items
from windlass.evaluation.formats.registry import FORMATS, format_of
from windlass.evaluation.samples import Item

DATA = Path(__file__).parent / "data"
ADK = FORMATS["adk"]
ROLL = {"tool_name": "roll_die", "tool_input": {"sides": 6}}


def read(path: Path) -> list[Item]:
    assert format_of(path) is ADK
    return list(read_items(path, ADK))


def written(items: list[Item], folder: Path) -> list[dict[str, object]]:
    write_items(items, folder / "out.evalset.json", ADK, name="my-set")
    content = json.loads((folder / "out.evalset.json").read_text(encoding="utf-8"))
    assert content["eval_set_id"] == "my_set"
    cases: list[dict[str, object]] = content["eval_cases"]
    return cases


@pytest.mark.parametrize("name", ["adk.evalset.json", "adk.camel.evalset.json"])
def test_cases_become_items_with_their_reference_and_trajectory(name: str) -> None:
    one, two, events = read(DATA / name)
    assert one == Item(
        id="one_turn",
        input="육면체 주사위를 굴려줘.",
        reference="4가 나왔습니다.",
        metadata={"reference_trajectory": [ROLL]},
    )
    history = [{"role": "user", "content": "Roll a die."}, {"role": "assistant", "content": "4"}]
    assert two.input == {"question": "Is it prime?", "history": history}
    assert (two.reference, two.metadata["reference_trajectory"]) == ("No.", [ROLL])
    assert (events.input, events.reference, events.metadata["reference_trajectory"]) == ("Hello.", None, [ROLL])
    require_columns([one, two, events], BUILT_IN.select(["trajectory_exact_match"]))


def test_what_an_item_has_no_field_for_goes_back_as_it_was(tmp_path: Path) -> None:
    items = read(DATA / "adk.evalset.json")
    cases = written(items, tmp_path)
    assert [set(case) for case in cases] == [
        {"eval_id", "conversation"},
        {"eval_id", "conversation", "session_input", "rubrics"},
        {"eval_id", "conversation"},
    ]
    assert cases[1]["session_input"] == {
        "app_name": "dice",
        "user_id": "u",
        "state": {"userName": "Ada", "none": None},
    }
    last = cases[1]["conversation"][1]["intermediate_data"]  # type: ignore[index]
    assert last["tool_responses"] == [{"id": "call-1", "name": "roll_die", "response": {"result": 4}}]
    assert last["intermediate_responses"] == [["checker", [{"text": "Looking."}]]]
    assert read(tmp_path / "out.evalset.json") == items


def test_an_edited_item_is_written_as_edited_and_an_edited_case_read_as_edited(tmp_path: Path) -> None:
    item = read(DATA / "adk.evalset.json")[1]
    (case,) = written([item.model_copy(update={"reference": ["Nein.", "No."], "split": "test"})], tmp_path)
    assert case["conversation"][1]["final_response"]["parts"] == [{"text": "Nein."}]  # type: ignore[index]
    file = tmp_path / "out.evalset.json"
    assert read(file)[0].reference == ["Nein.", "No."]
    file.write_text(file.read_text().replace('"text": "Nein."', '"text": "Niet."'))
    assert (read(file)[0].reference, read(file)[0].split) == ("Niet.", "test")


def test_the_first_schema_is_read_as_adk_converts_it() -> None:
    (item,) = read(DATA / "adk.first.test.json")
    (converted,) = read(DATA / "adk.first.converted.evalset.json")
    roll = {"tool_name": "roll_die", "tool_input": {"sides": 17}}
    assert (item.id, item.reference, item.metadata["reference_trajectory"]) == (
        "twice",
        "13, then 4.",
        [roll, roll],
    )
    assert item.input == converted.input
    own, theirs = item.metadata["adk"], converted.metadata["adk"]
    assert isinstance(own, dict)
    assert isinstance(theirs, dict)
    assert own["conversation"] == theirs["conversation"]


def test_a_list_of_queries_is_one_conversation_named_by_its_file(tmp_path: Path) -> None:
    turns = [{"query": "Off?", "expected_tool_use": [], "reference": "Off."}, {"query": "On?"}]
    (tmp_path / "lights.test.json").write_text(json.dumps(turns))
    (item,) = read(tmp_path / "lights.test.json")
    assert (item.id, item.reference, "reference_trajectory" in item.metadata) == ("lights", None, False)
    assert isinstance(item.input, dict)
    assert item.input["question"] == "On?"


def test_no_tool_uses_are_an_empty_trajectory_and_a_scenario_is_its_starting_prompt(tmp_path: Path) -> None:
    turn = {"user_content": {"parts": [{"text": "hi"}]}, "intermediate_data": {"tool_uses": []}}
    scenario = {"starting_prompt": "hello", "conversation_plan": "be rude"}
    cases = [{"eval_id": "a", "conversation": [turn]}, {"eval_id": "b", "conversation_scenario": scenario}]
    (tmp_path / "x.json").write_text(json.dumps({"eval_set_id": "s", "eval_cases": cases}))
    first, second = read(tmp_path / "x.json")
    assert first.metadata["reference_trajectory"] == []
    assert (second.input, second.metadata) == ("hello", {"adk": {"conversation_scenario": scenario}})
    assert [case.get("conversation_scenario") for case in written([first, second], tmp_path)] == [None, scenario]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"eval_cases": [', "FILE, line 1: this is not JSON"),
        ("{}", "FILE is no eval set of ADK"),
        ('{"eval_cases": []}', "FILE has no items"),
        ('{"eval_cases": [1]}', "FILE, case 1: a case is an object, this is a int."),
        ('{"eval_cases": [{"eval_id": "a"}]}', "FILE, case 'a': the case has no `conversation`, and no"),
        ('{"eval_cases": [{"eval_id": "a", "conversation": [1]}]}', "FILE, case 'a': turn 1 is no object"),
        (
            '{"eval_cases": [{"eval_id": "a", "conversation": [{}]}]}',
            "FILE, case 'a': the last turn's `user_content`",
        ),
        (
            '{"eval_cases": [{"eval_id": "a", "conversation": [{"intermediate_data": {"tool_uses": [{}]}}]}]}',
            "FILE, case 'a': a tool use of turn 1 has no `name`",
        ),
        ('[{"name": "a"}]', "FILE, case 1: a case of ADK's first schema"),
        ('[{"query": "a", "expected_tool_use": [1]}]', "FILE, case 1: an expected tool use has a `tool_name`"),
    ],
)
def test_a_bad_eval_set_is_one_sentence_with_its_case(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "bad.evalset.json"
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        list(read_items(file, ADK))
    assert caught.value.message.startswith(message.replace("FILE", str(file)))
