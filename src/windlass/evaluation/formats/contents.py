"""Conversations as Google's libraries write them: contents of parts, with the roles `user` and `model`.

An item's input is text, or where something was said before an object of the last `question` and its `history`, as
messages of a `role` and a `content`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

_CAMEL: Final = re.compile(r"(?<=[a-z])([A-Z])")
_DATA: Final = ("args", "response", "state", "final_session_state")
"""What a tool or a session is given, in which a null may mean something."""

Fields = dict[str, object]


def named(value: object) -> Fields:
    """Return an object with its own names in snake case (both libraries read both), without nulls."""
    if not isinstance(value, Mapping):
        return {}
    return {
        _CAMEL.sub(lambda letter: "_" + letter[1].lower(), str(name)): each
        for name, each in value.items()
        if each is not None
    }


def without_nulls(value: object) -> object:
    """Return a value without the names that say null, which both libraries write for all they know of."""
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: each if name in _DATA else without_nulls(each) for name, each in value.items() if each is not None
    }


def content_of(value: object) -> Fields:
    """Return a content with its parts, named alike and without what says nothing."""
    content = named(value)
    if "parts" in content:
        parts = content["parts"]
        content["parts"] = [named(part) for part in parts] if isinstance(parts, list) else []
    return content


def text_of(content: Mapping[str, object]) -> str:
    """Return what is said in a content: its text parts but for thoughts, a line break between them."""
    parts = content.get("parts")
    return "\n".join(
        str(part["text"])
        for part in (parts if isinstance(parts, list) else [])
        if isinstance(part, Mapping) and part.get("text") and not part.get("thought")
    )


def said(role: str, text: str) -> Fields:
    """Return a content of one text."""
    return {"role": role, "parts": [{"text": text}]}


def input_of(turns: Sequence[tuple[str, str]]) -> object:
    """Return an item's input from what was said, the last by the user."""
    question = turns[-1][1]
    if len(turns) == 1:
        return question
    history = [{"role": "user" if role == "user" else "assistant", "content": text} for role, text in turns[:-1]]
    return {"question": question, "history": history}


def turns_of(value: object) -> list[tuple[str, str]]:
    """Return what was said, by whom, from an item's input; an input of another shape is one text of JSON."""
    if isinstance(value, str):
        return [("user", value)]
    if isinstance(value, Mapping) and isinstance(value.get("question"), str) and value["question"]:
        return [*_history(value.get("history")), ("user", str(value["question"]))]
    return [("user", json.dumps(value, ensure_ascii=False))]


def first_text(reference: object) -> str:
    """Return the text that stands for a reference where there is room for one."""
    first = reference[0] if isinstance(reference, list) and reference else reference
    if first is None or first == []:
        return ""
    return first if isinstance(first, str) else json.dumps(first, ensure_ascii=False)


def _history(messages: object) -> Iterable[tuple[str, str]]:
    for message in messages if isinstance(messages, list) else []:
        if isinstance(message, Mapping) and isinstance(message.get("content"), str) and message["content"]:
            yield ("user" if message.get("role") == "user" else "model"), str(message["content"])
