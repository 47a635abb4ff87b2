"""Trajectories: the tool calls that an agent made (P, predicted), held against those that it should have made (R).

Two calls are equal when their tools have the same name and their inputs are the same JSON: the order of keys is
nothing, 1 and 1.0 are one number, true is no number. Who knows the schemas of the tools puts their defaults in
before (``tool_schemas.with_defaults``). What never ran, because it was denied or put off, is no part of P.

The definitions are those of Vertex AI's and ADK's metrics of the same names, made exact where those are not, and
counting a call as often as it is made. Where the libraries count otherwise, ``compat`` gives their number:
``vertex`` asks only whether an equal call is there at all, ``adk`` compares values as Python does (true is 1).
"""

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from windlass.errors import InputError

Outcome = Literal["done", "failed", "denied", "deferred"]
Compat = Literal["windlass", "vertex", "adk"]

_UNREADABLE: Final = "\0unreadable"
"""Name of the one argument of a call whose input is no JSON object."""
_TRUE, _FALSE = object(), object()
"""What no number is equal to."""

_NEVER_RAN: Final = frozenset({"denied", "deferred"})


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool."""

    tool_name: str
    tool_input: Mapping[str, object] = field(default_factory=dict)
    """JSON."""
    outcome: Outcome = "done"
    """What became of it. A retry is a call of its own."""
    tool_output: object = field(default=None, compare=False)
    """What the tool answered, as JSON; None where it is not known."""
    agent: str = field(default="", compare=False)
    """Of several agents: the one that called, or should; empty where that is not said."""


Trajectory = Sequence[ToolCall]
_Keys = list[Hashable]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A trajectory and its reference, made comparable."""

    predicted: _Keys
    reference: _Keys
    as_sets: bool

    @classmethod
    def of(
        cls,
        predicted: Trajectory,
        reference: Trajectory,
        *,
        compat: Compat = "windlass",
        ignore_args: bool = False,
    ) -> "Comparison":
        """Make two trajectories comparable; without arguments, by the names of tools alone."""

        def key(call: ToolCall) -> Hashable:
            return call.tool_name if ignore_args else key_of(call, tell_bools=compat != "adk")

        ran = [key(call) for call in predicted if call.outcome not in _NEVER_RAN]
        return cls(ran, [key(call) for call in reference], compat == "vertex")

    def exact_match(self) -> float:
        """1 when P is R, call by call; two empty ones are."""
        return float(self.predicted == self.reference)

    def in_order_match(self) -> float:
        """1 when R is a subsequence of P: every call of R in its order, whatever is made between them."""
        left = iter(self.predicted)
        return float(all(call in left for call in self.reference))

    def any_order_match(self) -> float:
        """1 when P has every call of R, each as often as R has it."""
        return float(self._shared(self.reference) == len(self.reference))

    def precision(self) -> float:
        """|P ∩ R| / |P|. With an empty P: 1 when R is empty too, else 0."""
        if not self.predicted:
            return float(not self.reference)
        return self._shared(self.predicted) / len(self.predicted)

    def recall(self) -> float | None:
        """|P ∩ R| / |R|. With an empty R: 1 when P is empty too, else undefined: None."""
        if not self.reference:
            return None if self.predicted else 1.0
        return self._shared(self.reference) / len(self.reference)

    def f1(self) -> float | None:
        """Harmonic mean of precision and recall, 0 when both are; undefined where recall is."""
        precision, recall = self.precision(), self.recall()
        if recall is None:
            return None
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def edit_distance(self) -> float:
        """Calls to add, leave out or replace to make R of P (Levenshtein), over the longer length; 0 to 1."""
        longest = max(len(self.predicted), len(self.reference))
        return _levenshtein(self.predicted, self.reference) / longest if longest else 0.0

    def _shared(self, counted: _Keys) -> int:
        """Return how many of the counted side's calls the other side has."""
        if self.as_sets:
            other = set(self.reference if counted is self.predicted else self.predicted)
            return sum(call in other for call in counted)
        return (Counter(self.predicted) & Counter(self.reference)).total()


def key_of(call: ToolCall, *, tell_bools: bool = True) -> Hashable:
    """Return what equal calls have in common, and no others."""
    return call.tool_name, _frozen(call.tool_input, tell_bools=tell_bools)


def single_tool_use(predicted: Trajectory, tool: str) -> float:
    """1 when some call of P that ran is one of this tool."""
    return float(any(call.tool_name == tool for call in predicted if call.outcome not in _NEVER_RAN))


def tool_name_match(predicted: Trajectory, reference: Trajectory) -> float:
    """Share of places at which P and R call the same tool, of as many places as the longer one has."""
    return _by_place(predicted, reference, lambda *_: 1.0)


