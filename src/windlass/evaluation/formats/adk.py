"""Eval sets of Google's Agent Development Kit: the present schema (`eval_cases`), and the first one is read too.

A case is an item: what the user says last is asked, the turns before are its history, the last final response is
the reference, and the tool uses of that turn are the reference trajectory. The rest is in `metadata.adk`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from windlass.errors import InputError
from windlass.evaluation.datasets import Row
from windlass.evaluation.formats.adk_first_schema import cases_of_first_schema
from windlass.evaluation.formats.adk_turns import Turn, conversation_of, turn_of
from windlass.evaluation.formats.cases import rows_of_cases
from windlass.evaluation.formats.contents import Fields, input_of, named, without_nulls
from windlass.evaluation.formats.exact import KEY, beside
from windlass.evaluation.formats.format import Columns, fields_of, load_json, write_json
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.samples import Item

_OWN: Final = ("eval_id", "creation_timestamp", KEY)
_ASKED: Final = ("conversation", "conversation_scenario")


def read_adk(path: Path, _columns: Columns) -> Iterator[Row]:
    content = load_json(path)
    cases = cases_of_first_schema(content, path) if isinstance(content, list) else named(content).get("eval_cases")
    if not isinstance(cases, list):
        raise InputError(f"{path} is no eval set of ADK: it is an object with `eval_cases`, or a list of cases.")
    yield from rows_of_cases(path, cases, "eval_id", _said_by)


def write_adk(items: Iterable[Item], file: IO[bytes], name: str) -> None:
    # The only characters that ADK takes.
    identity = re.sub(r"[^a-zA-Z0-9_]", "_", name)
    write_json({"eval_set_id": identity, "name": name, "eval_cases": [write_case(item) for item in items]}, file)


def write_case(item: Item) -> Fields:
    """Return a case that ADK reads, which is read as the same item again."""
    kept = item.metadata.get("adk")
    rest = {name: value for name, value in kept.items() if name not in _OWN} if isinstance(kept, Mapping) else {}
    asked = {name: rest.pop(name) for name in _ASKED if name in rest}
    if not _still_says(asked, item):
        asked = {"conversation": conversation_of(item.input, item.reference, item.metadata.get(REFERENCE))}
    case: Fields = {"eval_id": item.id, **asked, **rest}
    different = beside(item, _said_by(named(case)))
    return {**case, KEY: different} if different else case


def _still_says(asked: Fields, item: Item) -> bool:
    """Whether a conversation that was read says what the item does, which may have been edited since."""
    fields = fields_of(item)
    with suppress(InputError):
        said = _said_by(asked)
        return all(said.get(name) == fields.get(name) for name in ("input", "reference")) and (
            _trajectory(said) == _trajectory(fields)
        )
    return False


def _trajectory(fields: Fields) -> object:
    metadata = fields.get("metadata")
    return metadata.get(REFERENCE) if isinstance(metadata, Mapping) else None


def _said_by(case: Fields) -> Fields:
    """Return an item's fields by what ADK reads of a case."""
    rest = {
        name: value if name == "final_session_state" else without_nulls(value)
        for name, value in case.items()
        if name not in {*_OWN, "conversation"} and value not in ({}, [])
    }
    conversation = case.get("conversation")
    if isinstance(conversation, list) and conversation:
        turns = [turn_of(each, number) for number, each in enumerate(conversation, start=1)]
        fields = _said_in(turns)
        plain = conversation_of(fields["input"], fields.get("reference"), _trajectory(fields))
        if [turn.kept for turn in turns] != plain:
            rest = {"conversation": [turn.kept for turn in turns], **rest}
    else:
        fields = {"input": _starting_prompt(case)}
    metadata = fields.setdefault("metadata", {})
    assert isinstance(metadata, dict)
    if rest:
        metadata["adk"] = rest
    return {"id": case.get("eval_id"), **fields}


def _said_in(turns: Sequence[Turn]) -> Fields:
    said: list[tuple[str, str]] = []
    for turn in turns[:-1]:
        said += [(role, text) for role, text in (("user", turn.question), ("model", turn.answer)) if text]
    last = turns[-1]
    if not last.question:
        raise InputError("the last turn's `user_content` has no text; an item needs text to ask.")
    fields: Fields = {"input": input_of([*said, ("user", last.question)])}
    if last.answer:
        fields["reference"] = last.answer
    if last.calls is not None:
        fields["metadata"] = {REFERENCE: last.calls}
    return fields


def _starting_prompt(case: Fields) -> str:
    prompt = named(case.get("conversation_scenario")).get("starting_prompt")
    if not isinstance(prompt, str) or not prompt:
        raise InputError(
            "the case has no `conversation`, and no `conversation_scenario` with a `starting_prompt`."
        )
    return prompt
