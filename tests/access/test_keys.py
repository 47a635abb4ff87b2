from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from windlass.access import keys
from windlass.access.audit import AuditChain, list_entries
from windlass.access.keys import NewApiKey
from windlass.access.principals import Principal, Role
from windlass.access.tables import api_keys, sign_ins
from windlass.errors import InputError, NotFound, Unauthenticated
from windlass.storage.database import Database, now

Create = Callable[..., NewApiKey]


@pytest.fixture
def create(database: Database, audit: AuditChain, principal: Principal) -> Create:
    def make(name: str = "ci", role: Role = "application", **more: object) -> NewApiKey:
        return keys.create_key(database, audit, principal, name=name, role=role, **more)  # type: ignore[arg-type]

    return make


def expire(database: Database, key: NewApiKey) -> None:
    with database.write() as tx:
        tx.execute(update(api_keys).where(api_keys.c.id == key.id).values(expires=now() - timedelta(seconds=1)))


def stored_text(database: Database) -> str:
    with database.read() as tx:
        return repr(tx.execute(select(api_keys)).all()) + repr(tx.execute(select(sign_ins)).all())


def test_a_key_says_who_it_is_and_its_secret_is_not_stored(
    database: Database, principal: Principal, create: Create
) -> None:
    created = create(" ci ", "application")
    secret = created.key.removeprefix(f"wl_{created.id}_")
    assert len(secret) == 43
    assert secret not in stored_text(database)
    assert created.key not in stored_text(database)
    assert keys.authenticate(database, created.key) == Principal("key:ci", "key", "application", principal.project)


def test_keys_are_listed_without_their_secrets_and_by_project(
    database: Database, principal: Principal, audit: AuditChain, create: Create
) -> None:
    created = [create("one", "viewer"), create("two", "editor")]
    keys.create_key(database, audit, replace(principal, project="other"), name="three", role="admin")
    listed = keys.list_keys(database, principal.project)
    assert [key.model_dump() for key in listed] == [key.model_dump(exclude={"key"}) for key in created]


def test_a_new_key_is_audited_without_its_secret(database: Database, principal: Principal, create: Create) -> None:
    created = create("ci", "viewer")
    [entry] = list_entries(database, principal.project)
    assert (entry.action, entry.resource, entry.principal) == ("key:create", f"key/{created.id}", "ada")
    assert entry.details == {"name": "ci", "role": "viewer"}


@pytest.mark.parametrize(
    "change",
    [
        lambda key: "",
        lambda key: "wl",
        lambda key: "wl__",
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key.replace("wl_", "xx_"),
        lambda key: "wl_000000000000_" + key.split("_", 2)[2],
        lambda key: key[:-1] + "\x00",
        lambda key: key[:-1] + "\ud800",
        lambda key: f" {key}",
    ],
)
def test_a_wrong_key_is_not_known(database: Database, create: Create, change: Callable[[str], str]) -> None:
    created = create()
    with pytest.raises(
        Unauthenticated, match=r"^This API key is not known here; make one with `windlass keys create`\.$"
    ):
        keys.authenticate(database, change(created.key))


def test_an_expired_key_is_refused_until_then_it_is_good(database: Database, create: Create) -> None:
    created = create(expires=now() + timedelta(hours=1))
    assert keys.authenticate(database, created.key).id == "key:ci"
    expire(database, created)
    with pytest.raises(Unauthenticated, match=f"The API key {created.id} has expired; ask an admin for another"):
        keys.authenticate(database, created.key)


def test_a_revoked_key_is_refused_with_its_sign_ins(
    database: Database, audit: AuditChain, principal: Principal, create: Create
) -> None:
    created, other = create("ci"), create("other")
    token, _ = keys.sign_in(database, created.key)
    keys.revoke_key(database, audit, principal, created.id)
    with pytest.raises(Unauthenticated, match=f"The API key {created.id} was revoked; ask an admin for another"):
        keys.authenticate(database, created.key)
    with pytest.raises(Unauthenticated, match="This sign-in has ended"):
        keys.authenticate_sign_in(database, token)
    with pytest.raises(Unauthenticated, match="was revoked"):
        keys.sign_in(database, created.key)
    assert keys.authenticate(database, other.key).id == "key:other"
    assert list_entries(database, principal.project)[0].action == "key:revoke"


def test_a_key_is_revoked_once_and_only_in_its_own_project(
    database: Database, audit: AuditChain, principal: Principal, create: Create
) -> None:
    created = create()
    with pytest.raises(NotFound, match=f"no live key '{created.id}' in the project 'other'"):
        keys.revoke_key(database, audit, replace(principal, project="other"), created.id)
    assert keys.authenticate(database, created.key)
    keys.revoke_key(database, audit, principal, created.id)
    with pytest.raises(NotFound, match="see `windlass keys list`"):
        keys.revoke_key(database, audit, principal, created.id)
    assert len(list_entries(database, principal.project)) == 2


def test_a_sign_in_lasts_from_sign_in_to_sign_out(database: Database, create: Create) -> None:
    created = create("browser", "editor")
    token, principal = keys.sign_in(database, created.key)
    assert principal == keys.authenticate(database, created.key)
    assert token not in stored_text(database)
    assert keys.authenticate_sign_in(database, token) == principal
    second, _ = keys.sign_in(database, created.key)
    keys.sign_out(database, token)
    with pytest.raises(Unauthenticated, match="sign in again with an API key"):
        keys.authenticate_sign_in(database, token)
    assert keys.authenticate_sign_in(database, second) == principal
    keys.sign_out(database, token)


def test_a_sign_in_ends_with_its_week_and_is_cleared_away_by_the_next(database: Database, create: Create) -> None:
    created = create()
    token, _ = keys.sign_in(database, created.key)
    with database.write() as tx:
        tx.execute(update(sign_ins).values(expires=now() - timedelta(seconds=1)))
    with pytest.raises(Unauthenticated, match="This sign-in has ended"):
        keys.authenticate_sign_in(database, token)
    keys.sign_in(database, created.key)
    with database.read() as tx:
        [row] = tx.execute(select(sign_ins)).all()
    assert row.expires - row.created == keys.SIGN_IN_LASTS


def test_a_sign_in_ends_when_its_key_expires(database: Database, create: Create) -> None:
    created = create()
    token, _ = keys.sign_in(database, created.key)
    expire(database, created)
    with pytest.raises(Unauthenticated, match="has expired"):
        keys.authenticate_sign_in(database, token)


@pytest.mark.parametrize("token", ["", "nonsense", "\ud800", "\x00"])
def test_a_cookie_that_nobody_gave_is_refused(database: Database, token: str) -> None:
    with pytest.raises(Unauthenticated):
        keys.authenticate_sign_in(database, token)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_key_needs_a_name(database: Database, principal: Principal, create: Create, name: str) -> None:
    with pytest.raises(InputError, match="A key needs a name of 1 to 100 characters"):
        create(name)
    assert keys.list_keys(database, principal.project) == []


def test_a_role_that_does_not_exist_is_refused(create: Create) -> None:
    with pytest.raises(
        InputError, match="no role 'root'; choose one of viewer, application, reviewer, editor, admin"
    ):
        create("ci", "root")
