import pytest

from windlass.access.principals import LOCAL_ADMIN
from windlass.artifacts.registry import Registry
from windlass.errors import NotFound
from windlass.evaluation import dataset_versions
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.datasets import parse_items
from windlass.evaluation.item_lines import LineItems
from windlass.evaluation.samples import Item
from windlass.storage.blobs import Blobs


@pytest.fixture
def datasets(registry: Registry, blobs: Blobs) -> Datasets:
    return Datasets(registry, blobs)


def test_a_version_gives_its_items_back(datasets: Datasets) -> None:
    items = parse_items('{"id": "a", "input": {"q": "où ?"}, "reference": ["x", "y"]}\n{"id": "b", "input": "?"}')
    pushed = datasets.push(LOCAL_ADMIN, "questions", items, message="first")
    assert pushed.is_new
    assert pushed.version.body["fields"] == ["input"]
    version, loaded = datasets.load("default", "dataset/questions@1")
    assert (version.digest, loaded) == (pushed.version.digest, items)


def test_the_same_items_in_another_spelling_are_the_same_version(datasets: Datasets) -> None:
    datasets.push(LOCAL_ADMIN, "questions", parse_items('{"id": "a", "input": {"q": "où ?", "k": 1.0}}'))
    again = datasets.push(
        LOCAL_ADMIN,
        "questions",
        parse_items('{"metadata": {}, "input": {"k": 1, "q": "o\\u00f9 ?"}, "id": "a", "split": ""}'),
    )
    assert not again.is_new
    assert again.version.number == 1


def test_a_large_version_is_not_kept_in_memory(datasets: Datasets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_versions, "MOST_IN_MEMORY", 2)
    items = [Item(id=f"i{number}", input=str(number)) for number in range(3)]
    datasets.push(LOCAL_ADMIN, "questions", items)
    _, loaded = datasets.load("default", "dataset/questions")
    assert isinstance(loaded, LineItems)
    assert list(loaded) == items


def test_an_unknown_dataset_is_not_found(datasets: Datasets) -> None:
    with pytest.raises(NotFound, match="no dataset 'nothing'"):
        datasets.load("default", "dataset/nothing")
