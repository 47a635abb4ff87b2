"""Real models, through pydantic-ai's direct requests: OpenAI and what speaks its wire, Anthropic, Google.

The SDKs of the providers take one to two seconds to import, so they are imported with the first request.
"""

import asyncio
import math
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from windlass.errors import ConfigurationError, InputError
from windlass.models.completion import (
    JSON,
    ChatModel,
    Completion,
    Confidence,
    Message,
    OfferedTool,
    OutputSchema,
    SamplingParameters,
    Usage,
    read_parameters,
)
from windlass.models.connections import LoopConnections, certificates
from windlass.models.conversations import conversation, offering, requests_of, text_of
from windlass.models.failures import ProviderFailure, raise_failure
from windlass.models.guard import check_request
from windlass.models.prices import LOCAL, cost_of

if TYPE_CHECKING:
    from httpx2 import AsyncClient
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

DEFAULT_TIMEOUT_S = 120.0
_NO_KEY = "none"
"""What is sent to a server of one's own that asks for no key; the clients refuse to send an empty one."""


@dataclass(frozen=True)
class _Provider:
    key_variables: tuple[str, ...]
    default_url: str
    url_variable: str | None = None


_PROVIDERS = {
    "openai": _Provider(("OPENAI_API_KEY",), "https://api.openai.com/v1", "OPENAI_BASE_URL"),
    "anthropic": _Provider(("ANTHROPIC_API_KEY",), "https://api.anthropic.com", "ANTHROPIC_BASE_URL"),
    "google": _Provider(("GOOGLE_API_KEY", "GEMINI_API_KEY"), "https://generativelanguage.googleapis.com"),
}


