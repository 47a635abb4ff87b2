"""A worker's part in a run: shard after shard, until none is left or the run is over."""

import asyncio
import contextlib
import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from windlass.errors import ConfigurationError, Unavailable, WindlassError
from windlass.evaluation.execution import RunParts, let_go
from windlass.evaluation.runner import Progress, run_samples
from windlass.evaluation.runs import Run, find_run_of
from windlass.evaluation.workers.handover import HandedOver
from windlass.evaluation.workers.ledger import RunLedger
from windlass.evaluation.workers.patience import Patience
from windlass.evaluation.workers.presence import Presence
from windlass.evaluation.workers.seats import (
    Seat,
    SeatLost,
    Shard,
    end_seat,
    finish_shard,
    take_seat,
    take_shard,
)
from windlass.evaluation.workers.shares import numbers_of, share_of
from windlass.evaluation.workers.spans import GatheredSpans
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.run_calls import BudgetOf
from windlass.models.calls.shared_budget import SharedBudget
from windlass.storage.database import Database

_log = logging.getLogger(__name__)

_LOOK_S: Final = 0.2
_MOST_TROUBLES: Final = 20

T = TypeVar("T")

OpenShare = Callable[[Run, BudgetOf | None], RunParts]


@dataclass(frozen=True)
class Workplace:
    """What a worker works with, whatever the run."""

    database: Database
    presence: Presence
    spans: GatheredSpans
    open_share: OpenShare
    model_base_url: str
    stopping: threading.Event
    lease_s: float
    troubles: Counter[str] = field(default_factory=Counter)
    """How often something was away when a run was to be worked on."""

    @property
    def patience(self) -> Patience:
        return Patience(self.stopping)


def work_once(place: Workplace) -> bool:
    """Take a seat and work until there is nothing to do there; return whether to look for another at once.

    A run that cannot be worked on here is given up with one sentence, and left to others. Raises Unavailable.
    """
    seat = take_seat(place.database, place.presence.worker, place.lease_s)
    if seat is None:
        return False
    part = _Part(place, seat)
    error, away = None, False
    try:
        part.work()
    except SeatLost as lost:
        _log.warning("%s", lost.message)
    except Unavailable as trouble:
        # It may pass; but a worker that waits for ever would have the server wait for it.
        away = True
        place.troubles[seat.run] += 1
        error = trouble.message if place.troubles[seat.run] >= _MOST_TROUBLES else None
    except WindlassError as known:
        error = known.message
    except Exception as unknown:  # noqa: BLE001 - others may do better, and this worker goes on with other runs
        _log.exception("%s cannot be worked on here", seat.run)
        error = f"{type(unknown).__name__}: {unknown}"
    if error is not None:
        _log.error("This worker gives %s up: %s", seat.run, error)
    place.presence.let_go()
    with contextlib.suppress(SeatLost):
        place.patience.until_done(lambda: end_seat(place.database, seat, part.counts(), error))
    return not away


class _Part:
    def __init__(self, place: Workplace, seat: Seat) -> None:
        self._place = place
        self._seat = seat
        self._parts: RunParts | None = None
        self._over = place.presence.hold(seat, self.counts)

    def counts(self) -> CallCounts:
        """What the calls of this seat came to."""
        calls = self._parts.calls if self._parts is not None else None
        return CallCounts() if calls is None else calls.counts

    def work(self) -> None:
        run = find_run_of(self._place.database, self._seat.run)
        self._refuse_another_endpoint()
        # What is left of another run is of samples that nobody finished here.
        self._place.spans.take()
        share = share_of(run, self._seat.number, self._seat.seats)
        self._parts = self._place.open_share(share, self._budget(run))
        _log.info("Working on %s, in place %d of %d.", run.id, self._seat.number + 1, self._seat.seats)
        asyncio.run(self._work_on(share, self._parts))

    def _refuse_another_endpoint(self) -> None:
        """Refuse to ask other models than the server would: the samples of a run are to compare."""
        ours, theirs = self._place.model_base_url, self._seat.model_base_url
        if ours != theirs:
            raise ConfigurationError(
                f"The server asks OpenAI-compatible models at {theirs or 'OpenAI'} and this worker at "
                f"{ours or 'OpenAI'}: set WINDLASS_MODEL_BASE_URL alike."
            )

    def _budget(self, run: Run) -> BudgetOf | None:
        if run.options.max_tokens is None and run.options.max_cost_usd is None:
            return None
        ledger = RunLedger(self._place.database, self._seat, run.options, self._place.patience)
        return lambda stop: SharedBudget(stop, ledger)

    async def _work_on(self, run: Run, parts: RunParts) -> None:
        watching = asyncio.create_task(self._watch(parts))
        try:
            while not self._ends and (shard := await self._waiting_for(self._take_shard)) is not None:
                await self._work_through(shard, run, parts)
        finally:
            watching.cancel()
            let_go(parts.evaluators)
            if parts.flush is not None:
                await asyncio.to_thread(parts.flush)

    async def _work_through(self, shard: Shard, run: Run, parts: RunParts) -> None:
        missing = [number for number in numbers_of(shard.ranges) if number not in shard.finished]
        items = {number: parts.items[number] for number in missing}
        store = HandedOver(
            self._place.database,
            run,
            self._seat,
            shard,
            numbers={item.id: number for number, item in items.items()},
            spans=self._place.spans,
            calls=self.counts,
            lease_s=self._place.lease_s,
            patience=self._place.patience,
        )
        settings = replace(parts.settings, first_repeat=shard.repeat, repeats=shard.repeat)
        progress = await run_samples(
            list(items.values()), parts.target, parts.evaluators, store, settings=settings, observe=self._observe
        )
        if progress.finished == progress.items:
            await self._waiting_for(lambda: finish_shard(self._place.database, self._seat, shard))

    def _observe(self, _progress: Progress) -> bool:
        if self._parts is not None and self._parts.flush is not None:
            self._parts.flush()
        return not self._ends

    async def _watch(self, parts: RunParts) -> None:
        """Let go whoever waits to make a call, once there is nothing to wait for."""
        while not self._ends:  # noqa: ASYNC110 - what ends it is set by threads
            await asyncio.sleep(_LOOK_S)
        if parts.calls is not None:
            parts.calls.stop("The run is over here.")

    @property
    def _ends(self) -> bool:
        stopped = self._parts is not None and self._parts.calls is not None and self._parts.calls.stopped
        return bool(stopped) or self._over.is_set() or self._place.stopping.is_set()

    def _take_shard(self) -> Shard | None:
        return take_shard(self._place.database, self._seat)

    async def _waiting_for(self, do: Callable[[], T]) -> T:
        return await asyncio.to_thread(self._place.patience.until_done, do)
