"""The audit chain: every change, each entry bound to the one before by its hash, the newest signed.

The hash of an entry is the SHA-256 of its canonical JSON, which holds the hash of the entry before. The head
(sequence number and hash of the newest entry) is signed with HMAC-SHA256 by a key that lives outside the
database, so that whoever can write to the database can still not rewrite the chain unseen. What this cannot
show: a database *and* key taken together, or the whole database put back to an older state of its own. Against
the latter, note the head that `windlass audit verify` prints somewhere else.
"""

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy import Connection, Row, Text, func, insert, select, type_coerce, update

from windlass.access.principals import Principal
from windlass.access.tables import audit_entries, audit_head
from windlass.canonical import canonical_json, digest
from windlass.errors import ConfigurationError, InputError
from windlass.storage.database import Database, format_instant, now

GENESIS = "sha256:" + "0" * 64
"""What stands as the hash before the first entry."""

_KEY_BYTES = 32


class AuditEntry(BaseModel):
    """One change: who did what to what, from which digest to which, and why."""

    seq: int
    time: datetime
    project: str
    principal: str
    action: str
    resource: str
    before: str | None
    after: str | None
    reason: str
    details: dict[str, object]
    previous_hash: str
    hash: str


class AuditHead(BaseModel):
    seq: int
    hash: str


class AuditProblem(BaseModel):
    """Where the chain does not hold, and how."""

    seq: int
    problem: str


class AuditVerification(BaseModel):
    ok: bool
    entries: int
    problems: list[AuditProblem]
    head: AuditHead | None


class AuditChain:
    """The chain of one database, and the key that signs its head."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def open(cls, key_file: Path) -> "AuditChain":
        """Read the signing key, or make one (mode 0600) at first start. Raises ConfigurationError."""
        try:
            if not key_file.exists():
                _write_key(key_file, secrets.token_bytes(_KEY_BYTES))
            key = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
        except OSError as error:
            raise ConfigurationError(
                f"The key of the audit chain {key_file} cannot be read or made: {error.strerror}."
            ) from error
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise ConfigurationError(
                f"The key of the audit chain {key_file} is damaged; put it back from a backup: with another key "
                "the chain would not verify."
            )
        return cls(key)

    def append(
        self,
        tx: Connection,
        principal: Principal,
        action: str,
        resource: str,
        *,
        before: str | None = None,
        after: str | None = None,
        reason: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Write an entry in the transaction of the change that it records: both happen or neither."""
        # FOR UPDATE makes two writers of PostgreSQL take turns; SQLite has one writer anyway.
        head = tx.execute(select(audit_head).where(audit_head.c.id == 1).with_for_update()).one()
        entry: dict[str, object] = {
            "seq": head.seq + 1,
            "time": now(),
            "project": principal.project,
            "principal": principal.id,
            "action": action,
            "resource": resource,
            "before": before,
            "after": after,
            "reason": reason,
            "details": canonical_json(details or {}).decode(),
            "previous_hash": head.hash,
        }
        entry["hash"] = _hash_of(entry)
        tx.execute(insert(audit_entries).values(entry))
        values = {"seq": entry["seq"], "hash": entry["hash"], "signature": self._sign(entry["seq"], entry["hash"])}
        tx.execute(update(audit_head).where(audit_head.c.id == 1).values(values))

    def pseudonym(self, text: str) -> str:
        """Return what stands for a text in an entry: whoever has the signing key and the text finds it again.

        Without the key nobody can try out texts, as with a plain digest they could.
        """
        return "hmac-sha256:" + hmac.new(self._key, b"pseudonym:" + text.encode(), "sha256").hexdigest()

    def verify(self, database: Database) -> AuditVerification:
        """Recompute the whole chain and name every entry that was changed, removed or moved."""
        problems: list[AuditProblem] = []
        previous_seq, previous_hash, count = 0, GENESIS, 0
        # SQLite keeps any text as a time: read as it stands, garbage is a changed entry and no crash.
        time = type_coerce(audit_entries.c.time, Text) if database.is_sqlite else audit_entries.c.time
        columns = (time.label("time") if column.name == "time" else column for column in audit_entries.c)
        entries = select(*columns).order_by(audit_entries.c.seq)
        with database.read() as tx:
            head = tx.execute(select(audit_head).where(audit_head.c.id == 1)).one_or_none()
            for row in tx.execute(entries):
                count += 1
                problems += _problems_of(row, previous_seq, previous_hash)
                previous_seq, previous_hash = row.seq, row.hash
        problems += self._problems_of_head(head, previous_seq, previous_hash)
        return AuditVerification(
            ok=not problems,
            entries=count,
            problems=problems,
            head=AuditHead(seq=head.seq, hash=head.hash) if head and head.seq else None,
        )

    def _problems_of_head(self, head: Row[tuple[object, ...]] | None, seq: int, hash_: str) -> list[AuditProblem]:
        if head is None:
            return [AuditProblem(seq=seq, problem="the signed head is missing")]
        if head.seq == seq == 0:
            return []
        problems = []
        if not hmac.compare_digest(head.signature, self._sign(head.seq, head.hash)):
            problems.append(
                AuditProblem(seq=head.seq, problem="the signature of the head does not fit the signing key")
            )
        if head.seq > seq:
            removed = f"entry {head.seq} was" if head.seq == seq + 1 else f"entries {seq + 1} to {head.seq} were"
            problems.append(AuditProblem(seq=seq + 1, problem=f"{removed} removed from the end"))
        elif head.seq < seq or head.hash != hash_:
            problems.append(
                AuditProblem(seq=seq, problem="the newest entry is not the one that the signed head names")
            )
        return problems

    def _sign(self, seq: object, hash_: object) -> str:
        return "hmac-sha256:" + hmac.new(self._key, f"{seq}:{hash_}".encode(), "sha256").hexdigest()


