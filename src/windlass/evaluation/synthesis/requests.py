"""What a synthesis is asked for: of what, by which model, as whom, and within which limits."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from windlass.artifacts.references import Digest
from windlass.errors import InputError
from windlass.evaluation.reviews.adding import TraceQuery
from windlass.evaluation.synthesis.personas import Personas
from windlass.models.calls.limits import CallLimits
from windlass.retrieval.documents import Document

TYPOS: Final = "typos"
PERSONA: Final = "persona"
LANGUAGE: Final = "language:"
_PLAIN: Final = ("paraphrase", "harder", PERSONA, TYPOS)
_LANGUAGE: Final = re.compile(r"language:\S.{0,40}")

BASELINE: Final = "baseline"
"""As the judge: words are compared, and no model is asked whether the source answers."""


def _known(mutation: str) -> str:
    if mutation not in _PLAIN and not _LANGUAGE.fullmatch(mutation):
        raise ValueError(f"there is no mutation {mutation!r}; there are {', '.join(_PLAIN)} and language:NAME")
    return mutation


Mutation = Annotated[str, AfterValidator(_known)]


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DocumentsSource(_Source):
    """Documents that come with the request."""

    kind: Literal["documents"]
    documents: Annotated[list[Document], Field(max_length=10_000)]


class KeptSource(_Source):
    """Documents that came with the request, as the record of the synthesis names them."""

    kind: Literal["kept"]
    blob: Digest
    documents: int


class IndexSource(_Source):
    """The chunks of an index."""

    kind: Literal["index"]
    index: str
    """`name@what`."""


class TracesSource(_Source):
    """Traces of production that went wrong, and the index that says what would have been right."""

    kind: Literal["traces"]
    query: TraceQuery
    index: str
    """`name@what`."""


class ItemsSource(_Source):
    """Items of a dataset version, asked otherwise."""

    kind: Literal["items"]
    dataset: str
    """`name@what`."""
    mutations: Annotated[list[Mutation], Field(min_length=1, max_length=10)]
    split: str | None = None
    """Only items of this split."""


Source = Annotated[
    DocumentsSource | IndexSource | TracesSource | ItemsSource | KeptSource, Field(discriminator="kind")
]


class SynthesisRequest(CallLimits):
    """What is to be made, and what it may take."""

    source: Source
    model: str | None = None
    """`provider:name`, which writes the items; none only for typing errors, which code makes."""
    model_parameters: dict[str, JsonValue] = Field(default={})
    judge: str | None = None
    """Which model answers from the source alone, to check that it can be done: `provider:name`, `baseline` for a
    comparison of words without a model; left out, the model that writes."""
    personas: Personas = Field(default=[])
    """Who asks, one after the other."""
    each: Annotated[int, Field(ge=1, le=20)] = 1
    """How many questions for one passage."""
    most: Annotated[int, Field(ge=1, le=1000)] = 50
    """How many items are asked for in all."""
    seed: int = 0
    """The same seed takes the same passages, traces or items, and makes the same typing errors."""
    split: str = ""
    """Of the new items; those made of other items are in the split of theirs."""
    held_out: list[str] = Field(default=[], max_length=20)
    """Datasets, `name@what`, that no new item may come near."""

    def check(self) -> None:
        """Raise InputError for what does not go together."""
        source = self.source
        if isinstance(source, KeptSource):
            raise InputError("Send the documents themselves: a source of the kind `kept` is only read.")
        mutations = source.mutations if isinstance(source, ItemsSource) else []
        if self.model is None and set(mutations) != {TYPOS}:
            raise InputError("Items are written by a model: name one (`provider:name`); only typos need none.")
        if PERSONA in mutations and not self.personas:
            raise InputError("To ask as a persona there must be personas; give at least one.")
        if mutations and self.split:
            raise InputError(
                "An item that is made of another stays in that one's split, or it would leak: leave out the split."
            )
        if isinstance(source, DocumentsSource) and not any(each.text.strip() for each in source.documents):
            raise InputError("There is no document with text to make items of; give at least one.")
        if isinstance(source, DocumentsSource):
            names = [document.name for document in source.documents]
            if twice := next((name for name in names if names.count(name) > 1), None):
                raise InputError(f"Two documents are named {twice!r}; give each its own name.")
