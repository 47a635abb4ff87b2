"""Retrieval indexes: building and searching."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.retrieval.documents import Document
from windlass.retrieval.index import Hit, IndexSettings
from windlass.retrieval.indexes import BuildProgress
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items
from windlass.server.routes.artifacts import VersionDetail, detail_of

router = APIRouter(prefix="/indexes", tags=["indexes"])

Reader = Annotated[Principal, Depends(allowed("artifact:read"))]
Writer = Annotated[Principal, Depends(allowed("artifact:write"))]


class IndexRequest(BaseModel):
    documents: list[Document]
    settings: IndexSettings = IndexSettings()
    message: str = ""


@router.post("/{name}", status_code=201)
def build_index(
    name: str, body: IndexRequest, response: Response, principal: Writer, services: ServicesOf
) -> VersionDetail:
    """Build a version: 201, or 200 when one of the same documents and settings was there already."""
    pushed = services.indexes.build(principal, name, body.documents, body.settings, message=body.message)
    response.status_code = 201 if pushed.is_new else 200
    return detail_of(services, principal, pushed.version, is_new=pushed.is_new)


@router.get("/{name}/progress")
def get_build_progress(name: str, principal: Reader, services: ServicesOf) -> BuildProgress:
    """Say how far the build of an index is; zeros when none is under way."""
    return services.indexes.progress(principal.project, name)


@router.get("/{name}/search")
def search_index(
    name: str,
    principal: Reader,
    services: ServicesOf,
    q: Annotated[str, Query(min_length=1, max_length=2000)],
    what: Annotated[str, Query(alias="ref")] = "latest",
    k: Annotated[int, Query(ge=1, le=100)] = 5,
    mode: Literal["hybrid", "vector", "text"] = "hybrid",
) -> Items[Hit]:
    """Return the best passages for a query, best first."""
    index = services.indexes.open(principal.project, f"index/{name}@{what}")
    return Items(items=list(index.search(q, k=k, mode=mode)))
