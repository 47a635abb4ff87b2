"""Signed verdicts: what their files say, and that whatever was changed in one is found."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from tests.evaluation.gates.test_verdicts import EDITOR, give, side
from windlass.access.audit import AuditChain, list_entries
from windlass.access.envelopes import IN_TOTO, Envelope, NotVerified
from windlass.access.signing import SigningKeys
from windlass.canonical import canonical_json, digest
from windlass.errors import ConfigurationError, Conflict, NotFound
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.gates.signatures import get_envelope, sign_again
from windlass.evaluation.gates.statements import EXTENSION, statement_of, verify_verdict
from windlass.evaluation.gates.verdicts import get_verdict, list_verdicts
from windlass.evaluation.tables import verdict_envelopes, verdicts
from windlass.storage.database import Database

EVIDENCE: dict[str, Any] = {
    "outcome": "pass",
    "candidate": {"name": "bot", "number": 2, "digest": "sha256:bb", "run": "run-2", "scores": "sha256:b5"},
    "baseline": {"name": "bot", "number": 1, "digest": "sha256:aa", "run": "run-1", "scores": "sha256:a5"},
    "dataset": {"name": "questions", "number": 3, "digest": "sha256:dd"},
    "rule": {"primary": {"metric": "f1", "kind": "superiority"}},
    "checks": [
        {"metric": "f1", "role": "primary", "kind": "superiority", "outcome": "pass", "warning": None},
        {"metric": "cost_usd", "role": "guardrail", "kind": "at_most", "outcome": "pass", "warning": "few"},
    ],
}


def statement(evidence: dict[str, Any], **more: str) -> dict[str, Any]:
    named = {"verdict": "verdict-1", "project": "p", "created": "2026-11-29", "by": "ada", **more}
    found: dict[str, Any] = json.loads(statement_of(evidence, digest=digest(evidence), **named))
    return found


def given(database: Database, audit: AuditChain, signing: SigningKeys) -> Verdict:
    better, base = side(database, audit, "better", 0.1), side(database, audit, "base", 0.0)
    return give(database, audit, signing, better, base)


def test_a_statement_is_a_test_result_about_the_release() -> None:
    found = statement(EVIDENCE)
    assert (found["_type"], found["predicateType"]) == (
        "https://in-toto.io/Statement/v1",
        "https://in-toto.io/attestation/test-result/v0.1",
    )
    assert found["subject"] == [{"name": "release/bot@2", "digest": {"sha256": "bb"}}]
    predicate = found["predicate"]
    assert predicate["result"] == "PASSED"
    assert predicate["passedTests"] == ["primary: superiority of f1"]
    assert predicate["warnedTests"] == ["guardrail: at_most of cost_usd"]
    assert [each["name"] for each in predicate["configuration"]] == [
        "rule",
        "dataset/questions@3",
        "release/bot@1",
        "scores/run-2",
        "scores/run-1",
    ]
    assert predicate["configuration"][0]["digest"] == {"sha256": digest(EVIDENCE["rule"]).removeprefix("sha256:")}


def test_only_a_gate_that_passed_has_a_result_that_lets_it_through() -> None:
    thin = {**EVIDENCE["checks"][0], "slice": {"field": "topic", "value": "tax"}, "blocking": False}
    open_ = {**EVIDENCE["checks"][0], "outcome": "not_enough_data"}
    for outcome, checks, failed in (
        ("not_enough_data", [open_, thin], ["primary: superiority of f1"]),
        ("fail", [{**open_, "outcome": "fail"}], ["primary: superiority of f1"]),
        # More errors than the baseline, or a judge that nobody calibrated, with every check passed.
        ("fail", EVIDENCE["checks"], ["gate: fail"]),
        ("not_enough_data", EVIDENCE["checks"], ["gate: not_enough_data"]),
    ):
        predicate = statement({**EVIDENCE, "outcome": outcome, "checks": checks})["predicate"]
        assert (predicate["result"], predicate["failedTests"]) == ("FAILED", failed)


def test_a_verdict_is_given_with_a_signed_file_of_all_its_evidence(
    database: Database, audit: AuditChain, signing: SigningKeys
) -> None:
    verdict = given(database, audit, signing)
    envelope = get_envelope(database, "default", verdict.id)
    found = verify_verdict(envelope, signing.trusted())
    assert (found.id, found.digest, found.project, found.by) == (verdict.id, verdict.digest, "default", "key-ed")
    assert digest(found.evidence) == verdict.digest
    assert found.evidence["sentence"] == verdict.sentence
    assert verdict.signed_by == [found.key]
    assert get_verdict(database, "default", verdict.id).signed_by == [found.key]
    assert list_verdicts(database, "default").items[0].signed_by == []
    with pytest.raises(NotFound):
        get_envelope(database, "another", verdict.id)


def _set(place: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(statement: dict[str, Any]) -> None:
        *path, last = place.split(".")
        for name in path:
            statement = statement[name]
        statement[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            _set(f"predicate.{EXTENSION}.evidence.outcome", "fail"),
            "The evidence was altered: its digest is sha256:",
        ),
        (_set(f"predicate.{EXTENSION}.digest", "sha256:00"), "was given on sha256:00"),
        (_set(f"predicate.{EXTENSION}.by", "eve"), "does not fit: the file was changed after it was signed"),
        (_set("predicate.result", "PASSED"), "does not fit"),
        (_set("subject", []), "does not fit"),
        (_set(f"predicate.{EXTENSION}", None), "This is no verdict"),
    ],
)
def test_whatever_is_changed_in_a_file_is_found(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    signing = SigningKeys(tmp_path)
    found = statement({**EVIDENCE, "outcome": "not_enough_data"})
    envelope = signing.sign(IN_TOTO, canonical_json(found))
    assert verify_verdict(envelope, signing.trusted()).by == "ada"
    change(found)
    altered = envelope.model_copy(update={"payload": base64.b64encode(canonical_json(found)).decode()})
    with pytest.raises(NotVerified, match=said):
        verify_verdict(altered, signing.trusted())


def test_a_signature_does_not_make_a_file_true_that_contradicts_itself(tmp_path: Path) -> None:
    signing = SigningKeys(tmp_path)
    found = statement({**EVIDENCE, "outcome": "fail"})
    found["predicate"]["result"] = "PASSED"
    with pytest.raises(NotVerified, match="is not what its evidence says"):
        verify_verdict(signing.sign(IN_TOTO, canonical_json(found)), signing.trusted())
    with pytest.raises(NotVerified, match="holds 'text/plain', not an in-toto statement"):
        verify_verdict(signing.sign("text/plain", b"hello"), signing.trusted())


def test_without_a_key_no_verdict_is_given(tmp_path: Path, sqlite_url: str, audit: AuditChain) -> None:
    folder = tmp_path / "signing"
    SigningKeys(folder).public_keys()
    (folder / "key.pem").unlink()
    database = Database(sqlite_url)
    with pytest.raises(ConfigurationError, match="is gone"):
        given(database, audit, SigningKeys(folder))
    assert list_verdicts(database, "default").items == []
    database.close()


def test_a_verdict_from_before_there_were_signatures_is_signed_as_it_was_given(
    database: Database, audit: AuditChain, signing: SigningKeys
) -> None:
    verdict = given(database, audit, signing)
    with database.write() as tx:
        tx.execute(delete(verdict_envelopes))
    with pytest.raises(NotFound, match=f"windlass verdicts sign {verdict.id}"):
        get_envelope(database, "default", verdict.id)
    signed = sign_again(database, audit, signing, EDITOR, verdict.id)
    assert verify_verdict(signed, signing.trusted()).digest == verdict.digest
    entry = list_entries(database, "default")[0]
    assert (entry.action, entry.details["signed_by"]) == ("verdict:sign", signed.key_ids)
    # Signing once more adds nothing, and another key adds its own.
    assert sign_again(database, audit, signing, EDITOR, verdict.id) == signed
    signing.rotate(database, audit, EDITOR)
    both = sign_again(database, audit, signing, EDITOR, verdict.id)
    assert (len(both.key_ids), both.payload) == (2, signed.payload)


def test_a_verdict_that_was_changed_in_the_database_is_not_signed(
    database: Database, audit: AuditChain, signing: SigningKeys
) -> None:
    verdict = given(database, audit, signing)
    evidence = canonical_json({**verdict.model_dump(mode="json"), "outcome": "pass", "unapproved": 3}).decode()
    with database.write() as tx:
        kept = tx.execute(verdict_envelopes.select()).one()
        tx.execute(delete(verdict_envelopes))
        tx.execute(update(verdicts).values(evidence=evidence, digest=digest(json.loads(evidence))))
    with pytest.raises(Conflict, match="Nothing vouches"):
        sign_again(database, audit, signing, EDITOR, verdict.id)
    # Nor does a signature by another key hide that a kept file was changed.
    envelope = Envelope.parse(kept.envelope)
    forged = envelope.model_copy(update={"payload": base64.b64encode(b"{}").decode()}).to_json()
    with database.write() as tx:
        tx.execute(verdict_envelopes.insert().values(verdict=verdict.id, envelope=forged))
    signing.rotate(database, audit, EDITOR)
    with pytest.raises(NotVerified, match="does not fit"):
        sign_again(database, audit, signing, EDITOR, verdict.id)