def parameter_key_match(predicted: Trajectory, reference: Trajectory) -> float:
    """Mean, over places, of the share of argument names that both calls have, of all that either has.

    A place where the tools differ, or one side has no call, is 0. Without arguments on either side it is 1.
    """
    return _by_place(
        predicted, reference, lambda made, wanted: _share(set(made.tool_input), set(wanted.tool_input))
    )


def parameter_match(
    predicted: Trajectory, reference: Trajectory, *, tolerance: float = 0.0, as_text: bool = False
) -> float:
    """Mean, over places, of the share of arguments that both calls have with the same value, of all of either.

    Numbers are the same within ``tolerance``, relative to the greater one. ``as_text`` compares what values say
    and not what they are: 7 is "7", and spaces around a text are nothing.
    """

    of = _text_of if as_text else _itself

    def share(made: ToolCall, wanted: ToolCall) -> float:
        names = {*made.tool_input, *wanted.tool_input}
        same = sum(
            name in made.tool_input
            and name in wanted.tool_input
            and _same(of(made.tool_input[name]), of(wanted.tool_input[name]), tolerance)
            for name in names
        )
        return same / len(names) if names else 1.0

    return _by_place(predicted, reference, share)


def read_trajectory(value: object) -> tuple[ToolCall, ...]:
    """Read calls as datasets have them: ``{"tool_name": …, "tool_input": {…}}``, or ADK's ``name`` and ``args``.

    An input may be JSON in a text; one that is no object is kept, and equal to none. Raises InputError.
    """
    if not isinstance(value, list | tuple):
        raise InputError(f"A trajectory is a list of tool calls, this is a {type(value).__name__}.")
    return tuple(_read_call(each, place) for place, each in enumerate(value, 1))


def _read_call(value: object, place: int) -> ToolCall:
    if isinstance(value, ToolCall):
        return value
    name = _first(value, "tool_name", "name")
    if not isinstance(name, str) or not name:
        raise InputError(f"Call {place} of a trajectory names no tool: give it a 'tool_name', and a 'tool_input'.")
    outcome = next((known for known in get_args(Outcome) if known == (_first(value, "outcome") or "done")), None)
    if outcome is None:
        raise InputError(
            f"Call {place} of a trajectory has the outcome {_first(value, 'outcome')!r}; there are "
            f"{', '.join(get_args(Outcome))}."
        )
    tool_input = _read_input(_first(value, "tool_input", "args", "arguments"))
    agent, output = _first(value, "agent"), _first(value, "tool_output")
    return ToolCall(name, tool_input, outcome, output, agent if isinstance(agent, str) else "")


def _first(value: object, *names: str) -> object:
    return next((value[name] for name in names if name in value), None) if isinstance(value, Mapping) else None


def _read_input(value: object) -> Mapping[str, object]:
    if isinstance(value, str) and value.strip():
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if not value:
        return {}
    return value if isinstance(value, Mapping) else {_UNREADABLE: value}


def _by_place(
    predicted: Trajectory, reference: Trajectory, of_pair: Callable[[ToolCall, ToolCall], float]
) -> float:
    ran = [call for call in predicted if call.outcome not in _NEVER_RAN]
    longest = max(len(ran), len(reference))
    if not longest:
        return 1.0
    pairs = zip(ran, reference, strict=False)
    return sum(of_pair(made, wanted) for made, wanted in pairs if made.tool_name == wanted.tool_name) / longest


def _share(some: set[str], others: set[str]) -> float:
    return len(some & others) / len(some | others) if some | others else 1.0


def _same(value: object, other: object, tolerance: float) -> bool:
    if _is_number(value) and _is_number(other):
        assert isinstance(value, int | float)
        assert isinstance(other, int | float)
        return abs(value - other) <= tolerance * max(abs(value), abs(other))
    return _frozen(value, tell_bools=True) == _frozen(other, tell_bools=True)


def _itself(value: object) -> object:
    return value


def _text_of(value: object) -> str:
    """Return a value as a text says it; a number that is whole has no decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return said.strip()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _frozen(value: object, *, tell_bools: bool = False) -> Hashable:
    """Return JSON as something that can be compared and counted; on demand, true is not 1."""
    if isinstance(value, Mapping):
        return frozenset((name, _frozen(each, tell_bools=tell_bools)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(_frozen(each, tell_bools=tell_bools) for each in value)
    if isinstance(value, bool) and tell_bools:
        return _TRUE if value else _FALSE
    assert isinstance(value, Hashable)
    return value


def _levenshtein(some: Sequence[Hashable], others: Sequence[Hashable]) -> int:
    row: Iterable[int] = range(len(others) + 1)
    for place, one in enumerate(some, 1):
        above = list(row)
        row = [place]
        for nth, other in enumerate(others):
            row.append(min(above[nth + 1] + 1, row[nth] + 1, above[nth] + (one != other)))
    return list(row)[-1]
