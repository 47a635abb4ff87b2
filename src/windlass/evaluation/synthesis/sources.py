"""Finding what items are to be made of: in documents, indexes, traces and datasets."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from pydantic import TypeAdapter

from windlass.artifacts.references import parse_selector
from windlass.artifacts.registry import Registry
from windlass.errors import InputError
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.synthesis.materials import (
    Material,
    draw,
    drawn,
    of_chunks,
    of_failure,
    of_items,
    passages_of,
    question_of,
    reference_of,
)
from windlass.evaluation.synthesis.requests import (
    DocumentsSource,
    IndexSource,
    ItemsSource,
    KeptSource,
    Source,
    SynthesisRequest,
    TracesSource,
)
from windlass.evaluation.trace_items import item_of_trace
from windlass.retrieval.documents import Document
from windlass.retrieval.indexes import Indexes
from windlass.storage.blobs import Blobs
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import Lists
from windlass.telemetry.drawn import Drawn, read_drawn
from windlass.telemetry.summaries import Bounds
from windlass.telemetry.traces import walk_traces

PASSAGES: Final = 5
"""How many passages of the index the right answer to a failure is looked for in."""
_TOGETHER: Final = 50
_DOCUMENTS: Final = TypeAdapter(list[Document])


class Found(NamedTuple):
    materials: list[Material]
    unfit: int
    """Of what was chosen: traces without a question, items without a question or an answer."""


class Sources:
    """Where the materials of one server's syntheses are found."""

    def __init__(
        self,
        registry: Registry,
        blobs: Blobs,
        *,
        indexes: Indexes,
        datasets: Datasets,
        warehouse: Warehouse,
        lists: Lists,
    ) -> None:
        self._registry = registry
        self._blobs = blobs
        self._indexes = indexes
        self._datasets = datasets
        self._warehouse = warehouse
        self._lists = lists

    def keep(self, project: str, request: SynthesisRequest) -> SynthesisRequest:
        """Return a request that means the same whenever it is gone on with: documents kept, versions by digest."""
        source = request.source
        held_out = [self._exact(project, each, "dataset") for each in request.held_out]
        match source:
            case DocumentsSource():
                blob = self._blobs.put(_DOCUMENTS.dump_json(source.documents))
                exact: Source = KeptSource(kind="kept", blob=blob, documents=len(source.documents))
            case ItemsSource():
                exact = source.model_copy(update={"dataset": self._exact(project, source.dataset, "dataset")})
            case IndexSource() | TracesSource():
                exact = source.model_copy(update={"index": self._exact(project, source.index, "index")})
            case KeptSource():
                exact = source
        return request.model_copy(update={"source": exact, "held_out": held_out})

    def check(self, project: str, request: SynthesisRequest) -> None:
        """Raise InputError or NotFound where there is nothing to make items of."""
        match request.source:
            case TracesSource() as source:
                self._indexes.open(project, source.index)
                found = any(self._bounds(project, source))
            case _:
                found = bool(self.find(project, request).materials)
        if not found:
            raise InputError(_nothing(request))

    def find(self, project: str, request: SynthesisRequest) -> Found:
        """Return what items are made of, drawn by the request's seed. Raises InputError and NotFound."""
        source, seed = request.source, request.seed
        match source:
            case TracesSource():
                return self._of_traces(project, source, request.most, seed)
            case ItemsSource():
                wanted = -(-request.most // len(source.mutations))
                found = self._of_items(project, source)
                return Found(draw(found.materials, wanted, seed), found.unfit)
            case DocumentsSource():
                materials = list(of_chunks(passages_of(source.documents)))
            case KeptSource():
                kept = _DOCUMENTS.validate_json(self._blobs.get(source.blob))
                materials = list(of_chunks(passages_of(kept)))
            case IndexSource():
                name = self._exact(project, source.index, "index")
                materials = list(of_chunks(self._indexes.open(project, name).chunks, name))
        return Found(draw(materials, -(-request.most // request.each), seed), 0)

    def _of_items(self, project: str, source: ItemsSource) -> Found:
        version, items = self._datasets.load(project, parse_selector(source.dataset, kind="dataset"))
        meant = [item for item in items if source.split is None or item.split == source.split]
        materials = list(of_items(meant, f"{version.name}@{version.digest}"))
        return Found(materials, len(meant) - len(materials))

    def _of_traces(self, project: str, source: TracesSource, most: int, seed: int) -> Found:
        name = self._exact(project, source.index, "index")
        index = self._indexes.open(project, name)
        asked = list(self._asked(project, source))
        fit = {trace_id: (question, answer) for trace_id, question, answer in asked if question}
        materials = [
            of_failure(trace_id, *fit[trace_id], index.search(fit[trace_id][0], k=PASSAGES), name)
            for trace_id in drawn(fit, most, seed)
        ]
        return Found(materials, len(asked) - len(fit))

    def _asked(self, project: str, source: TracesSource) -> Iterator[tuple[str, str, str]]:
        bounds = list(self._bounds(project, source))
        for start in range(0, len(bounds), _TOGETHER):
            for trace in read_drawn(self._warehouse, project, bounds[start : start + _TOGETHER]):
                if not trace.is_evaluation:
                    yield trace.trace_id, *_said(trace, project)

    def _bounds(self, project: str, source: TracesSource) -> Iterator[Bounds]:
        left = source.query.limit
        for page in walk_traces(self._warehouse, project, filters=source.query.filters(), lists=self._lists):
            yield from page[:left]
            left -= len(page)
            if left <= 0:
                return

    def _exact(self, project: str, selector: str, kind: Literal["dataset", "index"]) -> str:
        version = self._registry.get(project, selector, kind=kind)
        return f"{version.name}@{version.digest}"


def _said(trace: Drawn, project: str) -> tuple[str, str]:
    item = item_of_trace(trace, project, probability=1.0, seed=0, split="")
    return ("", "") if item is None else (question_of(item).strip(), reference_of(item))


def _nothing(request: SynthesisRequest) -> str:
    match request.source:
        case TracesSource():
            return "No trace is meant by that; widen the filter, or the span of time."
        case ItemsSource() as source:
            return (
                f"{source.dataset} has no item with a question and a right answer that could be asked otherwise."
            )
        case _:
            return "There is no text to make items of; give at least one document with a paragraph."
