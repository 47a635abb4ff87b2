"""Evaluation datasets of Vertex AI (`EvaluationDataset` of google-cloud-aiplatform) as JSON.

A case is an item: `prompt` is asked, `conversation_history` its history, `reference` the reference and a
`reference_trajectory` that of its tools. What else a case has (responses, rubric groups, agent data) is in
`metadata.vertex`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from windlass.errors import InputError
from windlass.evaluation.datasets import Row
from windlass.evaluation.formats.cases import rows_of_cases
from windlass.evaluation.formats.contents import (
    Fields,
    content_of,
    first_text,
    input_of,
    named,
    said,
    text_of,
    turns_of,
)
from windlass.evaluation.formats.exact import KEY, beside
from windlass.evaluation.formats.format import Columns, load_json, write_json
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.samples import Item

_NAME: Final = "vertex"
_SAID: Final = ("prompt", "conversation_history", "reference")
_ITEM: Final = ("eval_case_id", *_SAID, REFERENCE, KEY)
"""The fields of a case that an item has fields for."""


def read_vertex(path: Path, _columns: Columns) -> Iterator[Row]:
    cases = named(load_json(path)).get("eval_cases")
    if not isinstance(cases, list):
        raise InputError(
            f"{path} is no evaluation dataset of Vertex AI that has its cases: an object with `eval_cases`."
        )
    yield from rows_of_cases(path, cases, "eval_case_id", _said_by)


def write_vertex(items: Iterable[Item], file: IO[bytes], _name: str) -> None:
    write_json({"eval_cases": [write_case(item) for item in items]}, file)


def write_case(item: Item) -> Fields:
    """Return a case that Vertex AI reads, which is read as the same item again."""
    kept = item.metadata.get(_NAME)
    rest = {name: value for name, value in kept.items() if name not in _ITEM} if isinstance(kept, Mapping) else {}
    plain = _plain_case(item.input, item.reference)
    case: Fields = {"eval_case_id": item.id, **plain}
    for name in _SAID:
        if isinstance(kept, Mapping) and name in kept and _says_the_same(plain, name, kept[name]):
            case[name] = kept[name]
    if item.metadata.get(REFERENCE) is not None:
        case[REFERENCE] = item.metadata[REFERENCE]
    case |= rest
    different = beside(item, _said_by(named(case)))
    return {**case, KEY: different} if different else case


def _plain_case(asked: object, reference: object) -> Fields:
    *before, (_, question) = turns_of(asked)
    case: Fields = {"prompt": said("user", question)}
    if before:
        case["conversation_history"] = [{"author": role, "content": said(role, text)} for role, text in before]
    answer = first_text(reference)
    return {**case, "reference": {"response": said("model", answer)}} if answer else case


def _says_the_same(plain: Fields, name: str, kept: object) -> bool:
    """Whether what was read (with its images, say) still says what the item does, edited since or not."""
    with suppress(InputError):
        return _fields(_said_by(plain)) == _fields(_said_by({**plain, name: kept}))
    return False


def _fields(said_by: Fields) -> tuple[object, object]:
    return said_by.get("input"), said_by.get("reference")


def _said_by(case: Fields) -> Fields:
    """Return an item's fields by what Vertex AI reads of a case."""
    clean: dict[str, Any] = {
        "prompt": content_of(case.get("prompt")),
        "conversation_history": [_message(each) for each in _listed(case.get("conversation_history"))],
        "reference": {"response": content_of(named(case.get("reference")).get("response"))},
    }
    turns = _turns(clean, case)
    fields: Fields = {"id": case.get("eval_case_id"), "input": input_of(turns)}
    answer = text_of(clean["reference"]["response"])
    if answer:
        fields["reference"] = answer
    plain = _plain_case(fields["input"], answer)
    rest: Fields = {name: clean[name] for name in _SAID if case.get(name) and clean[name] != plain.get(name)}
    rest |= {name: value for name, value in case.items() if name not in _ITEM}
    metadata: Fields = {}
    if case.get(REFERENCE) is not None:
        metadata[REFERENCE] = _trajectory(case[REFERENCE])
    if rest:
        metadata[_NAME] = rest
    return {**fields, "metadata": metadata}


def _turns(clean: dict[str, Any], case: Fields) -> list[tuple[str, str]]:
    """Return what was said, the last by the user: of the prompt and its history, or of the agent data."""
    question = text_of(clean["prompt"])
    messages = clean["conversation_history"]
    if not question:
        turns = _listed(named(case.get("agent_data")).get("turns"))
        messages = [_message(event) for turn in turns for event in _listed(named(turn).get("events"))]
        asked = [at for at, each in enumerate(messages) if _is_user(each) and text_of(each["content"])]
        question = text_of(messages[asked[-1]]["content"]) if asked else ""
        messages = messages[: asked[-1]] if asked else []
    if not question:
        raise InputError("the case has no text in its `prompt`, nor by the user in its `agent_data`.")
    before = [("user" if _is_user(each) else "model", text_of(each["content"])) for each in messages]
    return [*((role, text) for role, text in before if text), ("user", question)]


def _message(value: object) -> Fields:
    """Return a message of a history, or an event, without its id and time."""
    message = {name: each for name, each in named(value).items() if name not in ("turn_id", "creation_timestamp")}
    return {**message, "content": content_of(message.get("content"))}


def _is_user(message: Fields) -> bool:
    content = message["content"]
    return "user" in (message.get("author"), content.get("role") if isinstance(content, Mapping) else None)


def _trajectory(value: object) -> object:
    """A table's column may hold the calls as a text of JSON."""
    if isinstance(value, str):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
