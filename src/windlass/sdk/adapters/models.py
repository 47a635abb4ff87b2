"""windlass's models as those of ragas and deepeval: their metrics then ask within the limits of the run."""

import asyncio
import contextvars
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from windlass.models.completion import Message, OutputSchema
from windlass.sdk.adapters.samples import module_of
from windlass.sdk.judges import AskAnything, asking


def ragas_model(model: str, *, base_url: str | None = None, parameters: Mapping[str, Any] | None = None) -> Any:
    """Make the `llm` of ragas' metrics: a model that windlass asks, within the limits of the run.

    Args:
        model: `openai:NAME`, `anthropic:NAME` or `google:NAME`; the key is taken from the environment.
        base_url: Of a server of the provider's wire format, such as Ollama or vLLM.
        parameters: `temperature` and the like.

    Raises ConfigurationError without ragas or without a key, InputError for a reference that names no model.
    """
    ask = asking(model, base_url, dict(parameters or {}))
    base: type = module_of("ragas.llms.base").InstructorBaseRagasLLM

    def generate(_self: object, prompt: str, response_model: Any) -> Any:
        return _done(_asked(ask, prompt, response_model))

    async def agenerate(_self: object, prompt: str, response_model: Any) -> Any:
        return await _asked(ask, prompt, response_model)

    return type("WindlassModel", (base,), {"generate": generate, "agenerate": agenerate, "model": model})()


def deepeval_model(model: str, *, base_url: str | None = None, parameters: Mapping[str, Any] | None = None) -> Any:
    """Make the `model` of deepeval's metrics: a model that windlass asks, within the limits of the run.

    Args:
        model: `openai:NAME`, `anthropic:NAME` or `google:NAME`; the key is taken from the environment.
        base_url: Of a server of the provider's wire format, such as Ollama or vLLM.
        parameters: `temperature` and the like.

    Raises ConfigurationError without deepeval or without a key, InputError for a reference that names no model.
    """
    ask = asking(model, base_url, dict(parameters or {}))
    base: type = module_of("deepeval.models").DeepEvalBaseLLM

    def load_model(_self: object) -> str:
        return model

    def get_model_name(_self: object) -> str:
        return model

    def generate(_self: object, prompt: str, schema: Any = None) -> Any:
        return _done(_asked(ask, prompt, schema))

    async def a_generate(_self: object, prompt: str, schema: Any = None) -> Any:
        return await _asked(ask, prompt, schema)

    methods = {
        "load_model": load_model,
        "get_model_name": get_model_name,
        "generate": generate,
        "a_generate": a_generate,
    }
    return type("WindlassModel", (base,), methods)(model)


async def _asked(ask: AskAnything, prompt: str, schema: Any) -> Any:
    """Return the answer: text, or what a Pydantic model of theirs reads of it."""
    wanted = None if schema is None else OutputSchema("answer", schema.model_json_schema())
    completion = await ask([Message("user", str(prompt))], wanted)
    return completion.text if schema is None else schema.model_validate_json(completion.text)


def _done(asked: Coroutine[Any, Any, Any]) -> Any:
    """Wait for an answer, also where a loop runs already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.copy_context().run, asyncio.run, asked).result()
