"""Lineage: which versions a version is made of, and which it is part of."""

from collections.abc import Mapping

from pydantic import BaseModel
from sqlalchemy import Connection, and_, insert, select

from windlass.artifacts.references import Kind, VersionReference
from windlass.artifacts.tables import version_references as links
from windlass.artifacts.tables import versions


class VersionLink(BaseModel):
    """One step of lineage: the version at the other end, and the role that the part plays in the whole."""

    role: str
    kind: Kind
    name: str
    number: int
    digest: str


def record(tx: Connection, project: str, whole: VersionReference, parts: Mapping[str, VersionReference]) -> None:
    """Keep what a new version is made of."""
    for role, part in parts.items():
        tx.execute(
            insert(links).values(
                project=project,
                from_kind=whole.kind,
                from_name=whole.name,
                from_digest=whole.digest,
                role=role,
                to_kind=part.kind,
                to_name=part.name,
                to_digest=part.digest,
            )
        )


def references(tx: Connection, project: str, whole: VersionReference) -> list[VersionLink]:
    """Return the parts of a version, by role."""
    part = and_(
        versions.c.project == links.c.project,
        versions.c.kind == links.c.to_kind,
        versions.c.name == links.c.to_name,
        versions.c.digest == links.c.to_digest,
    )
    query = (
        select(links.c.role, versions)
        .join(versions, part)
        .where(
            links.c.project == project,
            links.c.from_kind == whole.kind,
            links.c.from_name == whole.name,
            links.c.from_digest == whole.digest,
        )
    )
    return [VersionLink.model_validate(row._mapping) for row in tx.execute(query.order_by(links.c.role))]


def referenced_by(tx: Connection, project: str, part: VersionReference) -> list[VersionLink]:
    """Return the versions that a version is part of, newest first."""
    whole = and_(
        versions.c.project == links.c.project,
        versions.c.kind == links.c.from_kind,
        versions.c.name == links.c.from_name,
        versions.c.digest == links.c.from_digest,
    )
    query = (
        select(links.c.role, versions)
        .join(versions, whole)
        .where(
            links.c.project == project,
            links.c.to_kind == part.kind,
            links.c.to_name == part.name,
            links.c.to_digest == part.digest,
        )
    )
    return [
        VersionLink.model_validate(row._mapping) for row in tx.execute(query.order_by(versions.c.created.desc()))
    ]
