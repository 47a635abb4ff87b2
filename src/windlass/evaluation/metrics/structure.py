"""Evaluators of answers that must be JSON."""

import json
import re
from typing import Final, NoReturn

from pydantic import JsonValue

from windlass.artifacts.json_schemas import place_of, validator_of
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample

_LONGEST_FAULT: Final = 500


def is_json() -> Evaluator:
    """Make the evaluator of whether the answer is JSON, perhaps in a fence of Markdown."""
    return Evaluator("is_json", _is_json, description="Whether the answer is JSON.", by_default=False)


def json_schema(schema: dict[str, JsonValue]) -> Evaluator:
    """Make the evaluator of whether the answer is JSON that conforms to a JSON Schema of draft 2020-12.

    The answer may stand in a fence of Markdown; one that is no JSON, an empty one too, is 0. The explanation
    names the first fault and its place, as a JSON Pointer. ``format`` is a note and not a condition, as the
    draft has it. Patterns are those of an engine of linear time, without look-around: answers are anybody's
    text. Raises InputError for a schema that is none, is of another draft, or refers to one elsewhere.
    """
    validator = validator_of(schema)

    def conform(sample: Sample) -> Judgement:
        try:
            answer = read_json(sample.output)
        except ValueError as error:
            return Judgement(0.0, "", f"the answer is not JSON: {error}")
        try:
            fault = next(iter(validator.iter_errors(answer)), None)
        except ValueError as error:
            # Nested beyond all use, or half a character in it: the answer's fault, and so no missing score.
            return Judgement(0.0, "", f"the answer cannot be held against a schema: {error}")
        if fault is None:
            return Judgement(1.0)
        place = place_of(fault.instance_path, "the answer")
        return Judgement(0.0, "", f"{place}: {fault.message}"[:_LONGEST_FAULT])

    return Evaluator("json_schema", conform, description="Whether the answer is JSON that conforms to the schema.")


def read_json(text: str) -> object:
    """Return what an answer holds as JSON, perhaps in a fence of Markdown. Raises ValueError when it is none."""
    text = text.strip()
    fenced = re.fullmatch(r"```(?:json)?[^\S\n]*\n(.*?)\n?```", text, re.DOTALL)
    try:
        return json.loads(fenced[1] if fenced else text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it nests too deeply to be read") from error


def _is_json(sample: Sample) -> float:
    try:
        read_json(sample.output)
    except ValueError:
        return 0.0
    return 1.0


def _refuse(constant: str) -> NoReturn:
    # Python's reader takes them, JSON has no such numbers.
    raise ValueError(f"{constant} is no number of JSON")
