"""What a reviewer is shown of an item, read where it is kept: what was deleted there is not shown here either."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import BaseModel, JsonValue

from windlass.errors import NotFound
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.media.files import Media, find_media, texts_beside_media
from windlass.evaluation.predictions import load_prediction, text_of
from windlass.evaluation.reviews.items import OutputSource, ReviewItem, Source
from windlass.evaluation.samples import Item
from windlass.evaluation.spans import PREDICTION
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.models import Message, Span
from windlass.telemetry.previews import said_input, said_output
from windlass.telemetry.queries import get_outline, get_span

_MOST_RETRIEVALS: Final = 5
_TEXTS: Final = ("content", "text", "page_content", "document", "document.content")
_NAMES: Final = ("source", "title", "name", "id", "document.id")


class Passage(BaseModel):
    """A text that was retrieved for an answer."""

    document: str = ""
    section: str = ""
    text: str


class ShownOutput(BaseModel):
    side: str
    """a or b of a pair, in the order in which this reviewer sees them; else empty."""
    trace_id: str
    text: str
    messages: list[Message]
    passages: list[Passage]
    media: list[Media] = []
    """The pictures and clips that a release made; those of a trace stand in its messages."""


class ItemContent(BaseModel):
    input: JsonValue
    messages: list[Message]
    """What was said before the answer, where it is a conversation."""
    outputs: list[ShownOutput]
    reference: JsonValue
    """What the dataset says is right, if it does."""
    metadata: dict[str, JsonValue]
    media: list[Media] = []
    """Pictures and clips of the input, which then has what is said beside them."""
    reference_media: list[Media] = []

    def digests(self) -> set[str]:
        """Return the files that a reviewer of the item is shown, by their digests."""
        spoken = [*self.messages, *(message for output in self.outputs for message in output.messages)]
        named = [part for message in spoken for part in message.model_dump(mode="json")["parts"]]
        found = [media for value in (*named, self.metadata) for media in find_media(value)]
        found += [*self.media, *self.reference_media, *(each for output in self.outputs for each in output.media)]
        return {media.digest for media in found if media.digest}


class ShownItem(ReviewItem):
    content: ItemContent | None
    """Null when what is to be reviewed is not there any more: its trace was deleted or has expired."""


class Contents:
    """Reads what is shown of the items of one server's queues."""

    def __init__(self, warehouse: Warehouse, datasets: Datasets) -> None:
        self._warehouse = warehouse
        self._datasets = datasets
        self._items: tuple[str, dict[str, Item]] = ("", {})
        """Of the dataset version that was asked for last, by id."""

    def read(self, project: str, item: str, source: Source, viewer: str = "") -> ItemContent | None:
        """Return what is shown of an item; a pair is turned round for half of all items and reviewers."""
        try:
            if source.kind == "trace":
                return _of_trace(self._warehouse, project, source.outputs[0])
            entry = self.dataset_item(project, source)
            outputs = [_of_sample(self._warehouse, project, output) for output in source.outputs]
        except NotFound:
            return None
        turned = len(outputs) > 1 and is_turned(item, viewer)
        (asked, media), (reference, reference_media) = map(_told, (entry.input, entry.reference))
        return ItemContent(
            input=asked,
            messages=[],
            outputs=outputs[::-1] if turned else outputs,
            reference=reference,
            metadata={name: _json(value) for name, value in entry.metadata.items()},
            media=media,
            reference_media=reference_media,
        )

    def dataset_item(self, project: str, source: Source) -> Item:
        """Return the dataset's item of a source. Raises NotFound."""
        version, items = self._datasets.load(project, f"dataset/{source.dataset}@{source.dataset_digest}")
        digest, by_id = self._items
        if digest != version.digest:
            by_id = {item.id: item for item in items}
            self._items = version.digest, by_id
        if source.item not in by_id:
            raise NotFound(f"The dataset {source.dataset} has no item {source.item!r}.")
        return by_id[source.item]


def is_turned(item: str, viewer: str) -> bool:
    """Tell whether a pair is shown in the other order: always the same for one reviewer, and even among many."""
    return hashlib.sha256(f"{item}\0{viewer}".encode()).digest()[0] % 2 == 1


def _of_sample(warehouse: Warehouse, project: str, output: OutputSource) -> ShownOutput:
    span = get_span(warehouse, project, output.trace_id, output.span_id)
    prediction = load_prediction(str(span.attributes[PREDICTION]))
    passages = [
        Passage(document=context.document, section=context.section, text=context.text)
        for context in prediction.contexts
    ]
    return ShownOutput(
        side=output.side,
        trace_id=output.trace_id,
        text=prediction.output,
        messages=[],
        passages=passages,
        media=[Media(each.uri, each.type) for each in prediction.media],
    )


def _of_trace(warehouse: Warehouse, project: str, output: OutputSource) -> ItemContent:
    outline = get_outline(warehouse, project, output.trace_id)
    spans: Any = outline["spans"]
    root = get_span(warehouse, project, output.trace_id, _root_of(spans))
    retrievals = [each["span_id"] for each in spans if each["operation"] == "retrieval"][:_MOST_RETRIEVALS]
    found = [get_span(warehouse, project, output.trace_id, span_id) for span_id in retrievals]
    shown = ShownOutput(
        side="",
        trace_id=output.trace_id,
        text=said_output(root.output),
        messages=root.output_messages,
        passages=[passage for span in found for passage in _passages(span)],
    )
    return ItemContent(
        input=said_input(root.input), messages=root.input_messages, outputs=[shown], reference=None, metadata={}
    )


def _root_of(spans: Sequence[dict[str, Any]]) -> str:
    """Return the root's id, or the earliest span's of a trace whose root has not come."""
    roots = [span for span in spans if span["parent_span_id"] is None] or spans
    return str(roots[0]["span_id"])


def _passages(span: Span) -> Iterator[Passage]:
    """Read what a retrieval found: conventions call it differently, and what is not known is shown as it is."""
    try:
        documents = json.loads(span.output)
    except ValueError:
        documents = span.output
    for document in documents if isinstance(documents, list) else [documents]:
        fields = document if isinstance(document, dict) else {}
        text = next((fields[name] for name in _TEXTS if isinstance(fields.get(name), str)), text_of(document))
        if text:
            yield Passage(document=str(next((fields[name] for name in _NAMES if fields.get(name)), "")), text=text)


def _told(value: object) -> tuple[JsonValue, list[Media]]:
    """Return what a value says, and the files that it names."""
    media = find_media(value)
    told = texts_beside_media(value) if media else value
    return _json(told or None if media else told), [Media(each.uri, each.type) for each in media]


def _json(value: object) -> JsonValue:
    plain: JsonValue = json.loads(json.dumps(value))
    return plain
