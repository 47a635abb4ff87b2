import threading

import pytest

from tests.evaluation.reviews.conftest import EDITOR, Labelling
from windlass.access.audit import AuditChain
from windlass.artifacts.registry import Registry
from windlass.errors import InputError, NotFound
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.reviews.adding import Adding, DatasetSelection, RunSelection
from windlass.evaluation.reviews.erasing import ReviewsOfTraces
from windlass.evaluation.reviews.queues import get_queue
from windlass.evaluation.samples import Item
from windlass.storage.blobs import Blobs
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse

ITEMS = [Item(id=f"i{number}", input=f"What is {number}?") for number in range(20)]


@pytest.fixture
def adding(
    database: Database, audit: AuditChain, registry: Registry, blobs: Blobs, warehouse: Warehouse
) -> Adding:
    datasets = Datasets(registry, blobs)
    datasets.push(EDITOR, "questions", ITEMS)
    return Adding(database, audit, warehouse, datasets, samples_of=lambda _run: {})


def count(labelling: Labelling) -> int:
    return get_queue(labelling.database, EDITOR.project, labelling.name).progress.items


def test_what_several_add_at_once_stands_in_the_queue_once(adding: Adding, labelling: Labelling) -> None:
    labelling.save()
    everything = DatasetSelection(dataset="questions@latest")
    start = threading.Barrier(3)
    added: list[int] = []

    def add() -> None:
        start.wait()
        added.append(adding.add(EDITOR, labelling.name, everything).added)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == [0, 0, len(ITEMS)]
    assert count(labelling) == len(ITEMS)


def test_a_larger_sample_of_the_same_seed_adds_to_the_queue(adding: Adding, labelling: Labelling) -> None:
    labelling.save()
    adding.add(EDITOR, labelling.name, DatasetSelection(dataset="questions@latest", sample=5, seed=3))
    more = adding.add(EDITOR, labelling.name, DatasetSelection(dataset="questions@latest", sample=100))
    assert (more.added, more.there) == (15, 5)


def test_what_is_not_there_cannot_be_added(adding: Adding, labelling: Labelling) -> None:
    labelling.save()
    with pytest.raises(NotFound, match="run-none"):
        adding.add(EDITOR, labelling.name, RunSelection(run="run-none"))
    with pytest.raises(NotFound, match="others"):
        adding.add(EDITOR, "others", DatasetSelection(dataset="questions@latest"))
    with pytest.raises(InputError, match="no question of the type preference"):
        adding.add(EDITOR, labelling.name, RunSelection(run="run-1", baseline="run-2"))
    assert count(labelling) == 0


def test_labels_of_erased_traces_go_and_others_stay(labelling: Labelling) -> None:
    labelling.save(labels_per_item=1)
    for item in labelling.fill(3):
        labelling.label("ada", item)
    records, erased = ReviewsOfTraces(labelling.database), [f"{number:032x}" for number in (0, 2, 9)]
    assert records.count(EDITOR.project, erased) == {"review_items": 2, "review_labels": 2}
    records.delete("another", erased)
    records.delete(EDITOR.project, [])
    assert count(labelling) == 3
    records.delete(EDITOR.project, erased)
    progress = get_queue(labelling.database, EDITOR.project, labelling.name).progress
    assert (progress.items, progress.labels) == (1, 1)
