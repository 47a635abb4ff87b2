"""Finding versions: by digest, number or label."""

import json
import re
from datetime import datetime
from typing import cast

from pydantic import BaseModel, JsonValue
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select

from windlass.artifacts.references import Kind, Selector, VersionReference
from windlass.artifacts.tables import labels, versions
from windlass.errors import NotFound
from windlass.storage.database import now


class VersionSummary(BaseModel):
    number: int
    digest: str
    created: datetime
    author: str
    message: str


class Version(VersionSummary):
    """One immutable content of an artifact."""

    kind: Kind
    name: str
    body: dict[str, JsonValue]
    labels: list[str]

    @property
    def reference(self) -> VersionReference:
        return VersionReference(kind=self.kind, name=self.name, digest=self.digest)


def resolve(tx: Connection, project: str, selector: Selector) -> Version:
    """Return the version that a selector names, by digest, number or label.

    Environments are looked up by `environments.resolve_release`, which knows them. Raises NotFound.
    """
    kind, name, what = selector
    if what.startswith("sha256:"):
        row = find(tx, project, kind, name, versions.c.digest == what)
    elif is_number(what):
        row = find(tx, project, kind, name, versions.c.number == int(what))
    else:
        digest = label_digest(tx, project, kind, name, what)
        row = None if digest is None else find(tx, project, kind, name, versions.c.digest == digest)
    if row is not None:
        return _version(tx, project, row)
    known = labels_of(tx, project, kind, name)
    if not known:
        raise unknown_artifact(tx, project, kind, name)
    newest = tx.scalar(
        select(func.max(versions.c.number)).where(
            versions.c.project == project, versions.c.kind == kind, versions.c.name == name
        )
    )
    raise NotFound(
        f"{kind}/{name} has no version or label {what!r}; its newest version is {newest}, and its labels are: "
        f"{', '.join(sorted(known))}."
    )


def is_number(what: str) -> bool:
    """Say whether a selector picks by number: up to nine digits, which both engines take as an integer."""
    return re.fullmatch(r"[0-9]{1,9}", what) is not None


def find_number(tx: Connection, project: str, reference: VersionReference) -> int:
    """Return the number of a version that is known to exist."""
    query = select(versions.c.number).where(
        is_artifact(project, reference.kind, reference.name), versions.c.digest == reference.digest
    )
    number: int = tx.execute(query).scalar_one()
    return number


def is_artifact(project: str, kind: Kind, name: str) -> ColumnElement[bool]:
    return and_(versions.c.project == project, versions.c.kind == kind, versions.c.name == name)


def find(
    tx: Connection, project: str, kind: Kind, name: str, condition: ColumnElement[bool]
) -> Row[tuple[object, ...]] | None:
    return tx.execute(select(versions).where(is_artifact(project, kind, name), condition)).one_or_none()


def _version(tx: Connection, project: str, row: Row[tuple[object, ...]]) -> Version:
    named = labels_of(tx, project, row.kind, row.name)
    return Version(
        **summary_of(row).model_dump(),
        kind=row.kind,
        name=row.name,
        body=cast(dict[str, JsonValue], json.loads(row.body)),
        labels=sorted(label for label, digest in named.items() if digest == row.digest),
    )


def summary_of(row: Row[tuple[object, ...]]) -> VersionSummary:
    return VersionSummary(
        number=row.number, digest=row.digest, created=row.created, author=row.author, message=row.message
    )


def labels_of(tx: Connection, project: str, kind: Kind, name: str) -> dict[str, str]:
    rows = tx.execute(
        select(labels.c.label, labels.c.digest).where(
            labels.c.project == project, labels.c.kind == kind, labels.c.name == name
        )
    )
    return {row.label: row.digest for row in rows}


def label_digest(tx: Connection, project: str, kind: Kind, name: str, label: str) -> str | None:
    query = select(labels.c.digest).where(
        labels.c.project == project, labels.c.kind == kind, labels.c.name == name, labels.c.label == label
    )
    return tx.execute(query).scalar_one_or_none()


def set_label(tx: Connection, project: str, kind: Kind, name: str, label: str, digest: str) -> None:
    key = {"project": project, "kind": kind, "name": name, "label": label}
    tx.execute(delete(labels).where(*(labels.c[column] == value for column, value in key.items())))
    tx.execute(insert(labels).values(**key, digest=digest, updated=now()))


def unknown_artifact(tx: Connection, project: str, kind: Kind, name: str) -> NotFound:
    names = tx.execute(
        select(versions.c.name).where(versions.c.project == project, versions.c.kind == kind).distinct().limit(10)
    ).scalars()
    there = ", ".join(sorted(names)) or "none yet; push one with `windlass push`"
    return NotFound(f"There is no {kind} {name!r} in the project {project!r}; there is: {there}.")
