"""How finished samples come from a worker to the warehouse: through the database of records.

A sample is finished once its handover is committed, in one transaction with the shard's count and the proof that
the worker still holds its seat. Whoever executes the run moves handovers into the warehouse, which may be one
process's alone; moving one twice changes nothing, for spans and scores have ids of their own.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import orjson
from sqlalchemy import insert, select, update

from windlass.evaluation.runs import Run
from windlass.evaluation.sample_stores import Finished, NothingFinished
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.spans import encode_samples
from windlass.evaluation.store import attributes_of_run, scores_of
from windlass.evaluation.workers.patience import Patience
from windlass.evaluation.workers.roster import clock
from windlass.evaluation.workers.seats import Seat, Shard, keep_seat
from windlass.evaluation.workers.spans import GatheredSpans
from windlass.evaluation.workers.tables import run_handovers, run_shards
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database
from windlass.telemetry.scores import Score
from windlass.telemetry.writer import Writer

_MOVED: Final = 32
"""Handovers in one insert into the warehouse."""


class HandedOver:
    """The samples of one shard, as its worker finishes them. What others finished before is not asked of it."""

    def __init__(
        self,
        database: Database,
        run: Run,
        seat: Seat,
        shard: Shard,
        *,
        numbers: Mapping[str, int],
        spans: GatheredSpans,
        calls: Callable[[], CallCounts],
        lease_s: float,
        patience: Patience,
    ) -> None:
        """``numbers`` say where in the dataset an item is; ``spans`` are those that the target recorded."""
        self._database = database
        self._attributes = attributes_of_run(run.id, run.release.digest, run.release.name)
        self._release = run.release.digest
        self._seat = seat
        self._shard = shard
        self._numbers = numbers
        self._spans = spans
        self._calls = calls
        self._lease_s = lease_s
        self._patience = patience

    def finished(self, items: Sequence[Item], repeats: range, names: Collection[str]) -> Finished:  # noqa: ARG002
        return NothingFinished(len(items))

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:  # noqa: ARG002 - none is finished
        return {}

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        """Hand over samples; wait for a database that is away. Raises SeatLost."""
        results = [result for _, result in samples]
        spans = self._spans.take() + encode_samples(samples, self._attributes)
        self._hand_over(results, spans, results)

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        self._hand_over([], b"", results)

    def settle(self) -> None:
        """Whoever executes the run reads what was handed over, and moves it first."""

    def _hand_over(self, finished: Sequence[SampleResult], spans: bytes, judged: Sequence[SampleResult]) -> None:
        scores = [score for result in judged for score in self._scores_of(result)]
        values = {
            "id": secrets.token_hex(16),
            "run": self._seat.run,
            "shard": self._shard.number,
            "finished": [self._numbers[result.item] for result in finished],
            "failed": sum(result.prediction is None for result in finished),
            "spans": spans,
            "scores": orjson.dumps([score.model_dump(mode="json") for score in scores]),
            "stored": False,
        }
        self._patience.until_done(lambda: self._commit(values, len(finished)))

    def _scores_of(self, result: SampleResult) -> list[Score]:
        return scores_of(result, run=self._seat.run, release=self._release)

    def _commit(self, values: Mapping[str, object], finished: int) -> None:
        c = run_shards.c
        with self._database.write() as tx:
            keep_seat(tx, self._seat, self._lease_s, self._calls())
            known = select(run_handovers.c.id).where(run_handovers.c.id == values["id"])
            if tx.execute(known).one_or_none() is not None:
                # The answer to an earlier commit was lost on its way.
                return
            tx.execute(insert(run_handovers).values(**values, created=clock()))
            tx.execute(
                update(run_shards)
                .where(c.run == self._seat.run, c.number == self._shard.number)
                .values(finished=c.finished + finished, failed=c.failed + values["failed"])
            )


def move_handovers(database: Database, writer: Writer, project: str, run_id: str) -> int:
    """Move some of a run's handovers into the warehouse, where they can be read on return; return how many."""
    c = run_handovers.c
    query = select(c.id, c.spans, c.scores).where(c.run == run_id, c.stored.is_(False))
    with database.read() as tx:
        rows = tx.execute(query.order_by(c.created).limit(_MOVED)).all()
    if not rows:
        return 0
    # Requests of OTLP one after the other are one request.
    if spans := b"".join(row.spans for row in rows):
        writer.write_spans(project, spans)
    scores = [Score.model_validate(score) for row in rows for score in orjson.loads(row.scores)]
    if scores:
        writer.write_scores(project, scores)
    moved = update(run_handovers).where(c.id.in_([row.id for row in rows]))
    with database.write() as tx:
        # What they held is in the warehouse now; which items they finished is still asked for.
        tx.execute(moved.values(stored=True, spans=None, scores=None))
    return len(rows)