def open_model(
    ref: str,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> ChatModel:
    """Open the model of a reference: ``local:extractive``, ``openai:NAME``, ``anthropic:NAME`` or ``google:NAME``.

    ``base_url`` (or OPENAI_BASE_URL, ANTHROPIC_BASE_URL) names any server of the provider's wire format, such as
    Ollama or vLLM. It needs no key, but gets the one in the environment when there is one, so the URL must come
    from the operator. ``timeout_s`` is for a whole answer. Nothing is sent before the first request.

    Raises InputError for a reference that names no model, and ConfigurationError, naming the environment variable,
    when a key is needed and missing.
    """
    provider, separator, name = ref.partition(":")
    if not separator or not name or (provider != LOCAL and provider not in _PROVIDERS):
        raise InputError(
            f"{ref!r} is not a model; write local:extractive, openai:NAME, anthropic:NAME or google:NAME."
        )
    if provider == LOCAL:
        return _open_local(ref)
    facts = _PROVIDERS[provider]
    base_url = base_url or _url_of_environment(facts)
    if base_url and not base_url.startswith(("http://", "https://")):
        raise ConfigurationError(f"The model base URL {base_url!r} must start with http:// or https://.")
    key = api_key or next((os.environ[name] for name in facts.key_variables if os.environ.get(name)), "")
    if not key and not base_url:
        variables = " or ".join(facts.key_variables)
        raise ConfigurationError(f"The model {ref} needs a key: set the environment variable {variables}.")
    return ProviderModel(ref, base_url=base_url, key=key or _NO_KEY, timeout_s=timeout_s)


def address_of(ref: str, base_url: str | None = None) -> str:
    """Return where the model of a reference is asked, as ``open_model`` decides it; "" for one of this process."""
    facts = _PROVIDERS.get(ref.partition(":")[0])
    return "" if facts is None else base_url or _url_of_environment(facts) or facts.default_url


def _url_of_environment(provider: _Provider) -> str | None:
    return (os.environ.get(provider.url_variable) if provider.url_variable else None) or None


def _open_local(ref: str) -> ChatModel:
    # numpy and the tokenizer: not needed by those who use a provider.
    from windlass.models.embeddings import load_embedder
    from windlass.models.extractive import REF, ExtractiveModel

    if ref != REF:
        raise InputError(f"There is no local model {ref!r}; the one that is built in is {REF!r}.")
    return ExtractiveModel(load_embedder())


class ProviderModel:
    """A model behind a provider's API. A call is one request: whether to try again is the caller's decision."""

    def __init__(self, ref: str, *, base_url: str | None, key: str, timeout_s: float) -> None:
        self.ref = ref
        self._provider, _, self._name = ref.partition(":")
        self._base_url = base_url
        self._key = key
        self._timeout_s = timeout_s
        self._loaded = False
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, _Client] = WeakKeyDictionary()

    async def complete(
        self,
        messages: Sequence[Message],
        parameters: Mapping[str, JSON],
        schema: OutputSchema | None = None,
        tools: Sequence[OfferedTool] = (),
    ) -> Completion:
        """Ask once. Raises InputError, ConfigurationError, or ProviderFailure (a ProviderError)."""
        assert schema is None or not tools, "an answer is JSON of a schema, or may ask for tools"
        await self._load()
        started = time.perf_counter()
        settings = self._settings(parameters)
        with self._failures():
            from pydantic_ai.direct import model_request

            model = await self._model()
            response = await model_request(
                model,
                conversation(messages),
                model_settings=settings,
                model_request_parameters=offering(tools) if schema is None else _structured(schema, model),
            )
        return self._completion(response, started, structured=schema is not None)

    async def stream(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], tools: Sequence[OfferedTool] = ()
    ) -> AsyncIterator[str | Completion]:
        """Ask once, yielding the text as it comes and then the Completion. Raises what ``complete`` raises."""
        await self._load()
        started = time.perf_counter()
        settings = self._settings(parameters)
        with self._failures():
            from pydantic_ai.direct import model_request_stream

            model = await self._model()
            async with model_request_stream(
                model,
                conversation(messages),
                model_settings=settings,
                model_request_parameters=offering(tools),
            ) as events:
                async for event in events:
                    if text := text_of(event):
                        yield text
                response = events.get()
        yield self._completion(response, started)

    def _settings(self, parameters: Mapping[str, JSON]) -> "ModelSettings":
        read = read_parameters(SamplingParameters, parameters)
        settings = _settings(read, self._timeout_s)
        if not read.logprobs:
            return settings
        if self._provider != "openai":
            raise InputError(f"{self.ref} tells no probabilities of tokens; leave the parameter `logprobs` out.")
        return cast("ModelSettings", {**settings, "openai_logprobs": True})

    async def _load(self) -> None:
        """Import the provider's SDK in a thread, so that the event loop does not stand still meanwhile."""
        if not self._loaded:
            await asyncio.to_thread(_import_sdk, self._provider)
            self._loaded = True

    async def _model(self) -> "Model":
        """The client of this event loop: connections are kept between requests and cannot change loops."""
        check_request(self.ref, self._base_url or _PROVIDERS[self._provider].default_url)
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = _Client(self._provider, self._name, self._base_url, self._key)
            await client.connections.close_with_loop()
        return client.model

    def _completion(self, response: "ModelResponse", started: float, *, structured: bool = False) -> Completion:
        usage = Usage(response.usage.input_tokens, response.usage.output_tokens)
        model = response.model_name or self._name
        cost = cost_of(self._provider, model, usage, base_url=self._base_url)
        if cost is None and model != self._name:
            cost = cost_of(self._provider, self._name, usage, base_url=self._base_url)
        return Completion(
            text=response.text or (_arguments_of(response) if structured else ""),
            usage=usage,
            model=model,
            finish_reason=response.finish_reason or "stop",
            cost=cost,
            latency_s=time.perf_counter() - started,
            confidence=_confidence_of(response),
            requests=() if structured else requests_of(response),
        )

    @contextmanager
    def _failures(self) -> Iterator[None]:
        from httpx2 import HTTPError
        from pydantic_ai.exceptions import AgentRunError

        try:
            yield
        except ProviderFailure:
            raise
        except (AgentRunError, HTTPError) as error:
            variable = _PROVIDERS[self._provider].key_variables[0]
            raise_failure(error, ref=self.ref, key_variable=variable, secret=self._key)


