"""Assistants by release: loaded once each, kept while they are used."""

import threading
from collections import OrderedDict

from opentelemetry.trace import Tracer

from windlass.agents.assistant import TOOL_ROUNDS, Answerer, Assistant
from windlass.agents.cascade import CascadeAssistant, Step
from windlass.agents.models import Models
from windlass.agents.tools import bind_tools
from windlass.artifacts.cascades import Cascade
from windlass.artifacts.kinds import Model, Release, Retrieval
from windlass.artifacts.prompts import Prompt
from windlass.artifacts.registry import Registry
from windlass.artifacts.versions import Version
from windlass.errors import InputError
from windlass.evaluation.targets.addresses import Addresses
from windlass.models.prices import LOCAL
from windlass.retrieval.indexes import Indexes

_KEPT = 32

_PROMPT = "answer"
"""The prompt of a release that the assistant fills in."""


class Assistants:
    """Makes releases of one server answer."""

    def __init__(self, registry: Registry, indexes: Indexes, models: Models, addresses: Addresses) -> None:
        """``addresses`` are those that tools may be called at."""
        self._registry = registry
        self._indexes = indexes
        self._models = models
        self._addresses = addresses
        self._lock = threading.Lock()
        self._loaded: OrderedDict[tuple[str, str, str], Answerer] = OrderedDict()

    def load(self, project: str, release: Version, tracer: Tracer) -> Answerer:
        """Return the assistant of a release.

        Raises InputError for a release that this server cannot run, ConfigurationError for a model without a key.
        """
        # By name too: two releases of the same content are one digest, and each answers under its own name.
        key = (project, release.name, release.digest)
        with self._lock:
            assistant = self._loaded.get(key) or self._build(project, release, tracer)
            self._loaded[key] = assistant
            self._loaded.move_to_end(key)
            while len(self._loaded) > _KEPT:
                self._loaded.popitem(last=False)
            return assistant

    def _build(self, project: str, release: Version, tracer: Tracer) -> Answerer:
        body = Release.model_validate(release.body)
        if body.cascade is not None:
            return self._cascade(project, release, body.cascade, tracer)
        return self._assistant(project, release, body, tracer)

    def _cascade(self, project: str, release: Version, cascade: Cascade, tracer: Tracer) -> CascadeAssistant:
        members = [self._registry.get(project, str(step.release)) for step in cascade.steps]
        bodies = [Release.model_validate(member.body) for member in members]
        inner = next((member for member, body in zip(members, bodies, strict=True) if body.cascade), None)
        if inner is not None:
            raise InputError(
                f"release/{release.name} has a step that is a cascade itself, release/{inner.name}: put its steps "
                "in its place."
            )
        assistants = [
            self._assistant(project, member, body, tracer) for member, body in zip(members, bodies, strict=True)
        ]
        for member, assistant in zip(members[:-1], assistants[:-1], strict=True):
            _refuse_to_act_twice(release, member, assistant)
        steps = tuple(Step(assistant, rule) for assistant, rule in zip(assistants, cascade.steps, strict=True))
        return CascadeAssistant(release.name, release.digest, steps, tracer)

    def _assistant(self, project: str, release: Version, body: Release, tracer: Tracer) -> Assistant:
        if body.model is None or _PROMPT not in body.prompts:
            raise InputError(
                f"release/{release.name} cannot be run here: it needs a model and a prompt bound as {_PROMPT!r}; "
                "code of your own is run by `windlass.evaluate`."
            )
        prompt = Prompt.model_validate(self._registry.get(project, str(body.prompts[_PROMPT])).body)
        model = Model.model_validate(self._registry.get(project, str(body.model)).body)
        opened = self._models.open(model.model)
        tools = bind_tools(self._registry, project, release, body, self._addresses)
        if tools and opened.provider == LOCAL:
            raise InputError(
                f"release/{release.name} binds tools, and {model.model} quotes sentences and calls none: name a "
                "real model, or leave the tools out."
            )
        return Assistant(
            name=release.name,
            digest=release.digest,
            prompt=prompt,
            model=opened.model,
            provider=opened.provider,
            model_name=opened.name,
            model_address=opened.address,
            parameters={**prompt.parameters, **model.parameters},
            index=self._indexes.open(project, str(body.index)) if body.index else None,
            index_name=body.index.name if body.index else "",
            retrieval=body.retrieval or Retrieval(),
            tracer=tracer,
            tools=tools,
            tool_rounds=body.tool_rounds or TOOL_ROUNDS,
        )


def _refuse_to_act_twice(cascade: Version, step: Version, assistant: Assistant) -> None:
    """Raise InputError for a step that may be passed over after it changed what the next changes once more."""
    acting = next((tool for tool in assistant.tools if tool.effect != "read"), None)
    if acting is not None:
        raise InputError(
            f"release/{cascade.name} may pass over its step release/{step.name} after that called {acting.name}, "
            f"whose effect is {acting.effect}: only the last step of a cascade binds tools that change something."
        )
