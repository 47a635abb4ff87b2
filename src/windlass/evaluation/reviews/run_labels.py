"""What people said in review queues of a run's samples, as numbers."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import select

from windlass.errors import InputError
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.human.labels import HumanLabels, Labels, PairLabels, labels_of_items, worth
from windlass.evaluation.reviews.items import source_of
from windlass.evaluation.reviews.questions import BooleanQuestion, ChoiceQuestion, ScaleQuestion
from windlass.evaluation.reviews.queues import queue_of
from windlass.evaluation.reviews.tables import review_items, review_queues
from windlass.evaluation.samples import Item
from windlass.storage.database import Database


class LabelSource(NamedTuple):
    """A question that people answered about a run's samples."""

    queue: str
    question: str
    labelled: int


def read_labels(
    database: Database, project: str, run: str, metric: str, human: HumanLabels, items: Iterable[Item]
) -> Labels:
    """Return what people said of a run's items; of an item whose repeats were labelled, the mean.

    Raises NotFound for a queue that is not there, and InputError for a question that it does not ask or whose
    answers are no numbers, and for an answer without a value.
    """
    if human.field is not None:
        return labels_of_items(human.field, human.values, items)
    assert human.queue is not None
    question = human.question or metric
    _check_question(database, project, human.queue, question, human.values)
    return _of_queue(database, project, run, human.queue, question, human.values)


def labels_of_rule(
    database: Database, project: str, rule: GateRule, *, baseline: str, candidate: str, items: Iterable[Item]
) -> dict[str, PairLabels]:
    """Return what people said of both runs of a gate, by metric. Raises what ``read_labels`` raises."""
    asking = [each for each in (rule.primary, *rule.guardrails) if each.human is not None]
    # Of a rule that asks nobody no item is read.
    known = list(items) if asking else []
    return {
        each.metric: PairLabels(
            read_labels(database, project, baseline, each.metric, each.human.of_baseline(), known),
            read_labels(database, project, candidate, each.metric, each.human, known),
        )
        for each in asking
        if each.human is not None
    }


def sources_of_run(database: Database, project: str, run: str, metric: str) -> list[LabelSource]:
    """Return the questions that people answered about a run and that are called as a metric, most labels first.

    Those answered by words are left out: nobody has said what each word is worth.
    """
    with database.read() as tx:
        names = tx.execute(select(review_queues.c.name).where(review_queues.c.project == project)).scalars().all()
        queues = [queue_of(tx, project, name) for name in names]
    asking = [
        queue.name
        for queue in queues
        if any(
            each.name == metric and isinstance(each, BooleanQuestion | ScaleQuestion) for each in queue.questions
        )
    ]
    found = [
        LabelSource(name, metric, len(_of_queue(database, project, run, name, metric, {}))) for name in asking
    ]
    return sorted((each for each in found if each.labelled), key=lambda each: (-each.labelled, each.queue))


def _check_question(
    database: Database, project: str, name: str, question: str, values: Mapping[str, float]
) -> None:
    with database.read() as tx:
        queue = queue_of(tx, project, name)
    asked = next((each for each in queue.questions if each.name == question), None)
    if asked is None:
        names = ", ".join(each.name for each in queue.questions)
        raise InputError(f"The review queue {name!r} does not ask {question!r}; it asks {names}.")
    if isinstance(asked, BooleanQuestion | ScaleQuestion) or (isinstance(asked, ChoiceQuestion) and values):
        return
    if isinstance(asked, ChoiceQuestion):
        raise InputError(
            f"The answers to {question!r} are words ({', '.join(asked.choices)}); give each a number (`values`)."
        )
    raise InputError(
        f"The answers to {question!r} are no measure of one output; ask yes or no, a scale or a choice."
    )


def _of_queue(
    database: Database, project: str, run: str, queue: str, question: str, values: Mapping[str, float]
) -> Labels:
    query = select(review_items).where(
        review_items.c.project == project, review_items.c.queue == queue, review_items.c.state == "settled"
    )
    with database.read() as tx:
        rows = tx.execute(query.order_by(review_items.c.position)).all()
    said: dict[str, list[float]] = {}
    for row in rows:
        source = source_of(row)
        # What is said of a pair is said of the newer of the two.
        if source.outputs and source.outputs[-1].run == run and question in row.reference:
            said.setdefault(source.item, []).append(worth(row.reference[question], values, queue))
    return {item: sum(each) / len(each) for item, each in said.items()}
