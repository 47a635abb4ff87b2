"""The review queues of one server."""

from collections.abc import Mapping

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.reviews import deciding, labelling
from windlass.evaluation.reviews.adding import (
    Added,
    Adding,
    DatasetSelection,
    RunSelection,
    SamplesOf,
    TraceSelection,
)
from windlass.evaluation.reviews.contents import Contents, ShownItem
from windlass.evaluation.reviews.exporting import Export, export_queue
from windlass.evaluation.reviews.items import ItemPage, ItemState, ReviewItem, find_item, list_items, read_item
from windlass.evaluation.reviews.questions import Answer
from windlass.evaluation.reviews.queues import get_queue, queue_of
from windlass.evaluation.reviews.report import Agreement, Agreements
from windlass.evaluation.reviews.scores import try_write_scores, write_all_scores, write_scores
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse


class Reviews:
    """What is done with the items of queues; each change of a reference is followed by its scores."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        warehouse: Warehouse,
        datasets: Datasets,
        samples_of: SamplesOf,
    ) -> None:
        self._database = database
        self._audit = audit
        self._warehouse = warehouse
        self._datasets = datasets
        self._contents = Contents(warehouse, datasets)
        self._agreements = Agreements(database)
        self._adding = Adding(database, audit, warehouse, datasets, samples_of)

    def add(
        self, principal: Principal, name: str, selection: RunSelection | TraceSelection | DatasetSelection
    ) -> Added:
        return self._adding.add(principal, name, selection)

    def next(self, principal: Principal, name: str) -> ShownItem | None:
        """Give the next item that needs the principal's label; None when there is none now."""
        item = labelling.next_item(self._database, principal, name)
        return None if item is None else self._shown(principal, item)

    def label(
        self, principal: Principal, name: str, item: str, answers: Mapping[str, Answer], *, comment: str = ""
    ) -> ReviewItem:
        labelled = labelling.label_item(
            self._database, self._audit, principal, name, item, answers, comment=comment
        )
        self._settle_scores(principal, name)
        return labelled

    def skip(self, principal: Principal, name: str, item: str) -> None:
        labelling.skip_item(self._database, principal, name, item)

    def undo(self, principal: Principal, name: str) -> ShownItem | None:
        """Take back the principal's latest label or skip; None when there is none."""
        item = labelling.undo(self._database, self._audit, principal, name)
        self._settle_scores(principal, name)
        return None if item is None else self._shown(principal, item)

    def next_dispute(self, principal: Principal, name: str, *, after: int | None = None) -> ShownItem | None:
        """Return an item to decide, with all its labels; None when there is none."""
        item = deciding.next_dispute(self._database, principal, name, after=after)
        return None if item is None else self._shown(principal, item)

    def decide(
        self, principal: Principal, name: str, item: str, answers: Mapping[str, Answer], *, comment: str = ""
    ) -> ReviewItem:
        decided = deciding.decide_item(
            self._database, self._audit, principal, name, item, answers, comment=comment
        )
        self._settle_scores(principal, name)
        return decided

    def item(self, principal: Principal, name: str, item: str) -> ShownItem:
        """Return an item with its content. Raises NotFound."""
        with self._database.read() as tx:
            queue = queue_of(tx, principal.project, name)
            found = read_item(tx, queue, find_item(tx, principal.project, name, item), principal.id)
        return self._shown(principal, found)

    def items(
        self,
        principal: Principal,
        name: str,
        *,
        state: ItemState | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> ItemPage:
        queue = get_queue(self._database, principal.project, name)
        return list_items(
            self._database, principal.project, queue, principal.id, state=state, limit=limit, after=after
        )

    def agreement(self, principal: Principal, name: str) -> Agreement:
        """Return how far the reviewers agree so far. Raises NotFound."""
        return self._agreements.of(principal.project, name)

    def export(self, principal: Principal, name: str, *, dataset: str, reference: str | None = None) -> Export:
        """Push the settled items as a dataset version, their scores being written."""
        write_scores(self._database, self._warehouse, principal.project, name)
        return export_queue(
            self._database,
            self._contents,
            self._datasets,
            principal,
            name,
            dataset=dataset,
            reference=reference,
        )

    def recover(self) -> None:
        """Write the scores that an earlier process left due."""
        write_all_scores(self._database, self._warehouse)

    def _settle_scores(self, principal: Principal, name: str) -> None:
        try_write_scores(self._database, self._warehouse, principal.project, name)

    def _shown(self, principal: Principal, item: ReviewItem) -> ShownItem:
        content = self._contents.read(principal.project, item.id, item.source, principal.id)
        return ShownItem(**dict(item), content=content)
