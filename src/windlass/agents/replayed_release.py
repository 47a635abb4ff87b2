"""A release in recorded worlds: its model is asked again, and its tools answer from the record."""

from collections.abc import Mapping, Sequence
from typing import Any

from windlass.agents.assistant import Answerer, Assistant
from windlass.agents.cascade import CascadeAssistant
from windlass.agents.target import attributes_of, contexts_of
from windlass.agents.tool_doors import ReplayDoor
from windlass.agents.turns import Answer
from windlass.errors import InputError
from windlass.evaluation.replay.answering import Answering, LiveTool, ReplayPolicy, WorldEnded
from windlass.evaluation.replay.note import ReplayNote
from windlass.evaluation.replay.recording import read_recording
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.tool_schemas import defaults_of_schema
from windlass.models.completion import Message, Usage

Replayable = Assistant | CascadeAssistant


def replayable(release: Answerer) -> Replayable:
    """Return a release that answers in recorded worlds. Raises InputError for one that cannot."""
    assert isinstance(release, Replayable), "a release is an assistant, or a cascade of some"
    if not release.tools:
        raise InputError(
            f"release/{release.name} binds no tools that a record could answer: `windlass eval` asks it the same."
        )
    return release


def live_tools(release: Replayable, note: ReplayNote) -> dict[str, LiveTool]:
    """Return the tools that are called beyond the record. Raises InputError for one that must not be.

    To name a tool is to say that calling it changes nothing; of one whose own effect says otherwise, nobody may.
    """
    named = {tool.name: tool for tool in release.tools}
    for name in note.live:
        if name not in named:
            raise InputError(f"release/{release.name} has no tool {name!r}; its tools are {', '.join(named)}.")
        if len({tool.digest for tool in release.tools if tool.name == name}) > 1:
            raise InputError(
                f"The steps of release/{release.name} bind several versions of {name}, and a replay calls one of "
                "each name: bind the same to all."
            )
        if named[name].effect != "read":
            raise InputError(
                f"The effect of {name} is {named[name].effect}: a replay never calls it live, whoever names it "
                "safe."
            )
    return {name: named[name].call for name in note.live}


class ReplayedRelease:
    """Has a conversation with a release as the user had it, once for each recording.

    Each step of a cascade is asked in the world as it was before the question, whatever another step found out
    there: so it is in production. The conversation goes on in the world of the step whose answer counts.
    """

    def __init__(self, release: Replayable, policy: ReplayPolicy, *, run: str) -> None:
        self._release = release
        self._policy = policy
        self._run = run
        self._defaults: Mapping[str, Mapping[str, Any]] = {
            tool.name: defaults_of_schema(tool.offered.parameters) for tool in release.tools
        }

    @property
    def _steps(self) -> int:
        return len(self._release.steps) if isinstance(self._release, CascadeAssistant) else 1

    def _within(self, worlds: Sequence[Answering]) -> Answerer:
        """Return the release with a world for each of its steps."""
        doors = [ReplayDoor(world) for world in worlds]
        if isinstance(self._release, CascadeAssistant):
            return self._release.through_each(doors)
        return self._release.through(doors[0])

    async def __call__(self, item: Item) -> Prediction:
        recording = read_recording(item)
        answering = Answering(recording, self._policy, self._defaults)
        history = [Message(said.role, said.content) for said in recording.history]
        answers: list[Answer] = []
        try:
            for said in recording.inputs:
                worlds = [answering.fork() for _ in range(self._steps)]
                release = self._within(worlds)
                answer = await release.answer(said, history=history, attributes=attributes_of(self._run, item))
                answering = worlds[answer.step - 1]
                answers.append(answer)
                history += [Message("user", said), Message("assistant", answer.text)]
        except WorldEnded:
            # A prediction all the same: where it ended, and what led there, is the result.
            pass
        replay = answering.replay()
        costs = [each.cost_usd for each in answers if each.cost_usd is not None]
        return Prediction(
            output="" if replay.stopped else answers[-1].text,
            contexts=() if replay.stopped else contexts_of(answers[-1]),
            usage=Usage(
                sum(each.usage.input_tokens for each in answers), sum(each.usage.output_tokens for each in answers)
            ),
            cost_usd=sum(costs) if len(costs) == len(answers) else None,
            latency_s=sum(each.latency_s for each in answers),
            trajectory=replay.trajectory,
            replay=replay,
        )
