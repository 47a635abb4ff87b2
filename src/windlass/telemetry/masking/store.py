"""The masking rules of each project: kept by revision, audited, compiled once, and counted."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from pydantic import BaseModel
from sqlalchemy import Connection, Row, func, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import canonical_json, digest_bytes
from windlass.errors import Conflict, WindlassError
from windlass.storage.database import Database, now, take_turns
from windlass.telemetry.masking.masker import Masker
from windlass.telemetry.masking.rules import MaskingRules
from windlass.telemetry.tables import masking_counts, masking_rules

_log = logging.getLogger(__name__)

_AGE_S: Final = 5.0
"""How long other servers of the same database go on with the rules of before."""
_COUNT_S: Final = 10.0
"""How often counts are written down."""

NO_RULES: Final = MaskingRules()


class MaskedCount(BaseModel):
    rule: str
    """`detector:email`, `pattern:<name>`, `attribute:<name>` or `drop:<content>`."""
    count: int
    last: datetime


class Masking(BaseModel):
    """The rules of a project, and what they have masked."""

    rules: MaskingRules
    revision: int
    """0 while nobody has set rules."""
    updated: datetime | None
    by: str | None
    masked: list[MaskedCount]


class _Known(NamedTuple):
    masker: Masker | None
    until: float


class MaskingRulesStore:
    """Rules and counts in one database. Every method may be called from any thread."""

    def __init__(self, database: Database, audit: AuditChain) -> None:
        self._database = database
        self._audit = audit
        self._known: dict[str, _Known] = {}
        self._changes = 0
        # Nobody else writes to a database in our own folder.
        self._age_s = float("inf") if database.is_sqlite else _AGE_S
        self._counts: Counter[tuple[str, str]] = Counter()
        self._counted = time.monotonic()
        self._lock = threading.Lock()

    def masker_of(self, project: str) -> Masker | None:
        """Return the compiled rules of a project, or None when it has none.

        Raises Unavailable when they cannot be read: what cannot be masked is not taken.
        """
        known = self._known.get(project)
        if known is None or known.until < time.monotonic():
            known = self._learn(project)
        return known.masker

    def get(self, project: str) -> Masking:
        """Return the rules of a project, and what they have masked."""
        self.write_counts()
        counted = select(masking_counts).where(masking_counts.c.project == project)
        with self._database.read() as tx:
            row = _newest(tx, project)
            counts = tx.execute(counted.order_by(masking_counts.c.rule)).all()
        return Masking(
            rules=_rules_of(row.rules) if row else NO_RULES,
            revision=row.revision if row else 0,
            updated=row.created if row else None,
            by=row.by if row else None,
            masked=[MaskedCount.model_validate(dict(count._mapping)) for count in counts],
        )

    def set(
        self, principal: Principal, rules: MaskingRules, *, expected: int | None = None, reason: str = ""
    ) -> Masking:
        """Let other rules hold from now on. Raises Conflict when ``expected`` is not the present revision."""
        content = canonical_json(rules.model_dump(mode="json", exclude_defaults=True))
        digest = digest_bytes(content)
        with self._database.write() as tx:
            take_turns(tx, principal.project, "masking")
            before = _newest(tx, principal.project)
            revision = before.revision if before else 0
            if expected is not None and expected != revision:
                raise Conflict(
                    f"The masking rules have revision {revision} and not {expected} any more: somebody changed "
                    "them. Look at them again, then decide."
                )
            if before is None or before.digest != digest:
                tx.execute(
                    insert(masking_rules).values(
                        project=principal.project,
                        revision=revision + 1,
                        digest=digest,
                        rules=content.decode(),
                        created=now(),
                        by=principal.id,
                        reason=reason,
                    )
                )
                self._audit.append(
                    tx,
                    principal,
                    "masking:set",
                    "masking",
                    before=before.digest if before else None,
                    after=digest,
                    reason=reason,
                )
        with self._lock:
            self._changes += 1
            self._known.pop(principal.project, None)
        return self.get(principal.project)

    def _learn(self, project: str) -> _Known:
        """Read and remember the rules of a project; again, when rules were changed meanwhile."""
        while True:
            changes, until = self._changes, time.monotonic() + self._age_s
            with self._database.read() as tx:
                row = _newest(tx, project)
            rules = _rules_of(row.rules) if row else NO_RULES
            known = _Known(None if rules.is_empty else Masker(rules), until)
            with self._lock:
                if changes == self._changes:
                    self._known[project] = known
                    return known

    def count(self, project: str, counts: Mapping[str, int]) -> None:
        """Add to what rules have masked; written down now and then, and when the server stops."""
        with self._lock:
            for rule, count in counts.items():
                self._counts[project, rule] += count
            is_due = time.monotonic() - self._counted > _COUNT_S
        if is_due:
            self.write_counts()

    def write_counts(self) -> None:
        """Write down what was counted. What cannot be written now is tried again with the next."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._counted = time.monotonic()
        if not counts:
            return
        try:
            with self._database.write() as tx:
                take_turns(tx, "masking counts")
                for (project, rule), count in sorted(counts.items()):
                    _add(tx, project, rule, count)
        except WindlassError as error:
            with self._lock:
                self._counts += counts
            _log.warning("counts of masked texts wait to be written: %s", error.message)


def _newest(tx: Connection, project: str) -> Row[Any] | None:
    of_project = masking_rules.c.project == project
    newest = select(func.max(masking_rules.c.revision)).where(of_project).scalar_subquery()
    return tx.execute(select(masking_rules).where(of_project, masking_rules.c.revision == newest)).one_or_none()


def _rules_of(text: str) -> MaskingRules:
    return MaskingRules.model_validate(orjson.loads(text))


def _add(tx: Connection, project: str, rule: str, count: int) -> None:
    is_rule = (masking_counts.c.project == project, masking_counts.c.rule == rule)
    values = {"count": masking_counts.c.count + count, "last": now()}
    if tx.execute(update(masking_counts).where(*is_rule).values(values)).rowcount == 0:
        tx.execute(insert(masking_counts).values(project=project, rule=rule, count=count, last=now()))
