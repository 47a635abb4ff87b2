"""What came of runs, for whoever looks at it: pages, comparisons and scores, without a whole run in memory."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.amounts import Amounts
from windlass.evaluation.compare import (
    ComparedPage,
    Comparison,
    Pairing,
    ReadBoth,
    compare_runs,
    compare_slices,
    compared_item,
    compared_page,
    pair_runs,
    shared_metrics,
)
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.gates.slices import SliceDifference
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.items_by_id import VersionItems, ids_of
from windlass.evaluation.kept import Kept
from windlass.evaluation.pass_rates import PassRates
from windlass.evaluation.passes import rates_of
from windlass.evaluation.run_scores import RunScores
from windlass.evaluation.runs import Run
from windlass.evaluation.sample_pages import SamplePage, item_page, samples_page, sorted_page
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.score_summaries import ScoredSamples, tries_of
from windlass.evaluation.scored_samples import ScoredItems, scored_samples

_KEPT: Final = 4
"""Runs whose scores are kept for the next who looks: about a hundred bytes a sample."""
_KEPT_VERSIONS: Final = 2
"""Dataset versions of which is kept in which order a digest has their ids: about 30 bytes an item."""


class StoredSamples(ScoredSamples, Protocol):
    """A store of samples from which a part of them can be read."""

    def stored(self) -> Mapping[str, SampleResult]:
        """Return all finished samples by key."""
        ...

    def items_there(self) -> NDArray[np.uint64]:
        """Return the hashes of the items that have a sample, finished or not."""
        ...

    def amounts(self, scores: RunScores) -> Amounts:
        """Return what each sample took."""
        ...

    def state(self) -> Hashable:
        """Return what changes when a sample or a score does."""
        ...


class RunReading:
    """Reads the runs of one server."""

    def __init__(self, datasets: Datasets, store_of: Callable[[Run], StoredSamples]) -> None:
        self._datasets = datasets
        self._store_of = store_of
        self._scores = Kept[tuple[str, str, Hashable], RunScores](_KEPT)
        self._versions = Kept[tuple[str, str], VersionItems](_KEPT_VERSIONS)

    def items(self, run: Run) -> Sequence[Item]:
        """Return the items of a run's dataset version; of a large one each is read when it is asked for."""
        return self._datasets.load(run.project, _dataset_of(run))[1]

    def store(self, run: Run) -> StoredSamples:
        """Return where the samples of a run are."""
        return self._store_of(run)

    def scores(self, run: Run) -> RunScores:
        """Return the scores of a run as they stand."""
        store = self._store_of(run)
        key = (run.project, run.id, store.state())
        return self._scores.get(key, lambda: store.scores(self._index(run)))

    def page(
        self,
        run: Run,
        *,
        sort: str | None = None,
        descending: bool = False,
        limit: int = 50,
        cursor: str | None = None,
    ) -> SamplePage:
        """Return finished samples in the order of the dataset, or by a metric. Raises InputError."""
        items, store = self.items(run), self._store_of(run)
        if sort is not None:
            scores = self.scores(run)
            return sorted_page(
                scores, items, store.of_items, sort, descending=descending, limit=limit, cursor=cursor
            )
        return samples_page(
            items,
            store.of_items,
            store.items_there,
            lambda: self._index(run),
            limit=limit,
            cursor=cursor,
            repeats=run.repeats,
        )

    def samples_of(self, run: Run, item: str) -> SamplePage:
        """Return the samples of one item."""
        return item_page(self._index(run), self.items(run), self._store_of(run).of_items, item)

    def item(self, run: Run, item: str) -> tuple[Item, Mapping[str, SampleResult]] | None:
        """Return an item of a run's dataset with its samples by key, or None."""
        position = self._index(run).position(item)
        if position < 0:
            return None
        return self.items(run)[position], self._store_of(run).of_items([item])

    def sides(self, *runs: Run) -> tuple[VersionItems, list[ScoredItems]]:
        """Return the items of runs on one dataset version by id, and what came of each run by item.

        The repeats of an item are averaged, and what was answered is not read.
        """
        items = self.version(runs[0])
        return items, [ScoredItems(self.scores(run), items.ids) for run in runs]

    def version(self, run: Run) -> VersionItems:
        """Return the items of a run's dataset version by id."""
        key = (run.project, run.dataset.digest)
        return self._versions.get(key, lambda: VersionItems(self.items(run), self._index(run)))

    def samples(self, run: Run) -> Iterator[SampleResult]:
        """Give the samples of a run without what was answered, in the order of the dataset."""
        return scored_samples(self.scores(run), ids_of(self.items(run)))

    def passes(self, run: Run, metric: str, k: int) -> PassRates:
        """Return pass^k and pass@k of a metric so far. Raises InputError where the run cannot tell them."""
        if metric not in run.evaluators:
            raise InputError(f"{run.id} has no metric {metric!r}; it has {', '.join(run.evaluators)}.")
        return rates_of(tries_of(self.scores(run), metric), k)

    def compare(self, baseline: Run, candidate: Run, *, metric: str | None = None, limit: int = 50) -> Comparison:
        """Compare two runs on one dataset version. Raises InputError."""
        pairing = self._pair(baseline, candidate, metric)
        return compare_runs(pairing, self.items(candidate), self._read(pairing), limit=limit)

    def compared_page(
        self, baseline: Run, candidate: Run, *, metric: str | None, limit: int, cursor: str | None
    ) -> ComparedPage:
        """Return a page of the samples of a comparison, worst first. Raises InputError."""
        pairing = self._pair(baseline, candidate, metric)
        return compared_page(pairing, self.items(candidate), self._read(pairing), limit=limit, cursor=cursor)

    def compared_item(self, baseline: Run, candidate: Run, item: str, *, metric: str | None) -> ComparedPage:
        """Return one item of both runs. Raises InputError."""
        pairing = self._pair(baseline, candidate, metric)
        return compared_item(pairing, self.items(candidate), self._read(pairing), item)

    def slices(self, baseline: Run, candidate: Run, *, metric: str | None = None) -> list[SliceDifference]:
        """Return what changed in a metric on every slice of the items. Raises InputError."""
        # Before anything is read: what cannot be compared is refused at once.
        shared_metrics(baseline, candidate, metric)
        items, (before, after) = self.sides(baseline, candidate)
        return compare_slices(baseline, candidate, before, after, items=items, metric=metric)

    def _pair(self, baseline: Run, candidate: Run, metric: str | None) -> Pairing:
        # Before anything is read: what cannot be compared is refused at once.
        shared_metrics(baseline, candidate, metric)
        return pair_runs(baseline, candidate, self.scores(baseline), self.scores(candidate), metric)

    def _read(self, pairing: Pairing) -> ReadBoth:
        return ReadBoth(self._store_of(pairing.baseline).of_items, self._store_of(pairing.candidate).of_items)

    def _index(self, run: Run) -> ItemIndex:
        return self._datasets.index(run.project, _dataset_of(run))


def _dataset_of(run: Run) -> str:
    return f"dataset/{run.dataset.name}@{run.dataset.digest}"