def list_entries(
    database: Database, project: str, *, action: str | None = None, before_seq: int | None = None, limit: int = 50
) -> list[AuditEntry]:
    """Return a project's entries, of one action if it is named, newest first, older than a sequence number."""
    query = select(audit_entries).where(audit_entries.c.project == project)
    if action is not None:
        query = query.where(audit_entries.c.action == action)
    if before_seq is not None:
        query = query.where(audit_entries.c.seq < before_seq)
    with database.read() as tx:
        rows = tx.execute(query.order_by(audit_entries.c.seq.desc()).limit(limit)).all()
    return [AuditEntry.model_validate({**row._mapping, "details": json.loads(row.details)}) for row in rows]


def count_entries(database: Database) -> int:
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(audit_entries)).scalar_one()


def _hash_of(entry: Mapping[str, object]) -> str:
    time = entry["time"]
    hashed = {name: value for name, value in entry.items() if name != "hash"}
    return digest({**hashed, "time": format_instant(time) if isinstance(time, datetime) else time})


def _has_its_hash(entry: Mapping[str, object]) -> bool:
    try:
        return _hash_of(entry) == entry["hash"]
    except InputError:
        # Bytes where text belongs, for example: nothing that `append` writes.
        return False


def _write_key(key_file: Path, key: bytes) -> None:
    """Write a key that is there wholly or not at all, readable by its owner only."""
    temporary = key_file.with_name(f".{key_file.name}")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(key_file)


def _problems_of(row: Row[tuple[object, ...]], previous_seq: int, previous_hash: str) -> list[AuditProblem]:
    problems = []
    if row.seq != previous_seq + 1:
        missing = previous_seq + 1
        removed = f"entry {missing} was" if row.seq == missing + 1 else f"entries {missing} to {row.seq - 1} were"
        problems.append(AuditProblem(seq=missing, problem=f"{removed} removed"))
    elif row.previous_hash != previous_hash:
        problems.append(
            AuditProblem(
                seq=row.seq, problem="does not follow the entry before it: one of the two was moved or rewritten"
            )
        )
    if not _has_its_hash(dict(row._mapping)):
        problems.append(AuditProblem(seq=row.seq, problem="was changed: its content does not have its hash"))
    return problems
