"""Assistants by release: loaded once each, kept while they are used."""

import threading
from collections import OrderedDict

from opentelemetry.trace import Tracer

from windlass.agents.assistant import Assistant
from windlass.agents.models import Models
from windlass.artifacts.kinds import Model, Release, Retrieval
from windlass.artifacts.prompts import Prompt
from windlass.artifacts.registry import Registry
from windlass.artifacts.versions import Version
from windlass.errors import InputError
from windlass.retrieval.indexes import Indexes

_KEPT = 32

_PROMPT = "answer"
"""The prompt of a release that the assistant fills in."""


class Assistants:
    """Makes releases of one server answer."""

    def __init__(self, registry: Registry, indexes: Indexes, models: Models) -> None:
        self._registry = registry
        self._indexes = indexes
        self._models = models
        self._lock = threading.Lock()
        self._loaded: OrderedDict[tuple[str, str, str], Assistant] = OrderedDict()

    def load(self, project: str, release: Version, tracer: Tracer) -> Assistant:
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

    def _build(self, project: str, release: Version, tracer: Tracer) -> Assistant:
        body = Release.model_validate(release.body)
        if body.model is None or _PROMPT not in body.prompts:
            raise InputError(
                f"release/{release.name} cannot be run here: it needs a model and a prompt bound as {_PROMPT!r}; "
                "code of your own is run by `windlass.evaluate`."
            )
        prompt = Prompt.model_validate(self._registry.get(project, str(body.prompts[_PROMPT])).body)
        model = Model.model_validate(self._registry.get(project, str(body.model)).body)
        opened = self._models.open(model.model)
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
        )
