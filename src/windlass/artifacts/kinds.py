"""The kinds of artifact and what the body of a version of each holds. Adding a kind is adding a class here."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from windlass.artifacts.cascades import Cascade
from windlass.artifacts.evaluator_source import read_source
from windlass.artifacts.prompts import Prompt
from windlass.artifacts.references import Digest, Kind, Name, VersionReference
from windlass.artifacts.tools import Tool
from windlass.errors import InputError


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(Body):
    """Samples, as JSON lines in a blob: ``{id, input, reference, metadata, split}`` an item."""

    description: str = ""
    items: Digest
    """The blob of canonical JSON lines, one item each."""
    count: int = Field(ge=1)
    fields: list[str]
    """The fields that every item has, of input, reference, metadata, split."""


class IndexedDocument(Body):
    name: str
    digest: Digest


class Index(Body):
    """A retrieval index: what it was made of and how, and the blob that came of it."""

    description: str = ""
    documents: list[IndexedDocument]
    settings: dict[str, JsonValue]
    chunks: int
    blob: Digest


class Evaluator(Body):
    """An evaluator: a function that windlass has, by name, with its parameters; or code of the project's own."""

    description: str = ""
    function: str
    parameters: dict[str, JsonValue] = {}
    source: str | None = None
    """Python with that function in it, decorated with `@windlass.evaluator`."""

    @model_validator(mode="after")
    def _source_has_the_function(self) -> "Evaluator":
        if self.source is None:
            return self
        declared = read_source(self.source)
        if declared.function != self.function:
            raise ValueError(f"the source declares {declared.function!r}, and `function` is {self.function!r}")
        if self.parameters:
            raise ValueError("an evaluator with a source takes no parameters: they are in its code")
        return self


class Model(Body):
    """A model of a provider, and the parameters it is called with.

    Where the provider is reached is a setting of the server: whoever may push a model must not choose where the
    server sends its key.
    """

    description: str = ""
    model: str = Field(pattern=r"^[a-z]+:\S+$")
    """`provider:name`, for example `openai:gpt-5-mini` or `local:extractive`."""
    parameters: dict[str, JsonValue] = {}


class Retrieval(Body):
    """How a release searches its index."""

    k: int = Field(default=5, ge=1, le=100)
    mode: Literal["hybrid", "vector", "text"] = "hybrid"


class Code(Body):
    """Code of a user's own that answers: where it is, and the digest of its source."""

    entry: str
    """`module:function`."""
    digest: Digest


class Release(Body):
    """What is evaluated, deployed, traced and rolled back: exact versions of everything an answer depends on."""

    description: str = ""
    prompts: dict[Name, VersionReference] = {}
    model: VersionReference | None = None
    index: VersionReference | None = None
    retrieval: Retrieval | None = None
    tools: list[VersionReference] | None = Field(default=None, min_length=1, max_length=64)
    """What its model may call, in the order in which it is told of them."""
    tool_rounds: int | None = Field(default=None, ge=1, le=50)
    """How often the model may ask for tools before it must have answered; 10 by default."""
    code: Code | None = None
    cascade: Cascade | None = None
    """Releases that answer in its place; it binds nothing else then."""

    @model_validator(mode="after")
    def _binds_what_answers(self) -> "Release":
        if self.cascade is not None and (self.prompts or self.model or self.index or self.tools or self.code):
            raise ValueError(
                "a cascade binds releases, which bind all else: leave prompts, model, index, tools and code out"
            )
        if self.cascade is None and self.code is None and not (self.prompts and self.model):
            raise ValueError("a release binds at least one prompt and a model, code of your own, or a cascade")
        if self.retrieval is not None and self.index is None:
            raise ValueError("there are retrieval settings but no index to search")
        if self.tools is not None and self.code is not None:
            raise ValueError("code of your own calls its tools itself: leave tools out")
        if self.tool_rounds is not None and self.tools is None:
            raise ValueError("there are rounds of tool calls but no tools to call")
        names = [tool.name for tool in self.tools or ()]
        if len(names) > len(set(names)):
            raise ValueError("tools: one of them is bound twice")
        for role, reference in references_of(self):
            needed = RELEASE_PARTS[role.partition(".")[0]]
            if reference.kind != needed:
                raise ValueError(f"{role} is {reference.kind}/{reference.name}, but a {needed} is needed there")
        return self


RELEASE_PARTS: Mapping[str, Kind] = {
    "prompts": "prompt",
    "model": "model",
    "index": "index",
    "tools": "tool",
    "cascade": "release",
}
"""The fields of a release that refer to versions, and of which kind."""

BODIES: Mapping[Kind, type[BaseModel]] = {
    "prompt": Prompt,
    "dataset": Dataset,
    "index": Index,
    "evaluator": Evaluator,
    "model": Model,
    "tool": Tool,
    "release": Release,
}


def validate_body(kind: Kind, body: object) -> BaseModel:
    """Return the typed body of a kind. Raises InputError that names the field."""
    try:
        return BODIES[kind].model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"This is no {kind}: {f'{place}: ' if place else ''}{message}.") from error


def references_of(body: BaseModel) -> Iterator[tuple[str, VersionReference]]:
    """Give each version that a body refers to, with the role it plays.

    A role is `model`, `prompts.answer`, `tools.find-order`, `cascade.1`.
    """
    for name, value in body:
        if isinstance(value, VersionReference):
            yield name, value
        elif isinstance(value, Cascade):
            for place, step in enumerate(value.steps, start=1):
                yield f"{name}.{place}", step.release
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, VersionReference):
                    yield f"{name}.{key}", item
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, VersionReference):
                    yield f"{name}.{item.name}", item
