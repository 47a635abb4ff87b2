"""What a judge is shown: named texts of a sample, as data that cannot be taken for instructions.

The user message is one JSON object, and nothing else is in it. A text in it cannot end its own string, so whatever
it says stays a value of its field. The brackets of the marks with which chat templates divide messages are written
as escapes, so that no text can write such a mark either.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from windlass.errors import InputError
from windlass.evaluation.samples import Sample
from windlass.evaluation.trajectories import ToolCall

METADATA: Final = "metadata."
_MARK: Final = re.compile(r"<|\[(?=/?(?:INST|SYS|AVAILABLE_TOOLS|TOOL_)|\|)|[\ud800-\udfff]")
"""`<|im_start|>`, `<s>`, `[INST]`, `[|user|]`: how templates of models begin what somebody says.

And half a surrogate pair, which no message can carry but as an escape.
"""


def _shown(call: ToolCall) -> dict[str, object]:
    return {
        "tool_name": call.tool_name,
        "tool_input": call.tool_input,
        **({"outcome": call.outcome} if call.outcome != "done" else {}),
        **({"tool_output": call.tool_output} if call.tool_output is not None else {}),
    }


class _Field(NamedTuple):
    meaning: str
    read: Callable[[Sample], object]


_FIELDS: Final[Mapping[str, _Field]] = {
    "input": _Field("what was asked", lambda sample: sample.input),
    "reference": _Field("what a right answer says", lambda sample: sample.reference),
    "contexts": _Field(
        "the passages that were at hand, best first",
        lambda sample: [
            {"document": each.document, "section": each.section, "text": each.text} for each in sample.contexts
        ],
    ),
    "trajectory": _Field(
        "the tool calls that were made, in their order, with what they answered where that is known",
        lambda sample: [_shown(call) for call in sample.trajectory or ()],
    ),
    "output": _Field("the answer that is judged", lambda sample: sample.output),
}


class Evidence:
    """The fields of a sample that a judge is shown, in the order declared."""

    def __init__(self, fields: Sequence[str], made: Mapping[str, str] = MappingProxyType({})) -> None:
        """``made`` are fields that come last and that the judge itself makes of a sample, with what each means.

        Raises InputError for a field that no sample has, one named twice, or none.
        """
        unknown = [name for name in fields if name not in _FIELDS and not _key_of(name)]
        if unknown or not fields or len(set(fields)) != len(fields):
            raise InputError(
                f"A judge cannot be shown {', '.join(map(repr, unknown or fields)) or 'nothing'}: its inputs are, "
                f"each once, of {', '.join(_FIELDS)} and metadata.<name>."
            )
        self.fields = tuple(fields)
        self._made = made

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns that a dataset must have for it."""
        return tuple(name for name in self.fields if name == "reference" or _key_of(name))

    def describe(self) -> str:
        """Say what each field is, a line each."""
        meanings = {name: _field(name).meaning for name in self.fields} | dict(self._made)
        return "\n".join(f"- {json.dumps(name)}: {meaning}" for name, meaning in meanings.items())

    def show(self, sample: Sample, made: Mapping[str, object] = MappingProxyType({})) -> str:
        """Return the message that holds a sample's fields, and then those made of it."""
        return as_data({name: _field(name).read(sample) for name in self.fields} | dict(made))


def as_data(fields: Mapping[str, object]) -> str:
    """Return a message of one JSON object, none of whose texts can be taken for anything else."""
    text = json.dumps(fields, ensure_ascii=False, default=str)
    return _MARK.sub(lambda mark: f"\\u{ord(mark[0]):04x}", text)


def _key_of(name: str) -> str:
    return name.removeprefix(METADATA) if name.startswith(METADATA) else ""


def _field(name: str) -> _Field:
    key = _key_of(name)
    return _FIELDS.get(name) or _Field(f"the item's {key}", lambda sample: sample.metadata.get(key))
