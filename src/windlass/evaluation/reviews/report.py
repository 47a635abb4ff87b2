"""What the agreement of a queue's reviewers comes to, question by question."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from pydantic import BaseModel
from sqlalchemy import Connection, func, select

from windlass.evaluation.reviews.agreement import Coefficient, cohen_kappa, krippendorff_alpha, raw_agreement
from windlass.evaluation.reviews.questions import Answer, Answers, Level, Question, TextQuestion
from windlass.evaluation.reviews.queues import Queue, queue_of
from windlass.evaluation.reviews.tables import review_labels
from windlass.storage.database import Database

Labels = Mapping[str, Mapping[str, Answers]]
"""The answers of each reviewer by item."""

_KEPT = 64
_MOST_REVIEWERS = 12
"""Every two of them are compared."""


class Figure(BaseModel):
    value: float | None
    """Null where it is undefined."""
    low: float | None
    high: float | None
    """The 95 % interval; null for a single item, and where all labels agree."""
    n: int
    """Items that it is about."""


class PairKappa(BaseModel):
    reviewers: list[str]
    kappa: Figure


class QuestionAgreement(BaseModel):
    question: str
    level: Level
    """What alpha takes a difference for."""
    raw: Figure
    """The share of equal pairs of labels."""
    alpha: Figure
    """Krippendorff's."""
    kappas: list[PairKappa]
    """Cohen's, of every two who labelled the same items; of the twelve who labelled most, where there are more."""


class ReviewerCount(BaseModel):
    reviewer: str
    labels: int
    skips: int


class Agreement(BaseModel):
    questions: list[QuestionAgreement]
    """Without those of free text."""
    reviewers: list[ReviewerCount]


class Agreements:
    """The agreement of each queue, measured again when its labels have changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._measured: OrderedDict[tuple[str, str], tuple[object, Agreement]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, project: str, name: str) -> Agreement:
        """Raises NotFound."""
        state = self._state(project, name)
        with self._lock:
            known = self._measured.get((project, name))
        if known is not None and known[0] == state:
            return known[1]
        agreement = measure_agreement(self._database, project, name)
        with self._lock:
            self._measured[project, name] = state, agreement
            self._measured.move_to_end((project, name))
            while len(self._measured) > _KEPT:
                self._measured.popitem(last=False)
        return agreement

    def _state(self, project: str, name: str) -> object:
        """Return what is another after every change of the queue or its labels."""
        labels = select(func.count(), func.max(review_labels.c.updated)).where(
            review_labels.c.project == project, review_labels.c.queue == name
        )
        with self._database.read() as tx:
            queue = queue_of(tx, project, name)
            return queue.revision, queue.created, tuple(tx.execute(labels).one())


def measure_agreement(database: Database, project: str, name: str) -> Agreement:
    """Measure how far the reviewers of a queue agree so far. Raises NotFound."""
    with database.read() as tx:
        queue = queue_of(tx, project, name)
        labels, counts = _labels(tx, project, queue), _reviewers(tx, project, queue)
    most = [count.reviewer for count in counts[:_MOST_REVIEWERS]]
    asked = [question for question in queue.questions if not isinstance(question, TextQuestion)]
    return Agreement(questions=[_of_question(each, labels, most) for each in asked], reviewers=counts)


def _of_question(question: Question, labels: Labels, reviewers: Sequence[str]) -> QuestionAgreement:
    name = question.name
    given = [[answers[name] for answers in item.values() if name in answers] for item in labels.values()]
    return QuestionAgreement(
        question=name,
        level=question.level,
        raw=_figure(raw_agreement(given)),
        alpha=_figure(krippendorff_alpha(given, list(question.values), question.level)),
        kappas=[
            PairKappa(reviewers=list(pair), kappa=_figure(cohen_kappa(both)))
            for pair in combinations(sorted(reviewers), 2)
            if (both := _answers_of_both(labels, name, pair))
        ],
    )


def _answers_of_both(labels: Labels, question: str, pair: tuple[str, str]) -> list[tuple[Answer, Answer]]:
    first, second = pair
    return [
        (item[first][question], item[second][question])
        for item in labels.values()
        if question in item.get(first, {}) and question in item.get(second, {})
    ]


def _figure(coefficient: Coefficient) -> Figure:
    return Figure(value=coefficient.value, low=coefficient.low, high=coefficient.high, n=coefficient.n)


def _labels(tx: Connection, project: str, queue: Queue) -> Labels:
    query = select(review_labels.c.item, review_labels.c.reviewer, review_labels.c.answers).where(
        review_labels.c.project == project,
        review_labels.c.queue == queue.name,
        review_labels.c.state == "labelled",
    )
    labels: defaultdict[str, dict[str, Answers]] = defaultdict(dict)
    for item, reviewer, answers in tx.execute(
        query.order_by(review_labels.c.item, review_labels.c.reviewer)
    ).all():
        labels[item][reviewer] = answers
    return labels


def _reviewers(tx: Connection, project: str, queue: Queue) -> list[ReviewerCount]:
    query = (
        select(review_labels.c.reviewer, review_labels.c.state, func.count())
        .where(review_labels.c.project == project, review_labels.c.queue == queue.name)
        .group_by(review_labels.c.reviewer, review_labels.c.state)
    )
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for reviewer, state, count in tx.execute(query).all():
        counts[reviewer][state] = int(count)
    listed = [
        ReviewerCount(reviewer=reviewer, labels=states.get("labelled", 0), skips=states.get("skipped", 0))
        for reviewer, states in counts.items()
    ]
    return sorted(listed, key=lambda each: (-each.labels, each.reviewer))
