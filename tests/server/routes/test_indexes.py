import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live import Project
from windlass.errors import InputError, NotFound
from windlass.models.embeddings import load_embedder

DOCUMENTS = [
    {"name": "cats.md", "text": "# Cats\n\n## Food\n\nCats eat fish and mice.\n\n## Sleep\n\nCats sleep all day."},
    {"name": "ships.md", "text": "# Ships\n\n## Sails\n\nA ship moves by the wind in its sails."},
]


def test_an_index_is_built_once_and_searched_in_each_mode(project: Project) -> None:
    with project.http() as http:
        built = http.post("/api/v1/indexes/pets", json={"documents": DOCUMENTS})
        again = http.post("/api/v1/indexes/pets", json={"documents": DOCUMENTS})
    assert (built.status_code, again.status_code) == (201, 200)
    assert built.json()["digest"] == again.json()["digest"]
    assert built.json()["body"]["chunks"] == 3
    for mode in ("hybrid", "vector", "text"):
        hits = project.client.get("/indexes/pets/search", q="What do cats eat?", k=2, mode=mode)["items"]
        assert (hits[0]["document"], hits[0]["section"], hits[0]["rank"]) == ("cats.md", "Food", 1)
        assert len(hits) <= 2


def test_each_version_is_searched_by_its_name(project: Project) -> None:
    project.client.post("/indexes/pets", {"documents": DOCUMENTS[1:]})
    project.client.post("/indexes/pets", {"documents": DOCUMENTS})
    found = project.client.get("/indexes/pets/search", q="What do cats eat?", ref="1")["items"]
    assert {hit["document"] for hit in found} == {"ships.md"}
    with pytest.raises(NotFound):
        project.client.get("/indexes/pets/search", q="cats", ref="3")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"documents": []}, "at least one document"),
        ({"documents": [DOCUMENTS[0], DOCUMENTS[0]]}, "Two documents are named 'cats.md'"),
        ({"documents": [{"name": "a", "text": "  "}]}, "All documents are empty"),
        ({"documents": DOCUMENTS, "settings": {"chunk_tokens": 64, "overlap_tokens": 60}}, "at most half"),
        ({"documents": DOCUMENTS, "settings": {"colour": "red"}}, "body.settings.colour"),
        ({"documents": DOCUMENTS, "settings": {"embedder": "nonsense"}}, "nonsense"),
    ],
    ids=["none", "same name", "empty", "overlap", "unknown setting", "embedder"],
)
def test_an_index_that_cannot_be_built_is_one_sentence_and_no_version(
    project: Project, body: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        project.client.post("/indexes/pets", body)
    assert project.client.get("/artifacts")["items"] == []


@pytest.mark.parametrize(
    "query", [{"q": ""}, {"q": "  "}, {"q": "cats", "k": 0}, {"q": "cats", "mode": "psychic"}]
)
def test_a_search_for_nothing_is_invalid(project: Project, query: dict[str, object]) -> None:
    project.client.post("/indexes/pets", {"documents": DOCUMENTS})
    with pytest.raises(InputError):
        project.client.get("/indexes/pets/search", **query)


class HeldEmbedder:
    """An embedder that waits before the second part until it is let go."""

    def __init__(self) -> None:
        self._embedder: Any = load_embedder()
        self.parts = 0
        self.second = threading.Event()
        self.let_go = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)

    def embed(self, texts: Sequence[str]) -> Any:
        self.parts += 1
        if self.parts == 2:
            self.second.set()
            self.let_go.wait(30)
        return self._embedder.embed(texts)


def test_progress_tells_how_far_a_build_is(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    held = HeldEmbedder()
    monkeypatch.setattr("windlass.retrieval.indexes.load_embedder", lambda name: held)
    documents = [{"name": f"{number}.txt", "text": f"Number {number}."} for number in range(150)]
    progress = "/indexes/numbers/progress"
    assert project.client.get(progress) == {"done": 0, "total": 0}
    with ThreadPoolExecutor(1) as pool:
        built = pool.submit(project.client.post, "/indexes/numbers", {"documents": documents})
        assert held.second.wait(30)
        with project.http() as http:
            told = http.get(f"/api/v1{progress}").json()
        held.let_go.set()
        assert 0 < told["done"] < told["total"] == 150
        assert built.result()["body"]["chunks"] == 150
    assert project.client.get(progress) == {"done": 0, "total": 0}
