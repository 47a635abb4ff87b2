"""Live gates as records: two runs under way, the rule that they are held to, and what the last look saw."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel
from sqlalchemy import Connection, Row, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Conflict, NotFound
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.sequential.report import SequentialReport
from windlass.evaluation.sequential.tables import live_gates
from windlass.storage.database import Database, now

LiveGateState = Literal["running", "decided", "stopped", "cancelled", "failed"]
"""``decided``: there is a verdict, be it that all the data are not enough. ``stopped``: a run ended before."""

RUNNING: Final = "running"


class LiveGate(BaseModel):
    id: str
    project: str
    candidate: str
    """The run of the candidate."""
    baseline: str
    """The run of the baseline, which may be one that was finished before."""
    rule: GateRule
    state: LiveGateState
    error: str | None
    progress: SequentialReport | None
    """What the last look saw; null before the first."""
    verdict: str | None
    created: datetime
    finished: datetime | None
    by: str
    resumed: int = 0
    """How often somebody had it go on after it had ended."""
    taken_up: datetime | None = None
    """When somebody last did."""


def new_gate_id() -> str:
    return f"gate-{secrets.token_hex(8)}"


def create_live_gate(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    *,
    gate_id: str,
    candidate: str,
    baseline: str,
    rule: GateRule,
) -> LiveGate:
    """Record a gate whose runs have begun."""
    with database.write() as tx:
        tx.execute(
            insert(live_gates).values(
                id=gate_id,
                project=principal.project,
                candidate=candidate,
                baseline=baseline,
                rule=rule.model_dump(mode="json"),
                state=RUNNING,
                created=now(),
                by=principal.id,
            )
        )
        details = {"candidate": candidate, "baseline": baseline}
        audit.append(tx, principal, "gate:start", f"gate/{gate_id}", details=details)
        return _found(tx, principal.project, gate_id)


def get_live_gate(database: Database, project: str, gate_id: str) -> LiveGate:
    """Return a gate as it stands. Raises NotFound."""
    with database.read() as tx:
        return _found(tx, project, gate_id)


def find_live_gate_of(database: Database, gate_id: str) -> LiveGate:
    """Return a gate of any project: ids are unique. Raises NotFound."""
    with database.read() as tx:
        row = tx.execute(select(live_gates).where(live_gates.c.id == gate_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no live gate {gate_id!r}.")
    return _gate(row)


def running_gates(database: Database) -> list[LiveGate]:
    """Return what is under way in any project, oldest first: what a restarted server owes."""
    query = select(live_gates).where(live_gates.c.state == RUNNING).order_by(live_gates.c.created, live_gates.c.id)
    with database.read() as tx:
        return [_gate(row) for row in tx.execute(query)]


def note_look(database: Database, gate_id: str, report: SequentialReport) -> None:
    """Note what a look saw."""
    with database.write() as tx:
        _move(tx, gate_id, progress=report.model_dump(mode="json"))


def end_live_gate(
    database: Database,
    gate_id: str,
    state: LiveGateState,
    *,
    error: str | None = None,
    verdict: str | None = None,
) -> bool:
    """End a gate; return False for one that somebody ended before."""
    with database.write() as tx:
        return _move(tx, gate_id, state=state, error=error, verdict=verdict, finished=now())


def cancel_live_gate(database: Database, audit: AuditChain, principal: Principal, gate_id: str) -> LiveGate:
    """End a gate without a verdict. Raises NotFound, and Conflict for one that has ended."""
    with database.write() as tx:
        gate = _found(tx, principal.project, gate_id)
        if not _move(tx, gate_id, state="cancelled", finished=now()):
            raise Conflict(f"{gate_id} is {gate.state} and cannot be cancelled any more.")
        audit.append(tx, principal, "gate:cancel", f"gate/{gate_id}")
        return _found(tx, principal.project, gate_id)


def resume_live_gate(
    database: Database, audit: AuditChain, principal: Principal, gate: LiveGate, changed: Mapping[str, object]
) -> LiveGate:
    """Have an undecided gate that has ended go on; ``changed`` are options of its runs.

    Raises Conflict for one that is under way or decided.
    """
    check_undecided(gate)
    values = {
        "state": RUNNING,
        "error": None,
        "finished": None,
        "resumed": gate.resumed + 1,
        "taken_up": now(),
    }
    c = live_gates.c
    here = (c.id == gate.id, c.state == gate.state, c.resumed == gate.resumed)
    with database.write() as tx:
        if tx.execute(update(live_gates).where(*here).values(**values)).rowcount != 1:
            raise Conflict(f"{gate.id} was resumed by somebody else just now.")
        audit.append(tx, principal, "gate:resume", f"gate/{gate.id}", details=dict(changed))
        return _found(tx, principal.project, gate.id)


def check_undecided(gate: LiveGate) -> None:
    """Raise Conflict for a gate that cannot go on."""
    if gate.state == RUNNING:
        raise Conflict(f"{gate.id} is running; only a gate that has ended can be resumed.")
    if gate.state == "decided":
        raise Conflict(f"{gate.id} is decided, and {gate.verdict} says how: there is nothing to resume.")


def _move(tx: Connection, gate_id: str, **values: object) -> bool:
    query = update(live_gates).where(live_gates.c.id == gate_id, live_gates.c.state == RUNNING).values(**values)
    return tx.execute(query).rowcount == 1


def _found(tx: Connection, project: str, gate_id: str) -> LiveGate:
    query = select(live_gates).where(live_gates.c.project == project, live_gates.c.id == gate_id)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no live gate {gate_id!r} in the project {project!r}.")
    return _gate(row)


def _gate(row: Row[tuple[object, ...]]) -> LiveGate:
    return LiveGate.model_validate(dict(row._mapping))
