import json

import pytest

from windlass.telemetry.previews import preview_input, preview_output

GEN_AI = [
    {"role": "system", "parts": [{"type": "text", "content": "Be kind."}]},
    {"role": "user", "parts": [{"type": "text", "content": "Where is\nmy parcel?"}]},
    {"role": "assistant", "parts": [{"type": "text", "content": "On its way."}]},
]
OPENAI = [
    {"role": "user", "content": "Where is my parcel?"},
    {"role": "assistant", "content": [{"type": "text", "text": "On its way."}]},
]


@pytest.mark.parametrize("text", [json.dumps(GEN_AI), json.dumps(OPENAI), json.dumps({"messages": OPENAI})])
def test_a_preview_is_what_the_role_said_last(text: str) -> None:
    assert preview_input(text) == "Where is my parcel?"
    assert preview_output(text) == "On its way."


@pytest.mark.parametrize("text", ["plain\n text", "  plain text "])
def test_plain_text_is_put_on_one_line(text: str) -> None:
    assert preview_input(text) == "plain text"


def test_a_preview_has_three_hundred_characters_at_most() -> None:
    assert preview_output("한" * 1000) == "한" * 300


def test_json_with_its_middle_left_out_still_gives_its_last_text() -> None:
    text = json.dumps(GEN_AI)
    assert preview_output(text[:40] + " … " + text[60:]) == "On its way."


@pytest.mark.parametrize("text", ["{}", "[]", '{"query": "x"}', "[1, 2]", "[[", '[{"role": "user", "parts": []}]'])
def test_json_without_messages_is_shown_as_it_is(text: str) -> None:
    assert preview_input(text) == text


def test_a_file_in_a_message_is_named_by_its_type() -> None:
    reference = f"windlass-media://sha256:{'0' * 64}?type=image/png&size=9"
    parts = [{"type": "text", "content": "What is this?"}, {"type": "blob", "content": reference}]
    assert preview_input(json.dumps([{"role": "user", "parts": parts}])) == "What is this? [image/png]"
    assert preview_input(reference) == "[image/png]"
