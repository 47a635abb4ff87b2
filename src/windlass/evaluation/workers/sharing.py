"""Whoever executes a run, while others work on it: shares it out, moves in what comes, and notices its end."""

import logging
import threading
from typing import Final

from windlass.errors import Unavailable
from windlass.evaluation.execution import Opener
from windlass.evaluation.resuming import PassingTroubles
from windlass.evaluation.run_states import record_calls, record_progress
from windlass.evaluation.runs import Run, get_run
from windlass.evaluation.workers.handover import move_handovers
from windlass.evaluation.workers.patience import Patience
from windlass.evaluation.workers.plans import (
    Standing,
    count_able,
    create_plan,
    drop_plan,
    fit_seats,
    has_plan,
    look_at,
    revoke_seats,
    stop_plan,
)
from windlass.evaluation.workers.seats import SeatLost
from windlass.evaluation.workers.shares import divide, most_seats
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted
from windlass.telemetry.writer import Writer

_log = logging.getLogger(__name__)

_LOOK_S: Final = 0.5


class RunSharing:
    """Has the workers of a PostgreSQL work on runs."""

    def __init__(
        self, database: Database, writer: Writer, *, model_base_url: str = "", look_s: float = _LOOK_S
    ) -> None:
        self._database = database
        self._writer = writer
        self._model_base_url = model_base_url
        self._look_s = look_s

    def share(self, run: Run, open_parts: Opener, stopping: threading.Event) -> Run:
        """Return once nobody works on a run any more; at once when nobody is there who could.

        What is finished is in the warehouse then. Called again after a crash, it goes on. Raises JobInterrupted
        when ``stopping`` is set: the workers go on meanwhile.
        """
        patience = Patience(stopping, between_s=self._look_s)
        try:
            if patience.until_done(lambda: self._is_shared_out(run, open_parts)):
                self._attend(run, stopping)
                patience.until_done(lambda: self._close(run))
                return patience.until_done(lambda: get_run(self._database, run.project, run.id))
        except SeatLost as error:
            raise JobInterrupted from error
        return run

    def _is_shared_out(self, run: Run, open_parts: Opener) -> bool:
        """Share a run out, if it is not, and somebody is there; say whether it is."""
        if not has_plan(self._database, run.id) and (able := count_able(self._database, run.id)):
            self._plan(run, open_parts, able)
        return has_plan(self._database, run.id)

    def _plan(self, run: Run, open_parts: Opener, able: int) -> None:
        parts = open_parts(run)
        store = PassingTroubles(parts.store) if run.resumed else parts.store
        finished = store.finished(parts.items, range(1, run.repeats + 1), ())
        seats = most_seats(run, able)
        shards = divide(len(parts.items), run.repeats, finished, seats)
        if not shards:
            return
        done = len(parts.items) * run.repeats - sum(shard.samples for shard in shards)
        create_plan(
            self._database,
            run,
            shards,
            seats=seats,
            finished=done,
            failed=finished.failed,
            model_base_url=self._model_base_url,
        )
        _log.info("%s is shared out: %d parts for %d workers at once.", run.id, len(shards), seats)

    def _attend(self, run: Run, stopping: threading.Event) -> None:
        """Move in what comes until nobody works on the run any more."""
        ending, waiting = False, False
        while True:
            moved, standing, wanted = 0, None, True
            try:
                moved = move_handovers(self._database, self._writer, run.project, run.id)
                standing = look_at(self._database, run.id)
                wanted = self._note(run, standing)
                self._fit(run, standing)
                if not ending and (not wanted or standing.is_over or not (standing.held or standing.able)):
                    stop_plan(self._database, run.id)
                    ending = True
                waiting = False
            except Unavailable as error:
                if not waiting:
                    _log.warning("%s waits: %s", run.id, error.message)
                waiting = True
            if stopping.is_set():
                raise JobInterrupted
            if ending and standing is not None and not standing.held:
                return
            if not moved:
                stopping.wait(self._look_s)

    def _fit(self, run: Run, standing: Standing) -> None:
        """Divide the limits anew where workers came or went."""
        seats = most_seats(run, standing.able)
        if standing.able and seats != standing.seats:
            fit_seats(self._database, run.id, seats)

    def _note(self, run: Run, standing: Standing) -> bool:
        finished, failed, calls = standing.finished, standing.failed, standing.calls
        return record_progress(self._database, run.id, finished=finished, failed=failed, calls=calls)

    def _close(self, run: Run) -> None:
        """Move in what came last. From the first line on nobody hands over any more."""
        if not has_plan(self._database, run.id):
            # The answer to an earlier time was lost on its way.
            return
        revoke_seats(self._database, run.id)
        while move_handovers(self._database, self._writer, run.project, run.id):
            pass
        record_calls(self._database, run.id, look_at(self._database, run.id).calls)
        drop_plan(self._database, run.id)
