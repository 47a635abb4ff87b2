"""Environments: which version of a release runs where, moved by compare-and-swap, kept with its history."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Connection, Row, Select, and_, func, insert, select

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.artifacts.references import Selector, VersionReference, check_name, parse_selector
from windlass.artifacts.registry import ANY
from windlass.artifacts.tables import deployments
from windlass.artifacts.versions import Version, find_number, is_number, resolve
from windlass.errors import Conflict, InputError, NotFound
from windlass.storage.database import Database, now, take_turns

ENVIRONMENTS = ("development", "staging", "production")
"""The environments that a project has from the start, in the order of a release's way."""


class Deployment(BaseModel):
    """A release version that runs in an environment."""

    release: str
    digest: str
    number: int
    since: datetime
    by: str
    reason: str
    verdict_id: str | None = None
    previous: str | None = None
    """The digest that a rollback would bring back; None when there is none."""


class Environment(BaseModel):
    name: str
    deployments: list[Deployment]


class PastPromotion(BaseModel):
    """A release that was let into an environment on the strength of a verdict."""

    environment: str
    release: str
    digest: str
    since: datetime
    by: str
    reason: str
    is_running: bool
    """Whether it is what runs there now."""


class Environments:
    """What runs where, in one database."""

    def __init__(self, database: Database, audit: AuditChain) -> None:
        self._database = database
        self._audit = audit

    def list_environments(self, project: str) -> list[Environment]:
        """Return the environments with what runs in them: the usual three, and any other that was used."""
        with self._database.read() as tx:
            found: dict[str, list[Deployment]] = {name: [] for name in ENVIRONMENTS}
            for row in tx.execute(_newest(project).order_by(deployments.c.release)):
                found.setdefault(row.environment, []).append(_deployment(tx, project, row))
        return [Environment(name=name, deployments=items) for name, items in found.items()]

    def promote(
        self,
        principal: Principal,
        environment: str,
        release: str,
        *,
        expected: object = ANY,
        reason: str = "",
        verdict_id: str | None = None,
    ) -> Deployment:
        """Let a release version run in an environment, if what runs there is still `expected`.

        `expected` is a digest, None for nothing, or ANY. Raises Conflict when somebody else was first, NotFound.
        """
        check_name(environment, "an environment")
        if environment.isdecimal():
            raise InputError(f"The environment {environment!r} would read as a version number; give it a letter.")
        selector = parse_selector(release, kind="release")
        with self._database.write() as tx:
            take_turns(tx, principal.project, "environment", environment, selector.name)
            version = resolve_release(tx, principal.project, selector)
            current = _current(tx, principal.project, environment, selector.name)
            if expected is not ANY and expected != (current.digest if current else None):
                raise _moved(environment, selector.name, current.digest if current else None)
            if current is not None and current.digest == version.digest:
                return _deployment(tx, principal.project, current)
            return self._deploy(
                tx, principal, environment, version, current, "environment:promote", reason, verdict_id, None
            )

    def promotions_on(self, project: str, verdict_id: str) -> list[PastPromotion]:
        """Return the promotions that name a verdict, newest first."""
        query = select(deployments).where(deployments.c.project == project, deployments.c.verdict_id == verdict_id)
        with self._database.read() as tx:
            rows = tx.execute(query.order_by(deployments.c.since.desc(), deployments.c.environment)).all()
            current = {(row.environment, row.release): row.digest for row in tx.execute(_newest(project))}
        return [
            PastPromotion(
                environment=row.environment,
                release=row.release,
                digest=row.digest,
                since=row.since,
                by=row.by,
                reason=row.reason,
                is_running=current.get((row.environment, row.release)) == row.digest,
            )
            for row in rows
        ]

    def rollback(
        self, principal: Principal, environment: str, name: str, *, expected: object = ANY, reason: str = ""
    ) -> Deployment:
        """Bring back what ran before the version that runs now, if that is still `expected` (a digest, or ANY).

        Raises Conflict when somebody else was first, NotFound when nothing ran before.
        """
        with self._database.write() as tx:
            take_turns(tx, principal.project, "environment", environment, name)
            current = _current(tx, principal.project, environment, name)
            if current is None:
                raise NotFound(
                    f"No version of release/{name} runs in {environment!r}; there is nothing to roll back."
                )
            if expected is not ANY and expected != current.digest:
                raise _moved(environment, name, current.digest)
            target = _before(tx, principal.project, current)
            if target is None:
                raise NotFound(
                    f"No other version of release/{name} ran in {environment!r} before: promote one instead."
                )
            version = resolve(tx, principal.project, Selector("release", name, target.digest))
            return self._deploy(
                tx,
                principal,
                environment,
                version,
                current,
                "environment:rollback",
                reason,
                None,
                target.restores or target.revision,
            )

    def resolve(self, project: str, selector: str | Selector) -> Version:
        """Return the release version that a selector names, an environment being one way to name it."""
        chosen = parse_selector(selector, kind="release") if isinstance(selector, str) else selector
        with self._database.read() as tx:
            return resolve_release(tx, project, chosen)

    def _deploy(
        self,
        tx: Connection,
        principal: Principal,
        environment: str,
        version: Version,
        current: Row[tuple[object, ...]] | None,
        action: str,
        reason: str,
        verdict_id: str | None,
        restores: int | None,
    ) -> Deployment:
        values = {
            "project": principal.project,
            "environment": environment,
            "release": version.name,
            "revision": current.revision + 1 if current else 1,
            "digest": version.digest,
            "since": now(),
            "by": principal.id,
            "reason": reason,
            "verdict_id": verdict_id,
            "restores": restores,
        }
        tx.execute(insert(deployments).values(values))
        self._audit.append(
            tx,
            principal,
            action,
            f"environment/{environment}/{version.name}",
            before=current.digest if current else None,
            after=version.digest,
            reason=reason,
            details={"verdict": verdict_id} if verdict_id else {},
        )
        row = _current(tx, principal.project, environment, version.name)
        assert row is not None
        return _deployment(tx, principal.project, row)


