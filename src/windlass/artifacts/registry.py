"""The one registry: versions by digest, labels by compare-and-swap, lineage both ways."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Connection, and_, func, insert, select

from windlass.access.audit import AuditChain
from windlass.access.permissions import require
from windlass.access.principals import Principal
from windlass.artifacts import lineage
from windlass.artifacts.kinds import RELEASE_PARTS, Evaluator, references_of, validate_body
from windlass.artifacts.references import Kind, Selector, VersionReference, check_name, parse_selector
from windlass.artifacts.tables import versions
from windlass.artifacts.versions import (
    Version,
    VersionSummary,
    find,
    is_artifact,
    label_digest,
    labels_of,
    resolve,
    set_label,
    summary_of,
    unknown_artifact,
)
from windlass.canonical import canonical_json, digest_bytes
from windlass.errors import Conflict, InputError, NotFound
from windlass.storage.database import Database, now, take_turns

LATEST = "latest"
"""The label of the version pushed last; nobody moves it by hand."""

ANY = object()
"""For `expected`: whatever the label names now."""


class Pushed(BaseModel):
    version: Version
    is_new: bool
    """False when the same content was there already: nothing was written."""


class ArtifactSummary(BaseModel):
    kind: Kind
    name: str
    latest: VersionSummary
    versions: int
    labels: dict[str, str]
    created: datetime
    updated: datetime


class Artifact(BaseModel):
    kind: Kind
    name: str
    labels: dict[str, str]
    versions: list[VersionSummary]


class LabelMove(BaseModel):
    label: str
    digest: str


class Registry:
    """Versions, labels and lineage in one database, each change audited in its own transaction."""

    def __init__(self, database: Database, audit: AuditChain) -> None:
        self._database = database
        self._audit = audit

    def push(
        self,
        principal: Principal,
        kind: Kind,
        name: str,
        body: object,
        *,
        message: str = "",
        expected: object = ANY,
    ) -> Pushed:
        """Add a version, or find the one that has this content, and let `latest` name it.

        Selectors in the body's places for references (`prompt/answer@latest`) are resolved first. Raises
        InputError for a body that its kind does not allow, Denied for code by who may not push any, NotFound for a
        reference to nothing, and Conflict where `latest` names neither this content nor what is `expected` (a
        digest, None, or ANY): somebody was first.
        """
        check_name(name, f"a {kind}")
        with self._database.write() as tx:
            take_turns(tx, principal.project, kind, name)
            typed = validate_body(kind, self._with_resolved_references(tx, principal.project, kind, body))
            if isinstance(typed, Evaluator) and typed.source is not None:
                require(principal, "code:write")
            # Without what is None: a field that a later windlass adds does not change the digest of old content.
            content = canonical_json(typed.model_dump(mode="json", exclude_none=True))
            digest = digest_bytes(content)
            before = label_digest(tx, principal.project, kind, name, LATEST)
            if expected is not ANY and before not in (expected, digest):
                raise _overtaken(tx, principal.project, kind, name)
            found = find(tx, principal.project, kind, name, versions.c.digest == digest)
            if found is None:
                self._add(tx, principal, kind, name, content, digest, typed, message)
            if before != digest:
                set_label(tx, principal.project, kind, name, LATEST, digest)
            if found is None or before != digest:
                self._audit.append(
                    tx, principal, "version:push", f"{kind}/{name}", before=before, after=digest, reason=message
                )
            return Pushed(
                version=resolve(tx, principal.project, Selector(kind, name, digest)), is_new=found is None
            )

    def get(self, project: str, selector: str | Selector, *, kind: Kind | None = None) -> Version:
        """Return the version that a selector names. Raises NotFound with what there is instead."""
        chosen = parse_selector(selector, kind=kind) if isinstance(selector, str) else selector
        with self._database.read() as tx:
            return resolve(tx, project, chosen)

    def list_artifacts(self, project: str, kind: Kind | None = None) -> list[ArtifactSummary]:
        """Return every artifact of a project, by kind and name."""
        newest = (
            select(
                versions.c.kind,
                versions.c.name,
                func.max(versions.c.number).label("number"),
                func.count().label("versions"),
                func.min(versions.c.created).label("first_created"),
            )
            .where(versions.c.project == project)
            .group_by(versions.c.kind, versions.c.name)
            .subquery()
        )
        same = and_(
            versions.c.project == project,
            versions.c.kind == newest.c.kind,
            versions.c.name == newest.c.name,
            versions.c.number == newest.c.number,
        )
        query = select(versions, newest.c.versions, newest.c.first_created).join(newest, same)
        if kind is not None:
            query = query.where(versions.c.kind == kind)
        with self._database.read() as tx:
            rows = tx.execute(query.order_by(versions.c.kind, versions.c.name)).all()
            return [
                ArtifactSummary(
                    kind=row.kind,
                    name=row.name,
                    latest=summary_of(row),
                    versions=row.versions,
                    labels=labels_of(tx, project, row.kind, row.name),
                    created=row.first_created,
                    updated=row.created,
                )
                for row in rows
            ]

    def history(self, project: str, kind: Kind, name: str) -> Artifact:
        """Return an artifact with all its versions, newest first. Raises NotFound."""
        with self._database.read() as tx:
            rows = tx.execute(
                select(versions).where(is_artifact(project, kind, name)).order_by(versions.c.number.desc())
            ).all()
            if not rows:
                raise unknown_artifact(tx, project, kind, name)
            return Artifact(
                kind=kind,
                name=name,
                labels=labels_of(tx, project, kind, name),
                versions=[summary_of(row) for row in rows],
            )

    def move_label(
        self,
        principal: Principal,
        kind: Kind,
        name: str,
        label: str,
        to: str,
        *,
        expected: object = ANY,
        reason: str = "",
    ) -> LabelMove:
        """Let a label name another version, if it still names `expected` (a digest, None, or ANY).

        Raises Conflict when somebody else moved it first, InputError for `latest`, NotFound.
        """
        check_name(label, "a label")
        if label == LATEST:
            raise InputError("The label 'latest' names what was pushed last; choose another label.")
        if label.isdecimal():
            raise InputError(f"The label {label!r} would read as a version number; choose one with a letter.")
        with self._database.write() as tx:
            take_turns(tx, principal.project, kind, name)
            target = resolve(tx, principal.project, Selector(kind, name, to))
            before = label_digest(tx, principal.project, kind, name, label)
            if expected is not ANY and expected != before:
                raise Conflict(
                    f"The label {label!r} of {kind}/{name} names {before or 'nothing'} and not "
                    f"{expected or 'nothing'} any more: somebody moved it. Look at it again, then decide."
                )
            if before != target.digest:
                set_label(tx, principal.project, kind, name, label, target.digest)
                self._audit.append(
                    tx,
                    principal,
                    "label:move",
                    f"{kind}/{name}@{label}",
                    before=before,
                    after=target.digest,
                    reason=reason,
                )
            return LabelMove(label=label, digest=target.digest)

    def references(self, project: str, version: Version) -> list[lineage.VersionLink]:
        """Return what a version is made of."""
        with self._database.read() as tx:
            return lineage.references(tx, project, version.reference)

    def referenced_by(self, project: str, version: Version) -> list[lineage.VersionLink]:
        """Return what a version is part of."""
        with self._database.read() as tx:
            return lineage.referenced_by(tx, project, version.reference)

    def _add(
        self,
        tx: Connection,
        principal: Principal,
        kind: Kind,
        name: str,
        content: bytes,
        digest: str,
        body: BaseModel,
        message: str,
    ) -> None:
        references = dict(references_of(body))
        for role, reference in references.items():
            if (
                find(tx, principal.project, reference.kind, reference.name, versions.c.digest == reference.digest)
                is None
            ):
                raise NotFound(
                    f"{kind}/{name} refers as {role!r} to {reference}, which is not here; push it first."
                )
        newest = tx.execute(
            select(func.max(versions.c.number)).where(is_artifact(principal.project, kind, name))
        ).scalar_one()
        tx.execute(
            insert(versions).values(
                project=principal.project,
                kind=kind,
                name=name,
                number=(newest or 0) + 1,
                digest=digest,
                body=content.decode(),
                message=message,
                author=principal.id,
                created=now(),
            )
        )
        lineage.record(tx, principal.project, VersionReference(kind=kind, name=name, digest=digest), references)

    def _with_resolved_references(self, tx: Connection, project: str, kind: Kind, body: object) -> object:
        """Replace selectors such as ``prompt/answer@latest`` where a release refers to versions."""
        if kind != "release" or not isinstance(body, dict):
            return body
        resolved = dict(body)
        for field, part in RELEASE_PARTS.items():
            if field not in body:
                continue
            value = body[field]
            if field == "cascade":
                resolved[field] = self._cascade(tx, project, value)
            elif isinstance(value, dict) and field == "prompts":
                resolved[field] = {key: self._reference(tx, project, part, item) for key, item in value.items()}
            elif isinstance(value, list) and field == "tools":
                resolved[field] = [self._reference(tx, project, part, item) for item in value]
            else:
                resolved[field] = self._reference(tx, project, part, value)
        return resolved

    def _cascade(self, tx: Connection, project: str, value: object) -> object:
        if not isinstance(value, dict) or not isinstance(value.get("steps"), list):
            return value
        steps = [
            {**step, "release": self._reference(tx, project, "release", step["release"])}
            if isinstance(step, dict) and "release" in step
            else step
            for step in value["steps"]
        ]
        return {**value, "steps": steps}

    def _reference(self, tx: Connection, project: str, kind: Kind, value: object) -> object:
        if not isinstance(value, str):
            return value
        return resolve(tx, project, parse_selector(value, kind=kind)).reference.model_dump()


def _overtaken(tx: Connection, project: str, kind: Kind, name: str) -> Conflict:
    """Return the error that says who was first."""
    newest = resolve(tx, project, Selector(kind, name, LATEST))
    why = f" ({newest.message})" if newest.message else ""
    return Conflict(
        f"{kind}/{name} is at version {newest.number} by now, of {newest.author}{why}, and not at the one that "
        "this change begins with: look at what changed, and make the change again on that version."
    )
