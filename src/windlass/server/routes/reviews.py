"""Review queues: made and filled by editors, labelled by reviewers, decided where labels differ."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from windlass.access.principals import Principal
from windlass.errors import NotFound
from windlass.evaluation.reviews.adding import Added, DatasetSelection, RunSelection, TraceSelection
from windlass.evaluation.reviews.changing import delete_queue, save_queue
from windlass.evaluation.reviews.contents import ShownItem
from windlass.evaluation.reviews.exporting import Export
from windlass.evaluation.reviews.items import ItemState, ReviewItem
from windlass.evaluation.reviews.questions import Answers
from windlass.evaluation.reviews.queues import Queue, QueueContent, QueueSummary, get_queue, list_queues
from windlass.evaluation.reviews.report import Agreement
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Items, Limit, Page, cursor_number
from windlass.server.routes.media import FILE_RESPONSES, file_answer

router = APIRouter(prefix="/review-queues", tags=["review queues"])

Reader = Annotated[Principal, Depends(allowed("review:read"))]
Reviewer = Annotated[Principal, Depends(allowed("review:label"))]
Manager = Annotated[Principal, Depends(allowed("review:manage"))]
Exporter = Annotated[Principal, Depends(allowed("artifact:write"))]


class QueueRequest(QueueContent):
    expected: int | None = None
    """The revision that was read, 0 for a new queue; left out: any. 409 when another is there."""


class ItemsRequest(BaseModel):
    """One of: samples of a run, traces, items of a dataset."""

    model_config = ConfigDict(extra="forbid")

    run: RunSelection | None = None
    traces: TraceSelection | None = None
    dataset: DatasetSelection | None = None

    @model_validator(mode="after")
    def _one(self) -> "ItemsRequest":
        if sum(each is not None for each in (self.run, self.traces, self.dataset)) != 1:
            raise ValueError("say which items to add: one of run, traces and dataset")
        return self

    @property
    def selection(self) -> RunSelection | TraceSelection | DatasetSelection:
        chosen = self.run or self.traces or self.dataset
        assert chosen is not None
        return chosen


class LabelRequest(BaseModel):
    answers: Answers
    """By the name of the question."""
    comment: Annotated[str, Field(max_length=20_000)] = ""


class Given(BaseModel):
    item: ShownItem | None
    """Null when there is none now."""


class ExportRequest(BaseModel):
    dataset: str
    reference: str | None = None
    """The question whose answer becomes the reference of the items."""


@router.get("")
def list_review_queues(principal: Reader, services: ServicesOf) -> Items[QueueSummary]:
    """List the queues and how far each is, newest first."""
    return Items(items=list_queues(services.database, principal.project))


@router.get("/{name}")
def get_review_queue(name: str, principal: Reader, services: ServicesOf) -> QueueSummary:
    """Return a queue and how far it is."""
    return get_queue(services.database, principal.project, name)


@router.put("/{name}")
def save_review_queue(name: str, body: QueueRequest, principal: Manager, services: ServicesOf) -> Queue:
    """Make a queue, or change one; questions that were answered do not change any more."""
    content = QueueContent(**{field: getattr(body, field) for field in QueueContent.model_fields})
    return save_queue(services.database, services.audit, principal, name, content, expected=body.expected)


@router.delete("/{name}", status_code=204)
def delete_review_queue(name: str, principal: Manager, services: ServicesOf) -> None:
    """Remove a queue with its items and labels; scores and datasets made of it stay."""
    delete_queue(services.database, services.audit, principal, name)


@router.get("/{name}/agreement")
def get_review_agreement(name: str, principal: Reader, services: ServicesOf) -> Agreement:
    """Return how far the reviewers agree, question by question, and how much each has done."""
    return services.reviews.agreement(principal, name)


@router.post("/{name}/items")
def add_review_items(name: str, body: ItemsRequest, principal: Manager, services: ServicesOf) -> Added:
    """Add samples of a run, traces, or items of a dataset; what stands in the queue is not added again."""
    return services.reviews.add(principal, name, body.selection)


@router.get("/{name}/items")
def list_review_items(
    name: str,
    principal: Reader,
    services: ServicesOf,
    state: ItemState | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ReviewItem]:
    """List the items in their order, with the labels that the caller may see."""
    page = services.reviews.items(principal, name, state=state, limit=limit, after=cursor_number(cursor))
    return Page(items=page.items, next=page.next)


@router.get("/{name}/items/{item}")
def get_review_item(name: str, item: str, principal: Reader, services: ServicesOf) -> ShownItem:
    """Return an item with what there is to review."""
    return services.reviews.item(principal, name, item)


@router.get("/{name}/items/{item}/media/{digest}", response_class=Response, responses=FILE_RESPONSES)
def get_review_media(
    name: str,
    item: str,
    digest: str,
    principal: Reader,
    services: ServicesOf,
    wanted: Annotated[str | None, Header(alias="range", description="The part that is asked for.")] = None,
) -> Response:
    """Return a picture or a clip of an item, for reviewers, who see no other file of the project."""
    content = services.reviews.item(principal, name, item).content
    if content is None or digest not in content.digests():
        raise NotFound(f"The item {item!r} shows no file {digest}.")
    return file_answer(services.media.get(principal.project, digest), digest, wanted)


@router.post("/{name}/next")
def take_next_review_item(name: str, principal: Reviewer, services: ServicesOf) -> Given:
    """Give the caller the next item that needs their label, and keep it for them for a while."""
    return Given(item=services.reviews.next(principal, name))


@router.put("/{name}/items/{item}/label")
def label_review_item(
    name: str, item: str, body: LabelRequest, principal: Reviewer, services: ServicesOf
) -> ReviewItem:
    """Give the caller's label, in the place of the one that they gave before."""
    return services.reviews.label(principal, name, item, body.answers, comment=body.comment)


@router.post("/{name}/items/{item}/skip", status_code=204)
def skip_review_item(name: str, item: str, principal: Reviewer, services: ServicesOf) -> None:
    """Leave an item to others."""
    services.reviews.skip(principal, name, item)


@router.post("/{name}/undo")
def undo_review_label(name: str, principal: Reviewer, services: ServicesOf) -> Given:
    """Take back the caller's latest label or skip, and give them that item again."""
    return Given(item=services.reviews.undo(principal, name))


@router.post("/{name}/next-dispute")
def take_next_dispute(
    name: str,
    principal: Manager,
    services: ServicesOf,
    after: Annotated[int | None, Query(description="The position of an item to go on from.")] = None,
) -> Given:
    """Give an item whose labels differ, with all of them."""
    return Given(item=services.reviews.next_dispute(principal, name, after=after))


@router.put("/{name}/items/{item}/decision")
def decide_review_item(
    name: str, item: str, body: LabelRequest, principal: Manager, services: ServicesOf
) -> ReviewItem:
    """Decide an item whose labels differ: the answers are its reference."""
    return services.reviews.decide(principal, name, item, body.answers, comment=body.comment)


@router.post("/{name}/export", status_code=201)
def export_review_queue(name: str, body: ExportRequest, principal: Exporter, services: ServicesOf) -> Export:
    """Push the settled items, with what people decided, as a version of a dataset."""
    return services.reviews.export(principal, name, dataset=body.dataset, reference=body.reference)
