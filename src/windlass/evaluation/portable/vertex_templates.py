"""Prompt templates of Vertex AI's metrics: read into criteria and scores, and written from them.

A template that windlass reads has the headings that Vertex AI's own have: what is judged, then `Rating Rubric`
with a line `1: what it means` a score, then what the judge is shown, with a placeholder in braces for each input.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from windlass.errors import InputError

_PLACEHOLDER: Final = re.compile(r"\{\{?\s*([A-Za-z_]\w*)\s*\}?\}")
_HEADING: Final = re.compile(r"^#+\s*(.+?)\s*$")
_SCORE: Final = re.compile(r"^\s*[-*]?\s*[\"'`]?(-?\d+(?:\.\d+)?|A|B|SAME)[\"'`]?\s*[:\-–]\s*(.+?)\s*$")
_RUBRIC: Final = "rating rubric"
_SHOWN: Final = ("user input", "ai-generated response", "ai generated response", "baseline response")
_PROSE: Final = ("instruction", "evaluation", "metric definition", "criteria")

FIELDS: Final[Mapping[str, str]] = {
    "prompt": "input",
    "instruction": "input",
    "response": "output",
    "reference": "reference",
    "context": "contexts",
    "baseline_model_response": "metadata.baseline",
}
"""What windlass calls Vertex AI's inputs; any other is of the item's metadata."""

_PLACEHOLDERS: Final = {field: name for name, field in reversed(list(FIELDS.items()))}


class Template(NamedTuple):
    criteria: str
    scores: dict[str, str]
    """As the rating rubric has them: numbers, or A, SAME and B."""
    placeholders: list[str]


def read_template(text: str, place: str) -> Template:
    """Read a template. Raises InputError for one without a rating rubric or placeholders."""
    placeholders = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    if not placeholders:
        raise InputError(
            f"{place}: the template has no placeholder such as {{response}}: nothing would be judged."
        )
    criteria: list[str] = []
    scores: dict[str, str] = {}
    section = ""
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            section = heading[1].lower()
            continue
        if section.startswith(_RUBRIC):
            if found := _SCORE.match(line):
                scores[found[1]] = found[2]
            elif scores and line.strip():
                # A meaning may go on in the lines below.
                scores[next(reversed(scores))] += f" {line.strip()}"
        elif not section.startswith(_SHOWN) and not _PLACEHOLDER.fullmatch(line.strip()):
            criteria.append(line.strip())
    if len(scores) < 2:
        raise InputError(
            f"{place}: the template has no `## Rating Rubric` with a line such as `1: what it means` for two "
            "scores or more, which a rubric of windlass is."
        )
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(criteria)).strip()
    return Template(_PLACEHOLDER.sub(lambda name: f"the {field_of(name[1])}", words), scores, placeholders)


def write_template(criteria: str, scores: Mapping[str, str], inputs: Sequence[str]) -> str:
    """Return a template that `read_template` reads as the same, braces in the criteria aside."""
    # No heading of theirs and no placeholder.
    escaped = re.sub(r"(?m)^#", " #", re.sub(r"[{}]", "", criteria))
    rubric = "\n".join(f"{score}: {' '.join(meaning.split())}" for score, meaning in scores.items())
    before = [name for name in map(placeholder_of, inputs) if name != "response"]
    shown = "\n\n".join(f"### {name}\n{{{name}}}" for name in before)
    return (
        f"# Instruction\n{escaped.strip()}\n\n## Rating Rubric\n{rubric}\n\n"
        f"# User Inputs\n{shown}\n\n# AI-generated Response\n{{response}}\n"
    )


def field_of(placeholder: str) -> str:
    """Return what windlass calls an input of Vertex AI."""
    return FIELDS.get(placeholder, f"metadata.{placeholder}")


def placeholder_of(field: str) -> str:
    return _PLACEHOLDERS.get(field, field.removeprefix("metadata."))
