"""Items of datasets: searching, adding and editing them, and what changed between versions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from windlass.access.principals import Principal
from windlass.artifacts.kinds import Dataset
from windlass.artifacts.references import Selector
from windlass.artifacts.versions import Version, VersionSummary
from windlass.errors import InputError
from windlass.evaluation.approvals import MadeBy
from windlass.evaluation.dataset_versions import DatasetSummary
from windlass.evaluation.datasets import items_of
from windlass.evaluation.duplicate_reports import DuplicateReport
from windlass.evaluation.duplicates import SIMILAR
from windlass.evaluation.item_differences import ChangeKind, ItemChanges
from windlass.evaluation.item_pages import ItemPage, ItemSearch, page_of_items
from windlass.evaluation.samples import Item
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Items, Limit, cursor_number
from windlass.server.routes.artifacts import VersionDetail, detail_of

router = APIRouter(prefix="/datasets", tags=["datasets"])

Reader = Annotated[Principal, Depends(allowed("artifact:read"))]
Writer = Annotated[Principal, Depends(allowed("artifact:write"))]
Ref = Annotated[str, Query(alias="ref", description="A version: its number, digest or label.")]


class DatasetVersion(BaseModel):
    """What one version holds."""

    name: str
    description: str
    version: VersionSummary
    count: int
    size_bytes: int
    fields: list[str]
    """What every item has, of input, reference, metadata and split."""
    splits: dict[str, int]
    """Items by split; those in none under the empty name."""


class EditRequest(BaseModel):
    base: str
    """The digest of the version that the edits begin with; it must be the newest."""
    put: list[dict[str, object]] = Field(default=[], max_length=10_000)
    """Items: each takes the place of the one with its id, or comes last."""
    remove: list[str] = Field(default=[], max_length=100_000)
    """Ids."""
    message: str = ""


class AddRequest(BaseModel):
    items: list[dict[str, object]]
    message: str = ""


class AddAnswer(BaseModel):
    version: VersionDetail
    added: int
    already: int
    """Items that were there, and are there once."""


class ItemDifference(ItemChanges):
    model_config = ConfigDict(serialize_by_alias=True)

    from_: Annotated[VersionSummary, Field(alias="from")]
    to: VersionSummary


@router.get("")
def list_datasets(principal: Reader, services: ServicesOf) -> Items[DatasetSummary]:
    """List datasets by name."""
    return Items(items=services.datasets.list_summaries(principal.project))


@router.get("/{name}")
def get_dataset(name: str, principal: Reader, services: ServicesOf, what: Ref = "latest") -> DatasetVersion:
    """Return what a version holds: its items counted by split."""
    version, lines = services.datasets.lines(principal.project, Selector("dataset", name, what))
    body = Dataset.model_validate(version.body)
    return DatasetVersion(
        name=version.name,
        description=body.description,
        version=_summary(version),
        count=body.count,
        size_bytes=lines.size_bytes,
        fields=body.fields,
        splits=dict(lines.splits),
    )


@router.get("/{name}/items")
def list_items(
    name: str,
    principal: Reader,
    services: ServicesOf,
    what: Ref = "latest",
    q: Annotated[
        str,
        Query(description='Words that are all in an item, in any place and case; "several words" as they stand.'),
    ] = "",
    split: Annotated[str | None, Query(description="Only of this split; empty: of none.")] = None,
    made: Annotated[
        MadeBy | None, Query(description="Only those that a model made: all of them, approved, or not approved.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ItemPage:
    """List a version's items in their order, all or those that a search means."""
    version, lines = services.datasets.lines(principal.project, Selector("dataset", name, what))
    exact = f"dataset/{name}@{version.digest}"
    test = None if made is None else services.approvals.search(principal.project, exact, made)
    return page_of_items(lines, ItemSearch(q, split, test), limit=limit, start=cursor_number(cursor) or 0)


@router.get("/{name}/items/{item_id:path}")
def get_item(name: str, item_id: str, principal: Reader, services: ServicesOf, what: Ref = "latest") -> Item:
    """Return one item of a version."""
    _, lines = services.datasets.lines(principal.project, Selector("dataset", name, what))
    return lines.find(item_id)


@router.post("/{name}/items", status_code=201)
def add_items(
    name: str, body: AddRequest, response: Response, principal: Writer, services: ServicesOf
) -> AddAnswer:
    """Add items to the newest version, or to a new dataset: 201, or 200 when all were there already."""
    added = services.datasets.add(principal, name, items_of(body.items, f"dataset/{name}"), message=body.message)
    response.status_code = 201 if added.added else 200
    return AddAnswer(
        version=detail_of(services, principal, added.pushed.version, is_new=added.pushed.is_new),
        added=added.added,
        already=added.already,
    )


@router.post("/{name}/edits", status_code=201)
def edit_items(name: str, body: EditRequest, principal: Writer, services: ServicesOf) -> VersionDetail:
    """Add a version that edits the newest one; 409 when somebody added another meanwhile."""
    if not body.base.startswith("sha256:"):
        raise InputError(f"`base` is the digest of the version that the edits begin with, not {body.base!r}.")
    put = items_of(body.put, f"dataset/{name}") if body.put else []
    pushed = services.datasets.edit(principal, name, body.base, put=put, remove=body.remove, message=body.message)
    return detail_of(services, principal, pushed.version, is_new=pushed.is_new)


@router.get("/{name}/duplicates")
def find_duplicates_of_dataset(
    name: str,
    principal: Reader,
    services: ServicesOf,
    what: Ref = "latest",
    similar: Annotated[
        float, Query(description="From which similarity on two inputs are nearly the same, 0.7 to 1.")
    ] = SIMILAR,
) -> DuplicateReport:
    """Find the items of a version that ask the same or nearly the same, those in different splits first."""
    return services.datasets.duplicates(principal.project, Selector("dataset", name, what), similar=similar)


@router.get("/{name}/changes")
def list_changes(
    name: str,
    principal: Reader,
    services: ServicesOf,
    before: Annotated[str, Query(alias="from", description="The earlier version: its number, digest or label.")],
    after: Annotated[str, Query(alias="to", description="The later one.")],
    kind: ChangeKind | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ItemDifference:
    """List the items that differ between two versions, with the fields that do."""
    old, new, differences = services.datasets.differences(principal.project, name, before, after)
    page = differences.page(kind=kind, limit=limit, start=cursor_number(cursor) or 0)
    return ItemDifference.model_validate({**dict(page), "from": _summary(old), "to": _summary(new)})


def _summary(version: Version) -> VersionSummary:
    return VersionSummary(**version.model_dump(include=set(VersionSummary.model_fields)))
