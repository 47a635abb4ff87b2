"""What the calls of a shared run came to, everybody's together."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from windlass.evaluation.workers.tables import run_seats
from windlass.models.calls.counts import CallCounts


def counts_of_all(tx: Connection, plan: Row[Any]) -> CallCounts:
    """Add up the calls that were made before there was a plan and those of every seat.

    What a dead worker's calls may have taken counts as spent where there is a ledger of it: nobody knows what the
    provider charges.
    """
    seats = tx.execute(select(run_seats).where(run_seats.c.run == plan.run)).all()
    total = add_counts(
        CallCounts.model_validate(counts) for counts in (plan.calls, *(seat.calls for seat in seats))
    )
    lost = [seat for seat in seats if not seat.held]
    return total.model_copy(
        update={
            "spent_tokens": total.spent_tokens + sum(_lost_tokens(seat) for seat in lost),
            "spent_usd": total.spent_usd + sum(_lost_usd(seat) for seat in lost),
        }
    )


def add_counts(counts: Iterable[CallCounts]) -> CallCounts:
    rows = [each.model_dump() for each in counts]
    return CallCounts.model_validate({name: sum(row[name] for row in rows) for name in CallCounts.model_fields})


def _lost_tokens(seat: Row[Any]) -> int:
    """What the ledger knows of beyond what the worker told."""
    return max(0, int(seat.spent_tokens + seat.reserved_tokens - seat.calls["spent_tokens"]))


def _lost_usd(seat: Row[Any]) -> float:
    return max(0.0, float(seat.spent_usd + seat.reserved_usd - seat.calls["spent_usd"]))
