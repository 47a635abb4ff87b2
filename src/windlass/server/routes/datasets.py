"""Datasets: pushing items, as JSON or as a file, and taking them away as a file."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.evaluation.datasets import items_of
from windlass.server.caller import ServicesOf, allowed
from windlass.server.routes.artifacts import VersionDetail, detail_of

router = APIRouter(prefix="/datasets", tags=["datasets"])

Reader = Annotated[Principal, Depends(allowed("artifact:read"))]
Writer = Annotated[Principal, Depends(allowed("artifact:write"))]


class DatasetRequest(BaseModel):
    items: list[dict[str, object]]
    description: str = ""
    message: str = ""


@router.post("/{name}", status_code=201)
def push_dataset(
    name: str, body: DatasetRequest, response: Response, principal: Writer, services: ServicesOf
) -> VersionDetail:
    """Add a version: 201, or 200 when one of the same items was there already."""
    items = items_of(body.items, f"dataset/{name}")
    pushed = services.datasets.push(principal, name, items, description=body.description, message=body.message)
    response.status_code = 201 if pushed.is_new else 200
    return detail_of(services, principal, pushed.version, is_new=pushed.is_new)
