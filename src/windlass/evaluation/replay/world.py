"""Serving recorded results: a call gets the result of the same call, as often as it was recorded."""

import copy
from collections import defaultdict, deque
from collections.abc import Hashable, Mapping
from typing import Any

from windlass.evaluation.replay.recording import RecordedCall, Recording
from windlass.evaluation.tool_schemas import defaults_of_schema
from windlass.evaluation.trajectories import ToolCall, key_of

Defaults = Mapping[str, Mapping[str, Any]]
"""By tool: what an argument is that is not given."""


class World:
    """What is left of a recording while a candidate runs in it.

    Calls are the same when their tools have one name and their arguments are equal JSON, with the defaults of the
    tool's schema put in. Of calls that are the same, each is served once, in the order they were recorded; calls
    that are not may come in any order, for the record says what each gives.
    """

    def __init__(self, recording: Recording, defaults: Defaults | None = None) -> None:
        self._defaults: dict[str, dict[str, Any]] = {
            tool.name: defaults_of_schema(tool.parameters) for tool in recording.tools
        }
        for name, more in (defaults or {}).items():
            self._defaults[name] = {**self._defaults.get(name, {}), **more}
        self._calls = recording.calls
        self._served: set[int] = set()
        self._made: set[int] = set()
        """What was served here or in a fork of the same world."""
        self._left = self._by_key()

    def take(self, call: ToolCall) -> RecordedCall | None:
        """Return the record of a call, which is then used up; None where there is none."""
        waiting = self._left.get(self._key(call))
        if not waiting:
            return None
        place = next((each for each in waiting if each not in self._made), waiting[0])
        waiting.remove(place)
        self._served.add(place)
        self._made.add(place)
        return self._calls[place]

    def fork(self) -> "World":
        """Return the world as it is now, for somebody else to go on in: what is served there is left here.

        Of equal calls each gets those first that nobody was served: where the record has them all, all are made.
        """
        fork = copy.copy(self)
        fork._defaults, fork._served = dict(self._defaults), set(self._served)
        fork._left = fork._by_key()
        return fork

    def assume(self, tool: str, defaults: Mapping[str, Any]) -> None:
        """Take arguments of a tool that are not given to be these, in the record too."""
        self._defaults[tool] = {**self._defaults.get(tool, {}), **defaults}
        self._left = self._by_key()

    @property
    def unused(self) -> list[RecordedCall]:
        """The recorded calls that were not made, here or in a fork, in their order."""
        return [each for place, each in enumerate(self._calls) if place not in self._made]

    def _by_key(self) -> dict[Hashable, deque[int]]:
        """Return the places of the recorded calls that are left, by what equal calls have in common."""
        left: dict[Hashable, deque[int]] = defaultdict(deque)
        for place, each in enumerate(self._calls):
            if place not in self._served:
                left[self._key(each.call)].append(place)
        return left

    def _key(self, call: ToolCall) -> Hashable:
        defaults = self._defaults.get(call.tool_name)
        return key_of(ToolCall(call.tool_name, {**defaults, **call.tool_input}) if defaults else call)
