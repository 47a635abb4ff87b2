import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, delete, insert, select, text, update

from windlass.access.audit import GENESIS, AuditChain, AuditVerification, count_entries, list_entries
from windlass.access.principals import Principal
from windlass.access.tables import audit_entries, audit_head
from windlass.canonical import digest
from windlass.errors import ConfigurationError, InputError
from windlass.storage.database import Database, now

ENTRIES = 6
COLUMNS = [column.name for column in audit_entries.c]

tampering = settings(
    # A check that each example starts from an untouched chain stands in its place.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=12,
)


def append(database: Database, audit: AuditChain, principal: Principal, action: str, **more: str) -> None:
    with database.write() as tx:
        audit.append(tx, principal, action, "prompt/answer", details={"n": 1}, **more)


def rows_of(database: Database) -> list[Row[tuple[object, ...]]]:
    with database.read() as tx:
        return list(tx.execute(select(audit_entries).order_by(audit_entries.c.seq)))


def problem_seqs(found: AuditVerification) -> list[int]:
    return [problem.seq for problem in found.problems]


@pytest.fixture
def chain(database: Database, audit: AuditChain, principal: Principal) -> AuditChain:
    for number in range(ENTRIES):
        append(
            database, audit, principal, f"step:{number}", before=GENESIS, after=digest(number), reason="a reason"
        )
    return audit


@pytest.fixture
def restore(database: Database, chain: AuditChain) -> Callable[[], None]:
    """Put the chain back as it was and check that it holds."""
    kept = rows_of(database)

    def put_back() -> None:
        with database.write() as tx:
            tx.execute(delete(audit_entries))
            tx.execute(insert(audit_entries), [dict(row._mapping) for row in kept])
        assert chain.verify(database).ok

    return put_back


def test_a_chain_that_nobody_touched_holds(database: Database, chain: AuditChain) -> None:
    found = chain.verify(database)
    newest = rows_of(database)[-1]
    assert found.model_dump() == {
        "ok": True,
        "entries": ENTRIES,
        "problems": [],
        "head": {"seq": ENTRIES, "hash": newest.hash},
    }
    assert count_entries(database) == ENTRIES


def test_an_empty_chain_holds(database: Database, audit: AuditChain) -> None:
    assert audit.verify(database).model_dump() == {"ok": True, "entries": 0, "problems": [], "head": None}


def test_a_change_that_fails_leaves_no_entry(database: Database, chain: AuditChain, principal: Principal) -> None:
    def change() -> None:
        with database.write() as tx:
            chain.append(tx, principal, "label:move", "prompt/answer")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert chain.verify(database).entries == ENTRIES
    assert chain.verify(database).ok


def test_an_entry_that_cannot_be_hashed_is_refused(
    database: Database, chain: AuditChain, principal: Principal
) -> None:
    with pytest.raises(InputError):
        append(database, chain, principal, "step", reason="\ud800")
    assert chain.verify(database).entries == ENTRIES


@pytest.mark.parametrize("column", COLUMNS)
@tampering
@given(seq=st.integers(1, ENTRIES), different=st.integers(1, 1000))
def test_a_changed_value_is_found_in_every_column_and_row(
    database: Database, chain: AuditChain, restore: Callable[[], None], column: str, seq: int, different: int
) -> None:
    row = rows_of(database)[seq - 1]
    new: object = f"{row._mapping[column] or ''}{different}"
    if column == "time":
        new = row.time + timedelta(microseconds=different)
    elif column == "seq":
        new = ENTRIES + different
    with database.write() as tx:
        tx.execute(update(audit_entries).where(audit_entries.c.seq == seq).values({column: new}))
    found = chain.verify(database)
    restore()
    assert not found.ok
    assert min(problem_seqs(found)) == seq


@tampering
@given(seq=st.integers(1, ENTRIES))
def test_a_removed_entry_is_found(
    database: Database, chain: AuditChain, restore: Callable[[], None], seq: int
) -> None:
    with database.write() as tx:
        tx.execute(delete(audit_entries).where(audit_entries.c.seq == seq))
    found = chain.verify(database)
    restore()
    [problem] = [problem for problem in found.problems if problem.seq == seq]
    assert problem.problem.startswith(f"entry {seq} was removed")
    assert min(problem_seqs(found)) == seq


@tampering
@given(st.lists(st.integers(1, ENTRIES), min_size=2, max_size=2, unique=True).map(sorted))
def test_two_swapped_entries_are_found(
    database: Database, chain: AuditChain, restore: Callable[[], None], pair: list[int]
) -> None:
    first, second = pair
    rows = {row.seq: dict(row._mapping) for row in rows_of(database)}
    with database.write() as tx:
        for seq, other in ((first, second), (second, first)):
            content = {**rows[other], "seq": seq}
            tx.execute(update(audit_entries).where(audit_entries.c.seq == seq).values(content))
    found = chain.verify(database)
    restore()
    assert min(problem_seqs(found)) == first
    assert {first, second} <= set(problem_seqs(found))


@tampering
@given(kept=st.integers(0, ENTRIES - 1))
def test_a_cut_off_end_is_found(
    database: Database, chain: AuditChain, restore: Callable[[], None], kept: int
) -> None:
    with database.write() as tx:
        tx.execute(delete(audit_entries).where(audit_entries.c.seq > kept))
    found = chain.verify(database)
    restore()
    removed = f"entry {ENTRIES} was" if kept == ENTRIES - 1 else f"entries {kept + 1} to {ENTRIES} were"
    assert [problem.model_dump() for problem in found.problems] == [
        {"seq": kept + 1, "problem": f"{removed} removed from the end"}
    ]


