import threading

import pytest

from windlass.access.principals import LOCAL_ADMIN
from windlass.artifacts.registry import Registry
from windlass.errors import Conflict, InputError
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.samples import Item
from windlass.storage.blobs import Blobs


@pytest.fixture
def datasets(registry: Registry, blobs: Blobs) -> Datasets:
    return Datasets(registry, blobs)


def push(datasets: Datasets, *items: Item) -> str:
    return datasets.push(LOCAL_ADMIN, "questions", items, description="About refunds.").version.digest


def ids(datasets: Datasets, what: str = "latest") -> list[str]:
    return [item.id for item in datasets.load("default", f"dataset/questions@{what}")[1]]


A = Item(id="a", input="1 + 1?", reference="2")
B = Item(id="b", input="2 + 2?", reference="5", metadata={"level": 1, "by": "ada"})
C = Item(id="c", input="3 + 3?", reference="6", split="test")


def test_an_edit_changes_an_item_in_its_place_adds_at_the_end_and_removes(datasets: Datasets) -> None:
    base = push(datasets, A, B, C)
    right = B.model_copy(update={"reference": "4", "metadata": {"level": 2}})
    new = Item(id="d", input="4 + 4?", reference="8")
    pushed = datasets.edit(LOCAL_ADMIN, "questions", base, put=[new, right], remove=["c"], message="4 is right")
    assert (pushed.version.number, pushed.version.message, pushed.is_new) == (2, "4 is right", True)
    assert pushed.version.body["description"] == "About refunds."
    assert datasets.load("default", "dataset/questions@2")[1] == [A, right, new]
    old, later, differences = datasets.differences("default", "questions", "1", "2")
    page = differences.page(limit=10)
    assert (old.number, later.number) == (1, 2)
    assert (page.added, page.removed, page.changed, page.unchanged) == (1, 1, 1, 1)
    assert [(change.id, change.kind) for change in page.items] == [
        ("b", "changed"),
        ("d", "added"),
        ("c", "removed"),
    ]
    assert [(each.field, each.before, each.after) for each in page.items[0].fields] == [
        ("reference", "5", "4"),
        ("metadata.by", "ada", None),
        ("metadata.level", 1, 2),
    ]
    assert (page.items[1].before, page.items[1].after) == (None, new)


def test_changes_come_in_pages_of_all_or_of_one_kind_and_a_move_is_none(datasets: Datasets) -> None:
    push(datasets, *[Item(id=f"i{number}", input=number + 1) for number in range(9)])
    kept = [Item(id=f"i{number}", input=number + 1) for number in (2, 1, 0)]
    push(datasets, *kept, Item(id="new", input="?"))
    differences = datasets.differences("default", "questions", "1", "2")[2]
    first = differences.page(limit=4)
    rest = differences.page(limit=4, start=int(first.next or 0))
    assert [each.id for each in (*first.items, *rest.items)] == ["new", "i3", "i4", "i5", "i6", "i7", "i8"]
    assert rest.next is None
    assert [each.id for each in differences.page(kind="added", limit=4).items] == ["new"]
    assert differences.page(kind="changed", limit=4).items == []


def test_who_edits_a_version_that_is_not_the_newest_any_more_is_told_who_was_first(datasets: Datasets) -> None:
    base = push(datasets, A, B)
    datasets.edit(LOCAL_ADMIN, "questions", base, remove=["a"], message="too easy")
    with pytest.raises(Conflict, match=r"at version 2 by now, of .*\(too easy\)"):
        datasets.edit(LOCAL_ADMIN, "questions", base, remove=["b"])
    assert ids(datasets) == ["b"]


def test_the_same_edit_sent_twice_is_one_version(datasets: Datasets) -> None:
    base = push(datasets, A, B)
    first = datasets.edit(LOCAL_ADMIN, "questions", base, remove=["a"])
    again = datasets.edit(LOCAL_ADMIN, "questions", base, remove=["a"])
    assert (again.version.digest, again.is_new) == (first.version.digest, False)


@pytest.mark.parametrize(
    ("put", "remove", "sentence"),
    [
        ([], ["x"], "no item 'x' to remove"),
        ([A], ["a"], "'a' is to be put and to be removed"),
        ([A], [], "change nothing"),
        ([], ["a", "b"], "would have no items"),
    ],
    ids=["unknown", "both", "nothing", "all"],
)
def test_an_edit_that_cannot_be_meant_is_one_sentence(
    datasets: Datasets, put: list[Item], remove: list[str], sentence: str
) -> None:
    base = push(datasets, A, B)
    with pytest.raises(InputError, match=sentence):
        datasets.edit(LOCAL_ADMIN, "questions", base, put=put, remove=remove)
    assert ids(datasets) == ["a", "b"]


def test_items_are_added_once_and_never_over_others(datasets: Datasets) -> None:
    first = datasets.add(LOCAL_ADMIN, "questions", [A])
    assert (first.pushed.version.number, first.added, first.already) == (1, 1, 0)
    second = datasets.add(LOCAL_ADMIN, "questions", [A, B])
    assert (second.pushed.version.number, second.added, second.already) == (2, 1, 1)
    again = datasets.add(LOCAL_ADMIN, "questions", [B])
    assert (again.pushed.version.number, again.pushed.is_new, again.added) == (2, False, 0)
    with pytest.raises(Conflict, match="another item 'a' already"):
        datasets.add(LOCAL_ADMIN, "questions", [A.model_copy(update={"reference": "3"})])
    assert ids(datasets) == ["a", "b"]


def test_those_who_add_at_the_same_time_lose_nothing(datasets: Datasets) -> None:
    push(datasets, A)
    start = threading.Barrier(4)
    failures: list[Exception] = []

    def add(number: int) -> None:
        start.wait()
        try:
            datasets.add(LOCAL_ADMIN, "questions", [Item(id=f"t{number}", input="?")])
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(ids(datasets)) == ["a", "t0", "t1", "t2", "t3"]
