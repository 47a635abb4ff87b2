"""ADK's first schema of eval sets, a list, as its own library turns it into the present one."""

from collections.abc import Mapping
from pathlib import Path

from windlass.errors import InputError
from windlass.evaluation.formats.contents import Fields, said


def cases_of_first_schema(content: list[object], path: Path) -> list[object]:
    """Return cases of the present schema.

    A list of turns (`query`, `expected_tool_use`, `reference`) is one conversation, named by its file; a list of
    cases has such turns as its `data`.
    """
    if any(isinstance(each, Mapping) and "query" in each for each in content):
        name = path.name.removesuffix(".json").removesuffix(".test")
        return [{"eval_id": name, "conversation": [_turn(each, path, n) for n, each in enumerate(content, 1)]}]
    return [_case(each, path, number) for number, each in enumerate(content, start=1)]


def _case(value: object, path: Path, number: int) -> Fields:
    data = value.get("data") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(data, list):
        raise InputError(
            f"{path}, case {number}: a case of ADK's first schema has a `name` and turns as its `data`."
        )
    case: Fields = {"eval_id": value.get("name"), "conversation": [_turn(each, path, number) for each in data]}
    session = value.get("initial_session")
    return {**case, "session_input": dict(session)} if isinstance(session, Mapping) and session else case


def _turn(value: object, path: Path, number: int) -> Fields:
    if not isinstance(value, Mapping) or not isinstance(value.get("query"), str):
        raise InputError(f"{path}, case {number}: a turn of ADK's first schema has a `query`.")
    turn: Fields = {"user_content": said("user", value["query"])}
    if value.get("reference"):
        turn["final_response"] = said("model", str(value["reference"]))
    steps: Fields = {}
    if isinstance(value.get("expected_tool_use"), list):
        steps["tool_uses"] = [_tool_use(use, path, number) for use in value["expected_tool_use"]]
    answers = value.get("expected_intermediate_agent_responses")
    if isinstance(answers, list) and answers:
        steps["intermediate_responses"] = [_answer(each, path, number) for each in answers]
    return {**turn, "intermediate_data": steps} if steps else turn


def _tool_use(value: object, path: Path, number: int) -> Fields:
    if not isinstance(value, Mapping) or not isinstance(value.get("tool_name"), str):
        raise InputError(f"{path}, case {number}: an expected tool use has a `tool_name` and a `tool_input`.")
    return {"name": value["tool_name"], "args": value.get("tool_input") or {}}


def _answer(value: object, path: Path, number: int) -> list[object]:
    if not isinstance(value, Mapping):
        raise InputError(f"{path}, case {number}: an intermediate response has an `author` and a `text`.")
    return [value.get("author", ""), [{"text": value.get("text", "")}]]
