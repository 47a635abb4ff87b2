"""Artifacts: versions, labels, lineage, differences."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from windlass.access.principals import Principal
from windlass.artifacts.differences import Change, changes_between
from windlass.artifacts.lineage import VersionLink
from windlass.artifacts.references import Kind, Selector
from windlass.artifacts.registry import ANY, Artifact, ArtifactSummary, LabelMove
from windlass.artifacts.versions import Version
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items
from windlass.server.services import Services

router = APIRouter(prefix="/artifacts", tags=["artifacts"])

Reader = Annotated[Principal, Depends(allowed("artifact:read"))]
Writer = Annotated[Principal, Depends(allowed("artifact:write"))]
Mover = Annotated[Principal, Depends(allowed("label:move"))]


class VersionDetail(Version):
    """A version with its lineage, one step each way."""

    references: list[VersionLink]
    referenced_by: list[VersionLink]
    is_new: bool = False
    """In the answer to a push: whether there was no version of this content before."""


class PushRequest(BaseModel):
    body: dict[str, JsonValue]
    message: str = ""


class LabelRequest(BaseModel):
    to: str
    """A number, digest or label of the version that the label shall name."""
    expected: str | None = None
    """The digest that the label must still name, null for a label that must not exist yet; left out: any."""
    reason: str = ""


class Difference(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)

    from_: Annotated[VersionDetail, Field(alias="from")]
    to: VersionDetail
    changes: list[Change]


@router.get("")
def list_artifacts(principal: Reader, services: ServicesOf, kind: Kind | None = None) -> Items[ArtifactSummary]:
    """List artifacts by kind and name."""
    return Items(items=services.registry.list_artifacts(principal.project, kind))


@router.get("/{kind}/{name}")
def get_artifact(kind: Kind, name: str, principal: Reader, services: ServicesOf) -> Artifact:
    """Return an artifact with all its versions, newest first."""
    return services.registry.history(principal.project, kind, name)


@router.post("/{kind}/{name}", status_code=201)
def push_version(
    kind: Kind, name: str, body: PushRequest, response: Response, principal: Writer, services: ServicesOf
) -> VersionDetail:
    """Add a version: 201, or 200 when the same content was there already."""
    pushed = services.registry.push(principal, kind, name, body.body, message=body.message)
    response.status_code = 201 if pushed.is_new else 200
    return detail_of(services, principal, pushed.version, is_new=pushed.is_new)


@router.get("/{kind}/{name}/versions/{ref}")
def get_version(kind: Kind, name: str, ref: str, principal: Reader, services: ServicesOf) -> VersionDetail:
    """Return a version by number, digest, label or (a release) environment, with its lineage."""
    return detail_of(services, principal, _find(services, principal, kind, name, ref))


@router.get("/{kind}/{name}/diff")
def diff_versions(
    kind: Kind,
    name: str,
    principal: Reader,
    services: ServicesOf,
    before: Annotated[str, Query(alias="from")],
    after: Annotated[str, Query(alias="to")],
) -> Difference:
    """Return what changed from one version to another, a release's parts expanded."""
    left = _find(services, principal, kind, name, before)
    right = _find(services, principal, kind, name, after)
    return Difference.model_validate(
        {
            "from": detail_of(services, principal, left),
            "to": detail_of(services, principal, right),
            "changes": changes_between(services.registry, principal.project, left, right),
        }
    )


@router.put("/{kind}/{name}/labels/{label}")
def move_label(
    kind: Kind, name: str, label: str, body: LabelRequest, principal: Mover, services: ServicesOf
) -> LabelMove:
    """Let a label name another version, by compare-and-swap."""
    expected = body.expected if "expected" in body.model_fields_set else ANY
    return services.registry.move_label(
        principal, kind, name, label, body.to, expected=expected, reason=body.reason
    )


def detail_of(
    services: Services, principal: Principal, version: Version, *, is_new: bool = False
) -> VersionDetail:
    return VersionDetail(
        is_new=is_new,
        **version.model_dump(),
        references=services.registry.references(principal.project, version),
        referenced_by=services.registry.referenced_by(principal.project, version),
    )


def _find(services: Services, principal: Principal, kind: Kind, name: str, what: str) -> Version:
    selector = Selector(kind, name, what)
    if kind == "release":
        return services.environments.resolve(principal.project, selector)
    return services.registry.get(principal.project, selector)
