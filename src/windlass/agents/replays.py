"""Replays that a server executes: an agent by URL in recorded worlds, and models that simulate tools."""

from collections.abc import Sequence

from opentelemetry import context as otel_context
from opentelemetry.trace import Tracer

from windlass.agents import spans
from windlass.agents.models import Models
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


def check_replay(note: ReplayNote, items: Sequence[Item], target: UrlTarget | None) -> None:
    """Check before a run that it can be replayed here. Raises InputError."""
    if note.policy == "live":
        raise InputError("A server calls no tools in a replay: take `windlass replay` in a process of your own.")
    if target is None:
        raise InputError("A replay on the server needs a target by URL: releases of windlass call no tools.")
    replayed_agent(target, ReplayPolicy())
    for item in items:
        read_recording(item)


def open_replay(target: UrlTarget, note: ReplayNote, models: Models, tracer: Tracer, calls: RunCalls) -> Target:
    """Return an agent that answers in recorded worlds. Raises ConfigurationError for a simulator without a key."""
    simulator = _simulator(note.simulator, models, tracer, calls) if note.simulator else None
    return replayed_agent(target, ReplayPolicy(note.policy, simulator))


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