def resolve_release(tx: Connection, project: str, selector: Selector) -> Version:
    """Return a release version by digest, number, environment or label. Raises NotFound."""
    if not selector.what.startswith("sha256:") and not is_number(selector.what):
        current = _current(tx, project, selector.what, selector.name)
        if current is not None:
            return resolve(tx, project, Selector("release", selector.name, current.digest))
        if selector.what in ENVIRONMENTS:
            raise NotFound(
                f"No version of release/{selector.name} runs in {selector.what!r}; "
                f"promote one with `windlass promote {selector.name}@latest --to {selector.what}`."
            )
    return resolve(tx, project, selector)


def _newest(project: str) -> Select[tuple[object, ...]]:
    newest = (
        select(
            deployments.c.environment, deployments.c.release, func.max(deployments.c.revision).label("revision")
        )
        .where(deployments.c.project == project)
        .group_by(deployments.c.environment, deployments.c.release)
        .subquery()
    )
    same = and_(
        deployments.c.project == project,
        deployments.c.environment == newest.c.environment,
        deployments.c.release == newest.c.release,
        deployments.c.revision == newest.c.revision,
    )
    return select(deployments).join(newest, same)


def _current(tx: Connection, project: str, environment: str, release: str) -> Row[tuple[object, ...]] | None:
    query = _newest(project).where(deployments.c.environment == environment, deployments.c.release == release)
    return tx.execute(query).one_or_none()


def _before(tx: Connection, project: str, current: Row[tuple[object, ...]]) -> Row[tuple[object, ...]] | None:
    """Return the newest row before what runs now that ran another version.

    A row that a rollback wrote stands for the revision it restored, so that rolling back twice goes back twice.
    """
    query = select(deployments).where(
        deployments.c.project == project,
        deployments.c.environment == current.environment,
        deployments.c.release == current.release,
        deployments.c.revision < (current.restores or current.revision),
        deployments.c.digest != current.digest,
    )
    return tx.execute(query.order_by(deployments.c.revision.desc()).limit(1)).one_or_none()


def _deployment(tx: Connection, project: str, row: Row[tuple[object, ...]]) -> Deployment:
    before = _before(tx, project, row)
    reference = VersionReference(kind="release", name=row.release, digest=row.digest)
    return Deployment(
        release=row.release,
        digest=row.digest,
        number=find_number(tx, project, reference),
        since=row.since,
        by=row.by,
        reason=row.reason,
        verdict_id=row.verdict_id,
        previous=before.digest if before else None,
    )


def _moved(environment: str, release: str, current: str | None) -> Conflict:
    return Conflict(
        f"release/{release} in {environment!r} runs {current or 'nothing'} by now: somebody else was first. "
        "Look at it again, then decide."
    )
