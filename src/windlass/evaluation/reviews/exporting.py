"""A review queue as a dataset version: its settled items with what people decided of them."""

from collections.abc import Iterator

from pydantic import BaseModel
from sqlalchemy import select

from windlass.access.principals import Principal
from windlass.artifacts.registry import Pushed
from windlass.errors import InputError
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.reviews.contents import Contents, ItemContent
from windlass.evaluation.reviews.items import Source, source_of
from windlass.evaluation.reviews.questions import Answers
from windlass.evaluation.reviews.queues import Queue, queue_of
from windlass.evaluation.reviews.tables import review_items
from windlass.evaluation.samples import Item
from windlass.storage.database import Database

LABELS = "labels"
"""In the metadata of an item: the decided answers by question."""
OUTPUT = "output"
"""In the metadata of an item: what was reviewed, or an object of a and b for a pair."""


class Export(BaseModel):
    name: str
    number: int
    digest: str
    is_new: bool
    items: int
    unsettled: int
    """Items left out: they wait for labels or for a decision."""
    gone: int
    """Items left out: their traces were deleted or have expired."""


def export_queue(
    database: Database,
    contents: Contents,
    datasets: Datasets,
    principal: Principal,
    name: str,
    *,
    dataset: str,
    reference: str | None = None,
) -> Export:
    """Push the settled items of a queue as a version of a dataset.

    The decided answers stand in the metadata as ``labels``; ``reference`` names the question whose answer is the
    item's reference from now on. Raises NotFound, and InputError for a question that is not asked and for a queue
    of which nothing is settled.
    """
    with database.read() as tx:
        queue = queue_of(tx, principal.project, name)
        here = (review_items.c.project == principal.project, review_items.c.queue == name)
        rows = tx.execute(select(review_items).where(*here).order_by(review_items.c.position)).all()
    _check_question(queue, reference)
    settled = [(row.id, source_of(row), row.reference) for row in rows if row.state == "settled"]
    if not settled:
        raise InputError(f"No item of the review queue {name!r} is settled yet; there is nothing to export.")
    items = list(_items(contents, principal.project, settled, reference))
    if not items:
        raise InputError(f"The traces of all settled items of {name!r} are gone; there is nothing to export.")
    pushed = datasets.push(
        principal,
        dataset,
        items,
        description=f"What people decided in the review queue {name}.",
        message=f"From the review queue {name}, revision {queue.revision}",
    )
    return _export(pushed, items=len(items), unsettled=len(rows) - len(settled), gone=len(settled) - len(items))


def _check_question(queue: Queue, reference: str | None) -> None:
    names = [question.name for question in queue.questions]
    if reference is not None and reference not in names:
        raise InputError(f"The queue {queue.name!r} does not ask {reference!r}; it asks {', '.join(names)}.")


def _items(
    contents: Contents,
    project: str,
    settled: list[tuple[str, Source, Answers]],
    reference: str | None,
) -> Iterator[Item]:
    known: set[str] = set()
    for item_id, source, answers in settled:
        content = contents.read(project, item_id, source)
        if content is None:
            continue
        item = _item(contents, project, source, content, answers, reference)
        if item.id in known:
            # Several outputs for one item of a dataset: each is a case of its own.
            item = item.model_copy(update={"id": f"{item.id}-{item_id.removeprefix('item-')}"})
        known.add(item.id)
        yield item


def _item(
    contents: Contents,
    project: str,
    source: Source,
    content: ItemContent,
    answers: Answers,
    reference: str | None,
) -> Item:
    if source.kind == "trace":
        item = Item(id=source.outputs[0].trace_id, input=content.input or "(no input)")
    else:
        item = contents.dataset_item(project, source)
    metadata: dict[str, object] = {**item.metadata, LABELS: answers}
    if content.outputs:
        texts = {output.side: output.text for output in content.outputs}
        metadata[OUTPUT] = {side: texts[side] for side in sorted(texts)} if len(texts) > 1 else texts[""]
    changes: dict[str, object] = {"metadata": metadata}
    if reference is not None and reference in answers:
        changes["reference"] = answers[reference]
    return item.model_copy(update=changes)


def _export(pushed: Pushed, *, items: int, unsettled: int, gone: int) -> Export:
    version = pushed.version
    return Export(
        name=version.name,
        number=version.number,
        digest=version.digest,
        is_new=pushed.is_new,
        items=items,
        unsettled=unsettled,
        gone=gone,
    )
