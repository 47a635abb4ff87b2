import json

import pytest

from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import Conflict, InputError, NotFound


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


def test_the_list_says_what_each_dataset_holds(project: Project) -> None:
    project.push_sums("b", items=2)
    project.client.post("/datasets/a", {"items": [{"input": "x"}], "description": "Small."})
    project.client.post("/datasets/a", {"items": [{"input": "x", "split": "test"}, {"input": "y"}]})
    listed = project.client.get("/datasets")["items"]
    assert [(each["name"], each["versions"], each["count"], each["description"]) for each in listed] == [
        ("a", 2, 2, ""),
        ("b", 1, 2, ""),
    ]
    held = project.client.get("/datasets/a")
    assert (held["version"]["number"], held["count"], held["splits"]) == (2, 2, {"": 1, "test": 1})
    assert project.client.get("/datasets/a", ref="1")["description"] == "Small."


def test_items_are_searched_and_one_is_found_by_its_id(project: Project) -> None:
    project.push_sums(items=30)
    page = project.client.get("/datasets/sums/items", q='"is 1"', limit=5)
    assert [item["id"] for item in page["items"]] == ["i001", "i010", "i011", "i012", "i013"]
    assert page["matches"] == 11
    project.client.post("/datasets/odd", {"items": [{"id": "a/b c", "input": "?"}]})
    assert project.client.get("/datasets/odd/items/a%2Fb%20c")["input"] == "?"
    with pytest.raises(NotFound, match="no item 'z'"):
        project.client.get("/datasets/odd/items/z")


def test_an_edit_is_a_version_and_the_second_of_two_editors_is_told(project: Project) -> None:
    base = project.push_sums(items=3)["digest"]
    edit = {"base": base, "put": [{"id": "i001", "input": "1 + 4?", "reference": "5"}], "message": "shorter"}
    version = project.client.post("/datasets/sums/edits", edit)
    assert (version["number"], version["message"]) == (2, "shorter")
    with pytest.raises(Conflict, match="at version 2 by now"):
        project.client.post("/datasets/sums/edits", {"base": base, "remove": ["i000"]})
    with pytest.raises(InputError, match="is the digest"):
        project.client.post("/datasets/sums/edits", {"base": "latest", "remove": ["i000"]})
    changes = project.client.get("/datasets/sums/changes", **{"from": "1", "to": "2"})
    assert (changes["from"]["number"], changes["to"]["number"], changes["changed"]) == (1, 2, 1)
    assert [change["field"] for change in changes["items"][0]["fields"]] == ["input"]


def test_items_are_added_to_a_dataset_that_may_not_be_there(project: Project) -> None:
    item = {"id": "a", "input": "?", "reference": "!"}
    for expected in ((1, 0, True), (0, 1, False)):
        answer = project.client.post("/datasets/new/items", {"items": [item]})
        assert (answer["added"], answer["already"], answer["version"]["is_new"]) == expected


def test_a_file_is_looked_at_then_imported_and_exported_as_another(project: Project) -> None:
    csv = b"question,answer,split\nWhere?,here,test\nWhen?,now,\n"
    columns = {"filename": "../q.csv", "column": ["input=question", "reference=answer"]}
    with project.http() as http:
        url = "/api/v1/datasets/q/import"
        look = http.post(url, params={**columns, "look": "true"}, content=csv).json()
        assert (look["data_format"], look["count"], look["version"]) == ("csv", 2, None)
        assert [item["reference"] for item in look["first"]] == ["here", "now"]
        assert project.client.get("/datasets")["items"] == []
        done = http.post(url, params=columns, content=csv).json()
        assert (done["version"]["number"], done["splits"]) == (1, {"test": 1, "": 1})
        more = http.post(
            url, params={"mode": "add", "message": "one more"}, content=b'{"id": "z", "input": "Why?"}'
        )
        assert (more.json()["version"]["number"], more.json()["version"]["message"]) == (2, "one more")
        exported = http.get("/api/v1/datasets/q/export")
        assert exported.headers["content-disposition"] == 'attachment; filename="q-2.jsonl"'
        assert [json.loads(line)["input"] for line in exported.text.splitlines()] == ["Where?", "When?", "Why?"]
        assert http.get("/api/v1/datasets/q/export?format=csv").text.startswith("id,")
        wrong = http.post(url, params={"filename": "x.csv"}, content=b"a,b\n1,2\n")
        assert (wrong.status_code, wrong.json()["detail"].startswith("x.csv")) == (422, True)
        assert http.get("/api/v1/datasets/q/export?format=hugging-face").status_code == 422


def test_traces_of_a_list_are_drawn_into_a_dataset(project: Project) -> None:
    texts = {"input.value": "Where?", "output.value": "Here."}
    spans = [span(number, number, name=f"n{number % 2}", attributes=texts) for number in range(1, 9)]
    project.send_traces(request(*spans).SerializeToString())
    answer = project.client.post("/datasets/seen/from-traces", {"split": "real"}, where=["name=n1"])
    assert (answer["matched"], answer["added"], answer["seed"], answer["version"]["number"]) == (4, 4, 0, 1)
    again = project.client.post("/datasets/seen/from-traces", {}, where=["name=n1"])
    assert (again["already"], again["added"], again["version"]["is_new"]) == (4, 0, False)
    item = project.client.get(f"/datasets/seen/items/{trace_id(1)}")
    assert (item["metadata"]["project"], item["split"]) == (project.name, "real")
    nothing = project.client.post("/datasets/other/from-traces", {}, where=["name=nothing"])
    assert (nothing["matched"], nothing["version"]) == (0, None)
