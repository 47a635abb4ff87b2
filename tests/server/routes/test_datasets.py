import pytest

from tests.live import Project
from windlass.errors import InputError


def test_items_come_back_in_their_order_page_by_page(project: Project) -> None:
    project.push_sums(items=7)
    page = project.client.get("/datasets/sums/items", limit=3)
    assert [item["id"] for item in page["items"]] == ["i000", "i001", "i002"]
    assert page["items"][0] == {
        "id": "i000",
        "input": {"question": "What is 0 + 4?"},
        "reference": "4",
        "metadata": {},
        "split": "",
    }
    assert [item["id"] for item in project.client.pages("/datasets/sums/items", limit=3)] == [
        f"i{number:03}" for number in range(7)
    ]


@pytest.mark.parametrize(("cursor", "items"), [("6", 1), ("7", 0), ("1000", 0)])
def test_the_last_page_has_no_next(project: Project, cursor: str, items: int) -> None:
    project.push_sums(items=7)
    page = project.client.get("/datasets/sums/items", limit=3, cursor=cursor)
    assert (len(page["items"]), page["next"]) == (items, None)


def test_each_version_keeps_its_items(project: Project) -> None:
    project.push_sums(items=2)
    project.push_sums(items=3)
    assert project.push_sums(items=2)["is_new"] is False
    counts = [len(project.client.get("/datasets/sums/items", ref=ref)["items"]) for ref in ("1", "2")]
    assert counts == [2, 3]
    body = project.client.get("/artifacts/dataset/sums/versions/2")["body"]
    assert (body["count"], body["fields"]) == (3, ["input", "reference"])


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([], "dataset/sums has no items"),
        ([{"id": "a"}], "dataset/sums, line 1: the item has no 'input'"),
        ([{"id": "a", "input": "x"}, {"id": "a", "input": "y"}], "line 2: the id 'a' is already that of line 1"),
        ([{"input": "x", "answer": "y"}], "unknown field 'answer'; an item has id, input"),
        ([{"input": "x", "metadata": 1}], "'metadata' is wrong"),
    ],
    ids=["none", "no input", "same id", "unknown field", "metadata"],
)
def test_items_that_are_wrong_are_one_sentence_and_make_no_version(
    project: Project, items: list[object], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        project.client.post("/datasets/sums", {"items": items})
    assert project.client.get("/artifacts")["items"] == []
