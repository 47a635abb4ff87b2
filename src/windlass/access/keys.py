"""API keys (shown once, kept as a hash, of one project and role) and the browser sign-ins made with them."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import get_args

from pydantic import BaseModel
from sqlalchemy import Row, delete, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal, Role
from windlass.access.tables import api_keys, sign_ins
from windlass.errors import InputError, NotFound, Unauthenticated
from windlass.storage.database import Database, now

SIGN_IN_LASTS = timedelta(days=7)

_LONGEST_NAME = 100
_KEY = re.compile(r"wl_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class ApiKey(BaseModel):
    """What is known of a key; never its secret."""

    id: str
    name: str
    role: Role
    project: str
    created: datetime
    created_by: str
    expires: datetime | None
    revoked: datetime | None


class NewApiKey(ApiKey):
    key: str
    """The key itself: ``wl_<id>_<secret>``. It is shown here and never again."""


def create_key(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    *,
    name: str,
    role: Role,
    expires: datetime | None = None,
) -> NewApiKey:
    """Make a key for the principal's project."""
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise InputError(f"A key needs a name of 1 to {_LONGEST_NAME} characters that says who uses it.")
    if role not in get_args(Role):
        raise InputError(f"There is no role {role!r}; choose one of {', '.join(get_args(Role))}.")
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    values = {
        "id": key_id,
        "project": principal.project,
        "name": name.strip(),
        "role": role,
        "created": now(),
        "created_by": principal.id,
        "expires": expires,
        "revoked": None,
    }
    with database.write() as tx:
        tx.execute(insert(api_keys).values(secret_hash=_hash(secret), **values))
        audit.append(tx, principal, "key:create", f"key/{key_id}", details={"name": name.strip(), "role": role})
    return NewApiKey.model_validate({**values, "key": f"wl_{key_id}_{secret}"})


def list_keys(database: Database, project: str) -> list[ApiKey]:
    with database.read() as tx:
        rows = tx.execute(select(api_keys).where(api_keys.c.project == project).order_by(api_keys.c.created)).all()
    return [ApiKey.model_validate(dict(row._mapping)) for row in rows]


def revoke_key(database: Database, audit: AuditChain, principal: Principal, key_id: str) -> None:
    """End a key and every sign-in made with it, at once. Raises NotFound."""
    with database.write() as tx:
        done = tx.execute(
            update(api_keys)
            .where(api_keys.c.id == key_id, api_keys.c.project == principal.project, api_keys.c.revoked.is_(None))
            .values(revoked=now())
        )
        if done.rowcount == 0:
            raise NotFound(
                f"There is no live key {key_id!r} in the project {principal.project!r}; see `windlass keys list`."
            )
        tx.execute(delete(sign_ins).where(sign_ins.c.key_id == key_id))
        audit.append(tx, principal, "key:revoke", f"key/{key_id}")


def authenticate(database: Database, key: str) -> Principal:
    """Return the principal of a key. Raises Unauthenticated when it is unknown, expired or revoked."""
    written = _KEY.fullmatch(key)
    if written is not None:
        key_id, secret = written.groups()
        with database.read() as tx:
            row = tx.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
        if row is not None and hmac.compare_digest(row.secret_hash, _hash(secret)):
            return _principal_of_live(row)
    raise Unauthenticated("This API key is not known here; make one with `windlass keys create`.")


def sign_in(database: Database, key: str) -> tuple[str, Principal]:
    """Exchange a key for the token of a browser's cookie; return both token and principal."""
    principal = authenticate(database, key)
    token, created = secrets.token_urlsafe(32), now()
    with database.write() as tx:
        tx.execute(delete(sign_ins).where(sign_ins.c.expires < created))
        tx.execute(
            insert(sign_ins).values(
                token_hash=_hash(token),
                key_id=key.split("_")[1],
                created=created,
                expires=created + SIGN_IN_LASTS,
            )
        )
    return token, principal


def sign_out(database: Database, token: str) -> None:
    with database.write() as tx:
        tx.execute(delete(sign_ins).where(sign_ins.c.token_hash == _hash(token)))


def authenticate_sign_in(database: Database, token: str) -> Principal:
    """Return the principal of a browser's cookie. Raises Unauthenticated when it ended."""
    query = (
        select(api_keys)
        .join(sign_ins, sign_ins.c.key_id == api_keys.c.id)
        .where(sign_ins.c.token_hash == _hash(token), sign_ins.c.expires > now())
    )
    with database.read() as tx:
        row = tx.execute(query).one_or_none()
    if row is None:
        raise Unauthenticated("This sign-in has ended; sign in again with an API key.")
    return _principal_of_live(row)


def _principal_of_live(row: Row[tuple[object, ...]]) -> Principal:
    if row.revoked is not None:
        raise Unauthenticated(f"The API key {row.id} was revoked; ask an admin for another.")
    if row.expires is not None and row.expires <= now():
        raise Unauthenticated(f"The API key {row.id} has expired; ask an admin for another.")
    return Principal(id=f"key:{row.name}", kind="key", role=row.role, project=row.project)


def _hash(secret: str) -> str:
    return "sha256:" + hashlib.sha256(secret.encode(errors="replace")).hexdigest()
