"""Signed verdicts: their envelopes, made when a verdict is given and kept as they are."""

import json

from sqlalchemy import Connection, Row, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.envelopes import IN_TOTO, Envelope
from windlass.access.principals import Principal
from windlass.access.signing import SigningKeys
from windlass.access.tables import audit_entries
from windlass.canonical import digest_bytes
from windlass.errors import Conflict, NotFound
from windlass.evaluation.gates.statements import statement_of
from windlass.evaluation.tables import verdict_envelopes, verdicts
from windlass.storage.database import Database, format_instant


def sign_verdict(tx: Connection, signing: SigningKeys, row: Row[tuple[object, ...]]) -> Envelope:
    """Sign a verdict in the transaction that gives it: there is no verdict without a signature."""
    statement = statement_of(
        json.loads(row.evidence),
        verdict=row.id,
        digest=row.digest,
        project=row.project,
        created=format_instant(row.created),
        by=row.by,
    )
    envelope = signing.sign(IN_TOTO, statement)
    tx.execute(insert(verdict_envelopes).values(verdict=row.id, envelope=envelope.to_json()))
    return envelope


def envelope_of(tx: Connection, verdict: str) -> Envelope | None:
    query = select(verdict_envelopes.c.envelope).where(verdict_envelopes.c.verdict == verdict)
    found = tx.execute(query).scalar_one_or_none()
    return None if found is None else Envelope.parse(found)


def get_envelope(database: Database, project: str, verdict: str) -> Envelope:
    """Return the signed file of a verdict. Raises NotFound."""
    with database.read() as tx:
        _row(tx, project, verdict)
        envelope = envelope_of(tx, verdict)
    if envelope is None:
        raise NotFound(
            f"The verdict {verdict!r} was given before verdicts were signed: sign it with `windlass verdicts sign "
            f"{verdict}`."
        )
    return envelope


def sign_again(
    database: Database, audit: AuditChain, signing: SigningKeys, principal: Principal, verdict: str
) -> Envelope:
    """Sign a verdict with the key that signs now: one given before there were signatures, or under another key.

    Raises NotFound, and Conflict for a verdict that was changed where it is stored: no signature may hide that.
    """
    chain_holds = audit.verify(database).ok
    with database.write() as tx:
        row = _row(tx, principal.project, verdict)
        before = envelope_of(tx, verdict)
        if before is None:
            if not (chain_holds and _is_as_given(tx, row)):
                raise Conflict(
                    f"Nothing vouches for {verdict} being as it was given, and it is not signed: see `windlass "
                    "audit verify`."
                )
            envelope = sign_verdict(tx, signing, row)
        else:
            before.verified(signing.trusted())
            envelope = signing.sign_again(before)
            values = {"envelope": envelope.to_json()}
            tx.execute(update(verdict_envelopes).where(verdict_envelopes.c.verdict == verdict).values(values))
        added = [key for key in envelope.key_ids if before is None or key not in before.key_ids]
        if added:
            details = {"evidence": row.digest, "signed_by": envelope.key_ids}
            audit.append(tx, principal, "verdict:sign", f"verdict/{verdict}", details=details)
    return envelope


def _is_as_given(tx: Connection, row: Row[tuple[object, ...]]) -> bool:
    """Tell whether a verdict has the evidence that the audit chain says it was given on."""
    c = audit_entries.c
    query = select(c.details).where(
        c.project == row.project, c.action == "verdict:give", c.resource == f"verdict/{row.id}"
    )
    given = [json.loads(details).get("evidence") for details in tx.execute(query).scalars()]
    return given == [row.digest] == [digest_bytes(row.evidence.encode())]


def _row(tx: Connection, project: str, verdict: str) -> Row[tuple[object, ...]]:
    query = select(verdicts).where(verdicts.c.project == project, verdicts.c.id == verdict)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no verdict {verdict!r} in the project {project!r}.")
    return row