class _Client:
    """One provider's model with its connections, for one event loop."""

    def __init__(self, provider: str, name: str, base_url: str | None, key: str) -> None:
        from httpx2 import AsyncClient, Timeout

        # No redirects: the key must reach nobody but the address it was meant for.
        http = AsyncClient(timeout=Timeout(None, connect=10), follow_redirects=False, verify=certificates())
        self.connections = LoopConnections(http)
        self.model = _build(provider, name, base_url, key, http)


def _build(provider: str, name: str, base_url: str | None, key: str, http: "AsyncClient") -> "Model":
    match provider:
        case "openai":
            from openai import AsyncOpenAI
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.profiles.openai import OpenAIModelProfile
            from pydantic_ai.providers.openai import OpenAIProvider

            openai = AsyncOpenAI(base_url=base_url, api_key=key, max_retries=0, http_client=http)
            # Without it a stream that is cut off between two pieces would pass for a finished answer.
            # Other servers of this wire know max_tokens, OpenAI itself its successor.
            profile = OpenAIModelProfile(
                openai_chat_streaming_requires_finish_reason=True,
                openai_chat_supports_max_completion_tokens=base_url is None,
            )
            return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=openai), profile=profile)
        case "anthropic":
            from anthropic import AsyncAnthropic
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            anthropic = AsyncAnthropic(base_url=base_url, api_key=key, max_retries=0, http_client=http)
            return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=anthropic))
        case _:
            from pydantic_ai.models.google import GoogleModel
            from pydantic_ai.providers.google import GoogleProvider

            return GoogleModel(name, provider=GoogleProvider(api_key=key, base_url=base_url, http_client=http))


def _import_sdk(provider: str) -> None:
    for module in ("genai_prices", "pydantic_ai.direct", f"pydantic_ai.models.{provider}"):
        import_module(module)


def _settings(parameters: SamplingParameters, timeout_s: float) -> "ModelSettings":
    from pydantic_ai.settings import ModelSettings

    settings = ModelSettings(request_timeout=timeout_s)
    if parameters.temperature is not None:
        settings["temperature"] = parameters.temperature
    if parameters.max_tokens is not None:
        settings["max_tokens"] = parameters.max_tokens
    if parameters.top_p is not None:
        settings["top_p"] = parameters.top_p
    if parameters.seed is not None:
        settings["seed"] = parameters.seed
    if parameters.stop_sequences:
        settings["stop_sequences"] = parameters.stop_sequences
    return settings


def _confidence_of(response: "ModelResponse") -> Confidence | None:
    """Return the geometric mean of the probabilities of the answer's tokens, where the provider told them."""
    tokens = (response.provider_details or {}).get("logprobs") or []
    known = [float(token["logprob"]) for token in tokens]
    if not known:
        return None
    return Confidence("token_probability", round(math.exp(sum(known) / len(known)), 6))


def _structured(schema: OutputSchema, model: "Model") -> "ModelRequestParameters":
    """Have the answer be JSON of a schema: by the provider's own means, or else as the arguments of a tool."""
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition
    from pydantic_ai.tools import ToolDefinition

    json_schema = dict(schema.schema)
    if model.profile.get("supports_json_schema_output", False):
        wanted = OutputObjectDefinition(json_schema=json_schema, name=schema.name, strict=True)
        return ModelRequestParameters(output_mode="native", output_object=wanted)
    tool = ToolDefinition(name=schema.name, parameters_json_schema=json_schema, kind="output")
    return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)


def _arguments_of(response: "ModelResponse") -> str:
    """Return the arguments of the tool that stands for a structured answer, or nothing."""
    return next((call.args_as_json_str() for call in response.tool_calls), "")
