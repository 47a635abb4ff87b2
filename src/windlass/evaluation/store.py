"""Samples of a run in the warehouse: each a trace with scores, and so its own checkpoint."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from windlass.errors import Unavailable
from windlass.evaluation.amounts import Amounts
from windlass.evaluation.finished import FinishedColumns, index_of
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.predictions import load_prediction
from windlass.evaluation.run_scores import RunScores
from windlass.evaluation.sample_stores import Finished, NothingFinished
from windlass.evaluation.samples import Item, Judgement, SampleResult
from windlass.evaluation.spans import ATTEMPTS, ERROR_TYPE, PREDICTION, encode_samples
from windlass.evaluation.stored_scores import read_amounts, read_scores
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.conventions import RELEASE, RELEASE_NAME, REPEAT, RUN
from windlass.telemetry.models import SampleSpan
from windlass.telemetry.queries import list_samples, scores_of_run, scores_of_traces
from windlass.telemetry.run_parts import Part
from windlass.telemetry.sample_columns import items_of_run, state_of_run
from windlass.telemetry.samples import count_samples, samples_of_items
from windlass.telemetry.scores import RunScore, Score
from windlass.telemetry.writer import Writer

REVIEW = "review/"
"""What the evaluator of a score from a review queue begins with."""

PIECE = 25_000
_NANOSECONDS = 1_000_000_000


class WarehouseSamples:
    """The samples of one run.

    A sample is finished once its root span is committed; its scores follow. ``flush`` commits the spans that
    the target itself recorded and says whether it could: they go first, so that a finished sample always has
    its whole trace. Committed spans are loaded into the warehouse meanwhile: nobody waits for each load.
    """

    def __init__(
        self,
        writer: Writer,
        warehouse: Warehouse,
        *,
        project: str,
        run: str,
        release: str,
        release_name: str = "",
        flush: Callable[[], bool] | None = None,
        piece: int = PIECE,
    ) -> None:
        """``piece`` is how many samples are read at once, about."""
        self._writer = writer
        self._warehouse = warehouse
        self._project = project
        self._run = run
        self._release = release
        self._attributes = attributes_of_run(run, release, release_name)
        self._flush = flush
        self._piece = piece

    def stored(self) -> Mapping[str, SampleResult]:
        return {key: result for piece in self.pieces() for key, result in piece.items()}

    def pieces(self) -> Iterator[Mapping[str, SampleResult]]:
        # Counted first: the engine would sort whole samples to give the first of them.
        parts = 1 + count_samples(self._warehouse, self._project, self._run) // self._piece
        for number in range(parts):
            part = Part(number, parts)
            yield self._results(
                list_samples(self._warehouse, self._project, self._run, part=part),
                scores_of_run(self._warehouse, self._project, self._run, part=part),
            )

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:
        spans = samples_of_items(self._warehouse, self._project, self._run, items)
        scores = scores_of_traces(self._warehouse, self._project, [span.trace_id for span in spans])
        # Scores that name an item come last, as in the whole list, which has them in the order of the items.
        own = sorted((score for score in scores if score.run == self._run), key=lambda score: score.item)
        return self._results(spans, own)

    def finished(self, items: Sequence[Item], repeats: range, names: Collection[str]) -> Finished:
        # What a process before this one committed may still be on its way into the warehouse.
        self.settle()
        if not count_samples(self._warehouse, self._project, self._run):
            return NothingFinished(len(items))
        return FinishedColumns(self.scores(index_of(items)), repeats, names)

    def items_there(self) -> NDArray[np.uint64]:
        return items_of_run(self._warehouse, self._project, self._run)

    def scores(self, index: ItemIndex) -> RunScores:
        return read_scores(self._warehouse, self._project, self._run, index, without=REVIEW)

    def amounts(self, scores: RunScores) -> Amounts:
        return read_amounts(self._warehouse, self._project, self._run, scores)

    def state(self) -> Hashable:
        return state_of_run(self._warehouse, self._project, self._run)

    def _results(self, spans: Sequence[SampleSpan], scores: Sequence[Score]) -> dict[str, SampleResult]:
        judgements: defaultdict[str, dict[str, Judgement]] = defaultdict(dict)
        for score in scores:
            # What people say of a sample afterwards is no result of the run, whatever the question is called.
            if score.evaluator.startswith(REVIEW):
                continue
            judgements[score.trace_id][score.name] = Judgement(
                score.value,
                score.label,
                score.explanation,
                "judge" if score.source == "judge" else "code",
                score.evidence,
            )
        # A sample that was cut off may have left spans of the target: they are no root and do not count.
        results = (_result(span, judgements[span.trace_id]) for span in spans if ATTEMPTS in span.attributes)
        return {result.key: result for result in results}

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        if self._flush is not None and not self._flush():
            raise Unavailable("The spans that the target recorded are not committed yet; the warehouse is slow.")
        self._writer.commit_spans(self._project, encode_samples(samples, self._attributes))
        self.write_judgements([result for _, result in samples])

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        scores = [score for result in results for score in _run_scores(result)]
        if scores:
            self._writer.write_run_scores(self._project, scores, run=self._run, release=self._release)

    def settle(self) -> None:
        self._writer.flush()


def attributes_of_run(run: str, release: str, release_name: str) -> dict[str, str]:
    """Return what the root spans of a run's samples have in common."""
    return {RUN: run, RELEASE: release, RELEASE_NAME: release_name}


def _run_scores(result: SampleResult) -> Iterator[RunScore]:
    for name, judged in result.judgements.items():
        said = (judged.value, judged.label, judged.explanation, judged.evidence, judged.source)
        yield RunScore(result.trace_id, result.span_id, name, *said, result.item)


def scores_of(result: SampleResult, *, run: str, release: str) -> list[Score]:
    """Return the judgements of a sample as they are handed over to whoever keeps them."""
    return [
        Score(
            trace_id=result.trace_id,
            span_id=result.span_id,
            name=name,
            value=judgement.value,
            label=judgement.label,
            explanation=judgement.explanation,
            evidence=judgement.evidence,
            source=judgement.source,
            run=run,
            item=result.item,
            release=release,
            evaluator=name,
        )
        for name, judgement in result.judgements.items()
    ]


def _result(span: SampleSpan, judgements: Mapping[str, Judgement]) -> SampleResult:
    start_ns = int(span.start_time.timestamp() * _NANOSECONDS)
    prediction = span.attributes.get(PREDICTION)
    return SampleResult(
        item=span.item,
        trace_id=span.trace_id,
        span_id=span.span_id,
        start_ns=start_ns,
        end_ns=start_ns + int(span.duration_s * _NANOSECONDS),
        prediction=None if prediction is None else load_prediction(str(prediction)),
        error=None if prediction is not None else span.status_message,
        error_type="" if prediction is not None else str(span.attributes.get(ERROR_TYPE, "")),
        attempts=int(str(span.attributes[ATTEMPTS])),
        judgements=judgements,
        repeat=int(str(span.attributes.get(REPEAT, 1))),
    )
