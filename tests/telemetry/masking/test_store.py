from typing import Any

import pytest

from windlass.access.audit import AuditChain, list_entries
from windlass.access.principals import Principal
from windlass.errors import Conflict
from windlass.storage.database import Database
from windlass.telemetry.masking import store as stores
from windlass.telemetry.masking.rules import MaskingRules
from windlass.telemetry.masking.store import MaskingRulesStore

EMAIL, PHONE = MaskingRules(detectors=("email",)), MaskingRules(detectors=("phone",))


@pytest.fixture
def store(database: Database, audit: AuditChain) -> MaskingRulesStore:
    return MaskingRulesStore(database, audit)


def test_rules_are_kept_by_revision_and_each_change_is_audited(
    store: MaskingRulesStore, database: Database, audit: AuditChain, principal: Principal
) -> None:
    assert store.get("guide").revision == 0
    assert store.set(principal, EMAIL, reason="asked for by the lawyers").revision == 1
    assert store.set(principal, EMAIL).revision == 1
    changed = store.set(principal, PHONE, expected=1)

    assert (changed.revision, changed.rules, changed.by) == (2, PHONE, "ada")
    second, first = list_entries(database, "guide")
    assert (first.action, first.resource, first.before, first.reason) == (
        "masking:set",
        "masking",
        None,
        "asked for by the lawyers",
    )
    assert second.before == first.after
    assert second.after != first.after
    assert audit.verify(database).ok


def test_a_change_of_rules_that_somebody_else_changed_is_a_conflict(
    store: MaskingRulesStore, principal: Principal
) -> None:
    store.set(principal, EMAIL)
    with pytest.raises(Conflict, match="have revision 1 and not 0 any more"):
        store.set(principal, PHONE, expected=0)
    assert store.get("guide").rules == EMAIL


def test_without_rules_no_request_asks_the_database_twice(
    store: MaskingRulesStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.masker_of("guide") is None
    monkeypatch.setattr(database, "read", None)
    assert store.masker_of("guide") is None


def test_rules_that_are_set_while_others_are_read_hold(
    database: Database, audit: AuditChain, principal: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, read = MaskingRulesStore(database, audit), stores._newest
    others = [EMAIL]

    def slowly(tx: Any, project: str) -> Any:
        found = read(tx, project)
        if others:
            store.set(principal, others.pop())
        return found

    monkeypatch.setattr(stores, "_newest", slowly)
    assert store.masker_of("guide") is not None


def test_another_server_learns_of_other_rules_within_seconds(
    database: Database, audit: AuditChain, principal: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_AGE_S", 0.0)
    one, other = MaskingRulesStore(database, audit), MaskingRulesStore(database, audit)
    assert other.masker_of("guide") is None
    one.set(principal, EMAIL)
    # A database in our own folder has no other server.
    assert (other.masker_of("guide") is None) is database.is_sqlite


def test_counts_add_up_and_survive_the_server(database: Database, audit: AuditChain) -> None:
    first = MaskingRulesStore(database, audit)
    first.count("guide", {"detector:email": 2, "drop:input": 1})
    first.count("other", {"detector:email": 5})
    first.write_counts()
    again = MaskingRulesStore(database, audit)
    again.count("guide", {"detector:email": 3})

    counted = again.get("guide").masked
    assert [(masked.rule, masked.count) for masked in counted] == [("detector:email", 5), ("drop:input", 1)]