def test_a_cut_off_end_is_found_though_the_head_was_moved_back(database: Database, chain: AuditChain) -> None:
    rows = rows_of(database)
    with database.write() as tx:
        tx.execute(delete(audit_entries).where(audit_entries.c.seq == ENTRIES))
        tx.execute(update(audit_head).values(seq=ENTRIES - 1, hash=rows[-2].hash))
    [problem] = chain.verify(database).problems
    assert problem.problem == "the signature of the head does not fit the signing key"


def test_an_entry_that_was_added_beside_the_chain_is_found(database: Database, chain: AuditChain) -> None:
    last = dict(rows_of(database)[-1]._mapping)
    with database.write() as tx:
        tx.execute(insert(audit_entries).values({**last, "seq": ENTRIES + 1, "previous_hash": last["hash"]}))
    assert problem_seqs(chain.verify(database)) == [ENTRIES + 1, ENTRIES + 1]


def test_a_chain_rewritten_with_fitting_hashes_is_found_by_the_signature(
    database: Database, chain: AuditChain, principal: Principal
) -> None:
    forger = AuditChain(b"another key")
    with database.write() as tx:
        tx.execute(delete(audit_entries))
        tx.execute(update(audit_head).values(seq=0, hash=GENESIS, signature=""))
    for number in range(ENTRIES):
        append(database, forger, principal, f"innocent:{number}")
    assert forger.verify(database).ok
    assert [problem.model_dump() for problem in chain.verify(database).problems] == [
        {"seq": ENTRIES, "problem": "the signature of the head does not fit the signing key"}
    ]


def test_a_missing_head_is_found(database: Database, chain: AuditChain) -> None:
    with database.write() as tx:
        tx.execute(delete(audit_head))
    assert [problem.problem for problem in chain.verify(database).problems] == ["the signed head is missing"]


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "seq"])
def test_garbage_that_sqlite_takes_for_any_column_is_a_changed_entry(
    sqlite_url: str, audit: AuditChain, principal: Principal, column: str
) -> None:
    database = Database(sqlite_url)
    append(database, audit, principal, "step")
    append(database, audit, principal, "step")
    with database.write() as tx:
        tx.execute(text(f"UPDATE audit_entries SET {column} = x'00ff' WHERE seq = 1"))
    assert min(problem_seqs(audit.verify(database))) == 1
    database.close()


def test_appends_from_many_threads_and_processes_make_one_unbroken_chain(
    database: Database, database_url: str, audit: AuditChain, principal: Principal
) -> None:
    # Two Databases of one URL stand for two processes: they share no lock.
    other = Database(database_url)

    def work(own: Database, name: str) -> None:
        for number in range(10):
            append(own, audit, replace(principal, id=name), f"step:{number}")

    threads = [
        threading.Thread(target=work, args=[own, f"{side}{number}"])
        for side, own in (("a", database), ("b", other))
        for number in range(3)
    ]
    for thread in threads:
        thread.start()
    seen = audit.verify(other)
    for thread in threads:
        thread.join()
    other.close()
    assert seen.ok, "a chain that grows meanwhile holds"
    found = audit.verify(database)
    assert found.ok
    assert found.entries == 60
    by_thread = {(row.principal, row.action) for row in rows_of(database)}
    assert len(by_thread) == 60


def test_entries_are_listed_by_project_newest_first(
    database: Database, audit: AuditChain, principal: Principal
) -> None:
    for number in range(4):
        append(database, audit, principal, f"step:{number}", reason="why")
        append(database, audit, replace(principal, project="other"), "elsewhere")
    entries = list_entries(database, "guide", limit=2)
    assert [(entry.seq, entry.action) for entry in entries] == [(7, "step:3"), (5, "step:2")]
    older = list_entries(database, "guide", before_seq=5)
    assert [(entry.seq, entry.action) for entry in older] == [(3, "step:1"), (1, "step:0")]
    entry = older[0]
    assert (entry.principal, entry.resource, entry.reason, entry.details) == (
        "ada",
        "prompt/answer",
        "why",
        {"n": 1},
    )
    assert now() - entry.time < timedelta(minutes=1)


def test_the_details_are_kept_as_the_canonical_json_that_is_hashed(
    database: Database, audit: AuditChain, principal: Principal
) -> None:
    with database.write() as tx:
        audit.append(tx, principal, "step", "x", details={"b": [1.0, "é"], "a": None})
    [row] = rows_of(database)
    assert row.details == '{"a":null,"b":[1,"é"]}'
    assert list_entries(database, "guide")[0].details == json.loads(row.details)


def test_the_signing_key_is_made_once_and_for_its_owner_only(
    tmp_path: Path, database: Database, principal: Principal
) -> None:
    file = tmp_path / "audit.key"
    append(database, AuditChain.open(file), principal, "step")
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(file.read_text(encoding="ascii"))) == 32
    assert [path.name for path in tmp_path.glob("*audit*")] == ["audit.key"]
    assert AuditChain.open(file).verify(database).ok


@pytest.mark.parametrize("content", [b"", b"00ff\n", b"not hexadecimal", b"\xff\xfe"])
def test_a_damaged_signing_key_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "audit.key"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"audit\.key is damaged; put it back from a backup"):
        AuditChain.open(file)
    assert file.read_bytes() == content


def test_a_signing_key_that_cannot_be_made_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be read or made: No such file or directory"):
        AuditChain.open(tmp_path / "missing" / "audit.key")
