"""Labelled items with what the judge is shown of them: from a review queue, a dataset version, or a run."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import select

from windlass.errors import InputError, NotFound
from windlass.evaluation.calibration.judged import most_said
from windlass.evaluation.calibration.labelled import (
    DataName,
    LabelledData,
    labelled_item,
    labels_digest,
    lengths_of,
    recorded_sample,
    said_of,
    scale_of,
    verdict_of,
)
from windlass.evaluation.calibration.labels import worth_of
from windlass.evaluation.calibration.requests import (
    CalibrationRequest,
    DatasetCalibration,
    QueueCalibration,
    RunCalibration,
)
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.reviews.contents import Contents
from windlass.evaluation.reviews.items import Source, source_of
from windlass.evaluation.reviews.questions import Answers, Question, TextQuestion
from windlass.evaluation.reviews.queues import Queue, queue_of
from windlass.evaluation.reviews.tables import review_items, review_labels
from windlass.evaluation.runs import Run, get_run
from windlass.evaluation.samples import Context, Item, Judgement, Prediction, Sample, SampleResult
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.queries import scores_of_run

MOST_ITEMS: Final = 5000


class LabelSources:
    """Reads labels and answers of one server."""

    def __init__(
        self,
        database: Database,
        warehouse: Warehouse,
        datasets: Datasets,
        samples_of: Callable[[Run], Mapping[str, SampleResult]],
    ) -> None:
        self._database = database
        self._warehouse = warehouse
        self._datasets = datasets
        self._samples_of = samples_of
        self._contents = Contents(warehouse, datasets)

    def read(self, project: str, request: CalibrationRequest, evaluator: str, against: str | None) -> LabelledData:
        """Return labelled items; ``against`` is the field of the answer that the judge compares with, if it does.

        Raises NotFound, and InputError for labels that cannot be read and where none is left.
        """
        match request:
            case QueueCalibration():
                data = self._of_queue(project, request, against)
            case DatasetCalibration():
                data = self._of_dataset(project, request, against)
            case RunCalibration():
                data = self._of_run(project, request, evaluator, against)
        if not data.items:
            raise InputError(
                f"{data.name.key} has no labelled item with an answer to judge"
                + (f"; {data.without_answer} have labels and no answer." if data.without_answer else ".")
            )
        if len(data.items) > MOST_ITEMS:
            raise InputError(f"{data.name.key} has more than {MOST_ITEMS:,} labelled items; take a part of them.")
        return data

    def _of_queue(self, project: str, request: QueueCalibration, against: str | None) -> LabelledData:
        with self._database.read() as tx:
            queue = queue_of(tx, project, request.queue)
            here = (review_items.c.project == project, review_items.c.queue == queue.name)
            query = select(review_items).where(*here, review_items.c.state != "open")
            rows = tx.execute(query.order_by(review_items.c.position)).all()
            given = tx.execute(
                select(review_labels.c.item, review_labels.c.reviewer, review_labels.c.answers).where(
                    review_labels.c.project == project,
                    review_labels.c.queue == queue.name,
                    review_labels.c.state == "labelled",
                )
            ).all()
        question = _question_of(queue, request.question)
        labels: dict[str, dict[str, Answers]] = {}
        for item, reviewer, answers in given:
            labels.setdefault(item, {})[reviewer] = answers
        worth = _worth(request.values, question.name, compares=against is not None)
        runs = _Predictions(self._contents, project, lambda run: self._samples(project, run))
        items, gone = [], 0
        for row in rows:
            said = {
                reviewer: value
                for reviewer, answers in sorted(labels.get(row.id, {}).items())
                if (value := worth(answers)) is not None
            }
            reference = None if row.reference is None else worth(row.reference)
            if reference is None and not said:
                continue
            sample = self._sample(project, row.id, source_of(row), against, runs)
            if sample is None:
                gone += 1
                continue
            items.append(labelled_item(row.id, said, reference, sample, request.cluster, against))
        return LabelledData(
            items,
            DataName(kind="queue", name=queue.name, labels=[question.name], digest=labels_digest(items)),
            scale_of(request, against, level=question.level),
            gone,
        )

    def _of_dataset(self, project: str, request: DatasetCalibration, against: str | None) -> LabelledData:
        version, found = self._datasets.load(project, request.dataset)
        items, gone = [], 0
        for item in found:
            said = said_of(item, request.labels, request.values, compares=against is not None)
            if not said:
                continue
            sample = recorded_sample(item, request.output, against)
            if sample is None:
                gone += 1
                continue
            items.append(labelled_item(item.id, said, most_said(said.values()), sample, request.cluster, against))
        return LabelledData(
            items,
            DataName(
                kind="dataset",
                name=version.name,
                number=version.number,
                labels=request.labels,
                digest=labels_digest(items),
            ),
            scale_of(request, against),
            gone,
        )

    def _of_run(self, project: str, request: RunCalibration, evaluator: str, against: str | None) -> LabelledData:
        run = get_run(self._database, project, request.run)
        if evaluator not in run.evaluators:
            raise InputError(f"{run.id} has no scores of {evaluator!r}; it has {', '.join(run.evaluators)}.")
        selector = f"dataset/{run.dataset.name}@{run.dataset.digest}"
        found = {item.id: item for item in self._datasets.load(project, selector)[1]}
        scores = self._human_scores(project, run, request) if request.score is not None else {}
        items, gone = [], 0
        samples = {each.item: each for each in self._samples_of(run).values() if each.repeat == 1}
        for item in found.values():
            said = (
                said_of(item, request.labels, request.values, compares=against is not None)
                if request.labels
                else scores.get(item.id, {})
            )
            if not said:
                continue
            result = samples.get(item.id)
            if result is None or result.prediction is None:
                gone += 1
                continue
            sample = Sample.of(item, result.prediction)
            labelled = labelled_item(item.id, said, most_said(said.values()), sample, request.cluster, against)
            verdict = verdict_of(result.judgements.get(evaluator) or Judgement(None, "absent"))
            lengths = lengths_of(item, request.answers)
            judged = labelled.judged.model_copy(update={"verdicts": [verdict], **lengths})
            items.append(replace(labelled, judged=judged))
        name = DataName(
            kind="run", name=run.id, labels=request.labels or [str(request.score)], digest=labels_digest(items)
        )
        return LabelledData(items, name, scale_of(request, against), gone)

    def _samples(self, project: str, run: str) -> Iterable[SampleResult]:
        return self._samples_of(get_run(self._database, project, run)).values()

    def _human_scores(self, project: str, run: Run, request: RunCalibration) -> Mapping[str, Mapping[str, float]]:
        found: dict[str, dict[str, float]] = {}
        for score in scores_of_run(self._warehouse, project, run.id):
            if score.source != "human" or score.name != request.score:
                continue
            label = score.label if score.label in request.values else None
            value = request.values[label] if label is not None else score.value
            if value is None:
                value = worth_of(score.label, request.values, compares=False)
            if value is not None:
                found.setdefault(score.item, {})[score.author or score.sender or "somebody"] = value
        return found

    def _sample(
        self, project: str, item: str, source: Source, against: str | None, runs: "_Predictions"
    ) -> Sample | None:
        """Return what was reviewed as the judge is shown it; None where it is not there any more."""
        found = self._of_trace(project, item, source) if source.kind == "trace" else runs.of(source)
        if found is None:
            return None
        entry, answers = found
        judged = answers.get("b") or answers.get("")
        if judged is None:
            return None
        if against is not None and "a" in answers:
            entry = entry.model_copy(update={"metadata": {**entry.metadata, against: answers["a"].output}})
        if against is not None and not entry.metadata.get(against):
            return None
        return Sample.of(entry, judged)

    def _of_trace(self, project: str, item: str, source: Source) -> tuple[Item, Mapping[str, Prediction]] | None:
        content = self._contents.read(project, item, source)
        if content is None:
            return None
        (output,) = content.outputs
        contexts = tuple(Context(each.document, each.section, each.text) for each in output.passages)
        entry = Item(id=output.trace_id, input=content.input, metadata=dict(content.metadata))
        return entry, {"": Prediction(output=output.text, contexts=contexts)}


class _Predictions:
    """What the runs answered whose samples were reviewed; each run is read once."""

    def __init__(self, contents: Contents, project: str, samples: Callable[[str], Iterable[SampleResult]]) -> None:
        self._contents = contents
        self._project = project
        self._samples = samples
        self._by_trace: dict[str, Mapping[str, Prediction]] = {}

    def of(self, source: Source) -> tuple[Item, Mapping[str, Prediction]] | None:
        """Return the item that was asked, and by side what was answered; None where it is not there any more."""
        try:
            entry = self._contents.dataset_item(self._project, source)
            answers = {output.side: self._of_run(output.run).get(output.trace_id) for output in source.outputs}
        except NotFound:
            return None
        return entry, {side: answer for side, answer in answers.items() if answer is not None}

    def _of_run(self, run: str) -> Mapping[str, Prediction]:
        if run not in self._by_trace:
            samples = self._samples(run)
            self._by_trace[run] = {
                each.trace_id: each.prediction for each in samples if each.prediction is not None
            }
        return self._by_trace[run]


def _question_of(queue: Queue, named: str | None) -> Question:
    asked = [question for question in queue.questions if not isinstance(question, TextQuestion)]
    chosen = [question for question in asked if named in (None, question.name)]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(question.name for question in asked) or "nothing but free text"
    raise InputError(
        f"Say with `--question` which question of the queue {queue.name!r} the judge answers; it asks {names}."
    )


def _worth(values: Mapping[str, float], question: str, *, compares: bool) -> Callable[[Answers], float | None]:
    return lambda answers: worth_of(answers.get(question), values, compares=compares)
