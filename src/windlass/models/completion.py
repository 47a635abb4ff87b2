"""One interface for every model that completes a conversation: messages in, text and what it cost out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from windlass.errors import InputError

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"


@dataclass(frozen=True)
class Picture:
    """A picture that a model is shown."""

    data: bytes
    mime_type: str
    label: str = ""
    """A text that is said right before it, by which others can refer to it."""


@dataclass(frozen=True)
class OfferedTool:
    """A tool that a model may ask for."""

    name: str
    description: str
    parameters: Mapping[str, JSON]
    """The JSON Schema of its arguments."""


@dataclass(frozen=True)
class ToolRequest:
    """A call of a tool that a model asks for."""

    id: str
    name: str
    arguments: str
    """As the model wrote them: the JSON of an object, where it kept to what it was told."""
    details: str = ""
    """What its provider wants back with it, as JSON: nobody else reads it."""


Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True)
class Message:
    role: Role
    content: str
    pictures: tuple[Picture, ...] = ()
    """Of a user: shown after the text, in this order."""
    requests: tuple[ToolRequest, ...] = ()
    """Of an assistant: the tools that it asked for."""
    answers: ToolRequest | None = None
    """Of a tool: what its content is the result of."""


@dataclass(frozen=True)
class Usage:
    """Tokens, as the provider counted them."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Confidence:
    """How sure a model is of an answer, as far as the call itself says."""

    measure: str
    """``likeness`` or ``token_probability``: values of different measures cannot be compared."""
    value: float


@dataclass(frozen=True)
class Completion:
    """A finished answer."""

    text: str
    usage: Usage
    model: str
    """The model that answered, in the provider's words; it may be more exact than the name asked for."""
    finish_reason: str
    """``stop``, ``length``, ``content_filter``, ``tool_call`` or ``error``."""
    cost: float | None
    """USD; None when no price is known, 0.0 only when it truly costs nothing."""
    latency_s: float
    attempts: int = 1
    """Calls that it took, refused ones among them."""
    held_s: float = 0.0
    """How long a run's limits and its provider's refusals held the call back before: no part of the latency."""
    cached: bool = False
    """Whether it was kept from an earlier call that asked the same; its cost is 0 then, its usage and latency are
    that call's."""
    confidence: Confidence | None = None
    """Of a model that gives any."""
    requests: tuple[ToolRequest, ...] = ()
    """The tools that it asks for, instead of or beside what it says."""


@dataclass(frozen=True)
class OutputSchema:
    """What an answer has to be: JSON of this schema, an object."""

    name: str
    schema: Mapping[str, JSON]


class ChatModel(Protocol):
    """A model that can be asked. One object serves any number of callers at once, on any event loop."""

    async def complete(
        self,
        messages: Sequence[Message],
        parameters: Mapping[str, JSON],
        schema: OutputSchema | None = None,
        tools: Sequence[OfferedTool] = (),
    ) -> Completion:
        """Answer a conversation; with a schema, in JSON that the provider was told to keep to.

        Whether it kept to it is for the caller to check. With tools it may ask for some of them, which are the
        caller's to call. Raises InputError for parameters the model does not know, for a schema that it cannot
        keep to and for tools that it cannot ask for, and ProviderError when the model fails.
        """
        ...

    def stream(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], tools: Sequence[OfferedTool] = ()
    ) -> AsyncIterator[str | Completion]:
        """Answer piece by piece: the pieces of the text in order, and last the whole Completion.

        A stream that ends without a Completion has not been finished; it raises what ``complete`` raises.
        """
        ...


class SamplingParameters(BaseModel):
    """How an answer is sampled. What is not given is left to the model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, ge=1)
    """The longest answer, in tokens."""
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = None
    """Asks for a repeatable answer; not every provider heeds it, and none promises it."""
    stop_sequences: list[str] | None = Field(default=None, max_length=16)
    logprobs: bool | None = None
    """Asks for the probabilities of the answer's tokens, which make its confidence; over OpenAI's wire only."""


_Parameters = TypeVar("_Parameters", bound=BaseModel)


def read_parameters(kind: type[_Parameters], parameters: Mapping[str, JSON]) -> _Parameters:
    """Check parameters against a model's own list. Raises InputError naming the first that is wrong."""
    try:
        return kind.model_validate(dict(parameters))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(kind.model_fields))
            raise InputError(f"The model has no parameter {place!r}; it knows {known}.") from error
        raise InputError(f"The model parameter {place!r} is wrong: {first['msg']}.") from error
