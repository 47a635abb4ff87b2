"""Replays that a server executes: releases and agents by URL in recorded worlds, models that simulate tools."""

from collections.abc import Sequence

from opentelemetry import context as otel_context
from opentelemetry.trace import Tracer

from windlass.agents import spans
from windlass.agents.assistant import Answerer
from windlass.agents.models import Models
from windlass.agents.replayed_release import ReplayedRelease, live_tools, replayable
from windlass.agents.tools import greet_tools
from windlass.errors import InputError
from windlass.evaluation.replay.answering import ReplayPolicy
from windlass.evaluation.replay.chat import replayed_agent
from windlass.evaluation.replay.note import ReplayNote
from windlass.evaluation.replay.recording import read_recording
from windlass.evaluation.replay.simulating import ModelSimulator
from windlass.evaluation.samples import Item, Target
from windlass.evaluation.targets.opening import UrlTarget
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Completion, Message, OutputSchema


def check_replay(
    note: ReplayNote, items: Sequence[Item], *, agent: UrlTarget | None, release: Answerer | None
) -> None:
    """Check before a run that it can be replayed here. Raises InputError, and what greeting a live tool raises."""
    if release is not None:
        found = replayable(release)
        live_tools(found, note)
        greet_tools([tool for tool in found.tools if tool.name in note.live])
    elif note.policy == "live":
        raise InputError(
            "A server calls no tools of an agent by URL: take `windlass replay` in a process of your own."
        )
    else:
        assert agent is not None, "a release is replayed, or an agent by URL"
        replayed_agent(agent, ReplayPolicy())
    for item in items:
        read_recording(item)


class Replays:
    """Opens what a run of the server replays."""

    def __init__(self, note: ReplayNote, models: Models, tracer: Tracer, calls: RunCalls) -> None:
        """Raises ConfigurationError for a simulator without a key."""
        self._note = note
        self._simulator = _simulator(note.simulator, models, tracer, calls) if note.simulator else None

    def of_agent(self, target: UrlTarget) -> Target:
        """Return an agent that answers in recorded worlds."""
        return replayed_agent(target, ReplayPolicy(self._note.policy, self._simulator))

    def of_release(self, answerer: Answerer, run: str) -> Target:
        """Return a release that does."""
        release = replayable(answerer)
        policy = ReplayPolicy(self._note.policy, self._simulator, live_tools(release, self._note))
        return ReplayedRelease(release, policy, run=run)


def _simulator(ref: str, models: Models, tracer: Tracer, calls: RunCalls) -> ModelSimulator:
    opened = models.open(ref)
    model = calls.govern(opened.model, provider=opened.provider, name=opened.name, address=opened.address)

    async def ask(messages: Sequence[Message], schema: OutputSchema) -> Completion:
        shared = {"windlass.replay.simulator": True}
        with spans.ModelCall(
            tracer, otel_context.get_current(), opened.provider, opened.name, {}, messages, shared
        ) as call:
            completion = await model.complete(messages, {}, schema)
            call.done(completion)
        return completion

    return ModelSimulator(ask)
