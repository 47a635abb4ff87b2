"""Approval of synthetic items: a person says in a review queue which of a dataset's may decide in a gate.

What is approved is the item as it was read, word for word: one that was edited since is another, and waits again.
Approval stands in the queue and not in the item, so that nobody gives it by writing a field.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal

from pydantic import BaseModel
from sqlalchemy import Delete, Row, delete, insert, select

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import digest_bytes
from windlass.errors import InputError, NotFound
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.item_edits import line_of_item
from windlass.evaluation.item_lines import Fields
from windlass.evaluation.kept import Kept
from windlass.evaluation.reviews.adding import MOST_ADDED, DatasetSelection
from windlass.evaluation.reviews.changing import save_queue
from windlass.evaluation.reviews.items import source_of
from windlass.evaluation.reviews.questions import BooleanQuestion
from windlass.evaluation.reviews.queues import Queue, QueueContent, find_queue
from windlass.evaluation.reviews.reviews import Reviews
from windlass.evaluation.reviews.tables import review_items
from windlass.evaluation.samples import Item
from windlass.evaluation.synthesis.candidates import has_provenance, is_synthetic
from windlass.evaluation.tables import dataset_approvals
from windlass.storage.database import Database, now, take_turns

_KEPT: Final = 200
QUESTION: Final = "approved"
"""What the queue asks, by yes or no."""
_GUIDELINES: Final = (
    "A model wrote these items. Approve one when the question is one that somebody would ask and can be "
    "understood by itself, and the reference is right and complete. The metadata say what it was made of, in "
    "whose words its source answers, and what the automatic checks found. What is wrong is edited in the dataset; "
    "the item then waits for approval anew."
)

ApprovalState = Literal["approved", "rejected", "waiting", "unseen"]
"""Unseen items are in no queue yet."""
MadeBy = Literal["model", "approved", "unapproved"]


class ApprovalStatus(BaseModel):
    """How the synthetic items of a dataset version stand."""

    required: bool
    """Whether a gate leaves out those that nobody approved."""
    queue: str | None
    synthetic: int
    counts: dict[ApprovalState, int]
    states: dict[str, ApprovalState]
    """By item, of those that are synthetic."""


class Submitted(BaseModel):
    queue: str
    added: int


class Approvals:
    """The approvals of one server's datasets."""

    def __init__(self, database: Database, audit: AuditChain, datasets: Datasets, reviews: Reviews) -> None:
        self._database = database
        self._audit = audit
        self._datasets = datasets
        self._reviews = reviews
        self._read = Kept[tuple[str, str], Mapping[str, str]](_KEPT)
        """Of versions that items were read in: what stood there. A version never changes."""

    def require(self, principal: Principal, dataset: str, queue: str | None = None) -> Submitted:
        """Have the synthetic items of a dataset approved in a queue, which is made where it is not there.

        What is synthetic in it now goes into the queue. Raises NotFound for a dataset that is not there,
        InputError for a queue that does not ask for approval.
        """
        if self._datasets.newest(principal.project, dataset) is None:
            raise NotFound(f"There is no dataset {dataset!r} in this project; push it first.")
        before = self.queue_of(principal.project, dataset)
        name = queue or before or f"approve-{dataset}"
        self._ready(principal, name)
        if before != name:
            with self._database.write() as tx:
                take_turns(tx, principal.project, "approval", dataset)
                tx.execute(_rule_of(principal.project, dataset))
                place = {"project": principal.project, "dataset": dataset, "queue": name}
                tx.execute(insert(dataset_approvals).values(**place, created=now(), created_by=principal.id))
                self._audit.append(
                    tx, principal, "approval:require", f"dataset/{dataset}", details={"queue": name}
                )
        return Submitted(queue=name, added=self.submit(principal, dataset))

    def waive(self, principal: Principal, dataset: str) -> None:
        """Let the synthetic items of a dataset decide without approval. Raises NotFound where they may already."""
        with self._database.write() as tx:
            if tx.execute(_rule_of(principal.project, dataset)).rowcount == 0:
                raise NotFound(f"The dataset {dataset!r} asks for no approval.")
            self._audit.append(tx, principal, "approval:waive", f"dataset/{dataset}")

    def submit(self, principal: Principal, dataset: str) -> int:
        """Put the synthetic items of the newest version that nobody has seen into the queue; return how many."""
        queue = self.queue_of(principal.project, dataset)
        newest = self._datasets.newest(principal.project, dataset)
        if queue is None or newest is None:
            return 0
        self._ready(principal, queue)
        version, items = self._datasets.load(principal.project, f"dataset/{dataset}@{newest[0].digest}")
        states = self._states(principal.project, queue, items)
        unseen = [item for item, state in states.items() if state == "unseen"]
        exact = f"{dataset}@{version.digest}"
        pieces = (unseen[start : start + MOST_ADDED] for start in range(0, len(unseen), MOST_ADDED))
        return sum(
            self._reviews.add(principal, queue, DatasetSelection(dataset=exact, items=piece)).added
            for piece in pieces
        )

    def status(self, project: str, selector: str) -> ApprovalStatus:
        """Return how the synthetic items of a dataset version stand. Raises NotFound."""
        version, items = self._datasets.load(project, selector)
        queue = self.queue_of(project, version.name)
        states = self._states(project, queue, items)
        return ApprovalStatus(
            required=queue is not None,
            queue=queue,
            synthetic=len(states),
            counts=dict(Counter(states.values())),
            states=dict(states),
        )

    def unapproved(self, project: str, dataset: str, items: Iterable[Item]) -> frozenset[str]:
        """Return the items that may not decide in a gate: none where the dataset asks for no approval."""
        queue = self.queue_of(project, dataset)
        if queue is None:
            return frozenset()
        states = self._states(project, queue, items)
        return frozenset(item for item, state in states.items() if state != "approved")

    def search(self, project: str, selector: str, made: MadeBy) -> Callable[[Fields], bool]:
        """Return what tells the items of a version that a model made: all, those approved, or the others."""
        if made == "model":
            return has_provenance
        states = self.status(project, selector).states
        approved = {item for item, state in states.items() if state == "approved"}
        wanted = approved if made == "approved" else states.keys() - approved
        return lambda fields: fields["id"] in wanted

    def queue_of(self, project: str, dataset: str) -> str | None:
        """Return the queue in which a dataset's synthetic items are approved, if they must be."""
        c = dataset_approvals.c
        query = select(c.queue).where(c.project == project, c.dataset == dataset)
        with self._database.read() as tx:
            return tx.execute(query).scalar_one_or_none()

    def _ready(self, principal: Principal, name: str) -> None:
        with self._database.read() as tx:
            queue = find_queue(tx, principal.project, name)
        if queue is None:
            asked = BooleanQuestion(type="boolean", name=QUESTION, text="May this item decide in a gate?")
            content = QueueContent(guidelines=_GUIDELINES, questions=[asked], labels_per_item=1)
            save_queue(self._database, self._audit, principal, name, content, expected=0)
        elif not _asks(queue):
            raise InputError(
                f"The review queue {name!r} does not ask {QUESTION!r} by yes or no, and so cannot approve; name "
                "another, or leave it out to have one made."
            )

    def _states(self, project: str, queue: str | None, items: Iterable[Item]) -> dict[str, ApprovalState]:
        said = self._said(project, queue) if queue is not None else {}
        return {item.id: said.get(_content(item), "unseen") for item in items if is_synthetic(item)}

    def _said(self, project: str, queue: str) -> dict[str, ApprovalState]:
        """Return what the queue says of items, by the digest of each as it was read there."""
        c = review_items.c
        query = select(review_items).where(c.project == project, c.queue == queue).order_by(c.position)
        with self._database.read() as tx:
            rows = tx.execute(query).all()
        by_version: dict[str, list[tuple[str, ApprovalState]]] = {}
        for row in rows:
            source = source_of(row)
            if source.kind == "dataset":
                version = f"dataset/{source.dataset}@{source.dataset_digest}"
                by_version.setdefault(version, []).append((source.item, _state(row)))
        said: dict[str, ApprovalState] = {}
        for version, states in by_version.items():
            contents = self._contents(project, version)
            said |= {contents[item]: state for item, state in states if item in contents}
        return said

    def _contents(self, project: str, version: str) -> Mapping[str, str]:
        def read() -> Mapping[str, str]:
            _, items = self._datasets.load(project, version)
            return {item.id: _content(item) for item in items if is_synthetic(item)}

        try:
            return self._read.get((project, version), read)
        except NotFound:
            return {}


def _asks(queue: Queue) -> bool:
    return any(isinstance(each, BooleanQuestion) and each.name == QUESTION for each in queue.questions)


def _state(row: Row[tuple[object, ...]]) -> ApprovalState:
    if row.state != "settled":
        return "waiting"
    return "approved" if row.reference.get(QUESTION) is True else "rejected"


def _content(item: Item) -> str:
    return digest_bytes(line_of_item(item))


def _rule_of(project: str, dataset: str) -> Delete:
    return delete(dataset_approvals).where(
        dataset_approvals.c.project == project, dataset_approvals.c.dataset == dataset
    )
