"""Answers of models kept in the database: found, bounded, cleared."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.access.tables import audit_entries
from windlass.models.answer_store import AnswerStore
from windlass.models.tables import model_answers
from windlass.storage.database import Database, now


@pytest.fixture
def kept(database: Database, audit: AuditChain) -> AnswerStore:
    return AnswerStore(database, audit, max_bytes=1000, max_age_days=30)


def test_an_answer_is_found_in_its_project_by_what_was_asked(kept: AnswerStore) -> None:
    kept.write("guide", {"sha256:a": "yes", "sha256:b": "no"})
    assert (kept.find("guide", "sha256:a"), kept.find("guide", "sha256:b")) == ("yes", "no")
    assert kept.find("guide", "sha256:c") is None
    assert kept.find("other", "sha256:a") is None


def test_the_newest_answer_to_the_same_call_counts(kept: AnswerStore) -> None:
    kept.write("guide", {"sha256:a": "yes"})
    kept.write("guide", {"sha256:a": "certainly"})
    assert kept.find("guide", "sha256:a") == "certainly"
    held = kept.held("guide")
    assert (held.answers, held.bytes) == (1, len("certainly"))


def test_the_oldest_go_where_there_would_be_too_many_and_leave_room(kept: AnswerStore) -> None:
    kept.write("other", {"sha256:0": "x" * 900})
    for number in range(10):
        kept.write("guide", {f"sha256:{number}": "é" * 50})
    assert kept.held("guide").bytes == 1000
    kept.write("guide", {"sha256:10": "é" * 50})
    # Above the bound of 1000 bytes it is brought to 900.
    assert (kept.held("guide").answers, kept.held("guide").bytes) == (9, 900)
    assert kept.find("guide", "sha256:1") is None
    assert kept.find("guide", "sha256:2") == "é" * 50
    assert kept.held("other").answers == 1


def test_an_answer_that_is_too_old_is_not_given_and_goes(kept: AnswerStore, database: Database) -> None:
    kept.write("guide", {"sha256:a": "yes"})
    with database.write() as tx:
        tx.execute(update(model_answers).values(created=now() - timedelta(days=31)))
    assert kept.find("guide", "sha256:a") is None
    kept.write("guide", {"sha256:b": "no"})
    assert kept.held("guide").answers == 1


def test_clearing_is_of_one_project_and_stands_in_the_audit_chain(
    kept: AnswerStore, database: Database, principal: Principal
) -> None:
    kept.write("guide", {"sha256:a": "yes", "sha256:b": "no"})
    kept.write("other", {"sha256:a": "yes"})
    assert (kept.clear(principal), kept.clear(principal)) == (2, 0)
    assert (kept.held("guide").answers, kept.held("other").answers) == (0, 1)
    with database.read() as tx:
        actions = tx.execute(select(audit_entries.c.action, audit_entries.c.principal)).all()
    assert actions == [("cache:clear", "ada")]


def test_a_run_finds_what_it_kept_before_it_is_written(kept: AnswerStore) -> None:
    answers = kept.of_run("guide")
    answers.keep("sha256:a", "yes")
    assert asyncio.run(answers.find("sha256:a")) == "yes"
    assert kept.find("guide", "sha256:a") is None
    answers.flush()
    answers.flush()
    assert kept.find("guide", "sha256:a") == "yes"
    assert asyncio.run(kept.of_run("guide").find("sha256:a")) == "yes"
