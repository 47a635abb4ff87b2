import json
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from windlass.canonical import digest_bytes
from windlass.errors import InputError
from windlass.models.embeddings import Embedder, load_embedder
from windlass.models.minilm import Floats
from windlass.retrieval.documents import Document
from windlass.retrieval.file import read_index_file, write_index_file
from windlass.retrieval.index import Index, IndexSettings, build_index, source_digest

DOCUMENTS = [
    Document(
        name="04-releases.md",
        text="# Releases\n\n## Rolling back\nOne command moves the environment to the release before.\n\n"
        "## Labels\nA label is a movable name for a version.",
    ),
    Document(name="13-cost.md", text="# Cost\n\n## Caching\nA cached answer is free and instantaneous."),
    Document(name="ko.md", text="# 평가\n\n## 데이터셋\n데이터셋은 질문과 기준 답변을 담습니다."),
]
SETTINGS = IndexSettings()


class Renamed:
    """The real embedder by another name."""

    name = "another-model"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.dimensions = embedder.dimensions
        self.max_tokens = embedder.max_tokens

    def embed(self, texts: Sequence[str]) -> Floats:
        return self._embedder.embed(texts)

    def count_tokens(self, text: str) -> int:
        return self._embedder.count_tokens(text)


@pytest.fixture(scope="module")
def data() -> bytes:
    return build_index(DOCUMENTS, SETTINGS, load_embedder())


@pytest.fixture(scope="module")
def index(data: bytes) -> Index:
    return Index.load(data, load_embedder())


@pytest.mark.parametrize("mode", ["text", "vector", "hybrid"])
def test_the_section_that_answers_comes_first(index: Index, mode: str) -> None:
    hit = index.search("How do I move an environment back to the release before?", k=3, mode=mode)[0]  # type: ignore[arg-type]
    assert (hit.document, hit.section, hit.headings) == (
        "04-releases.md",
        "Rolling back",
        ("Releases", "Rolling back"),
    )
    assert hit.chunk_id == "04-releases.md#0"
    assert hit.text == "One command moves the environment to the release before."
    assert hit.rank == 1
    assert hit.score > 0


def test_korean_is_found_by_its_words(index: Index) -> None:
    assert index.search("기준 답변", k=1, mode="text")[0].document == "ko.md"


def test_a_paraphrase_is_found_by_meaning_where_no_word_matches(index: Index) -> None:
    query = "lower bills through memoization"
    assert index.search(query, k=1, mode="text") == []
    assert index.search(query, k=1, mode="vector")[0].section == "Caching"
    assert index.search(query, k=1)[0].section == "Caching"


def test_hits_are_ranked_from_one_and_at_most_k(index: Index) -> None:
    hits = index.search("release version label", k=2)
    assert [hit.rank for hit in hits] == [1, 2]
    assert len(index.search("release", k=100)) == index.chunk_count == 4


def test_titles_are_searched_only_when_the_settings_say_so(index: Index) -> None:
    assert index.search("rolling", k=1, mode="text")[0].section == "Rolling back"
    without = build_index(DOCUMENTS, IndexSettings(include_headings=False), load_embedder())
    assert Index.load(without, load_embedder()).search("rolling", k=1, mode="text") == []


def test_equal_input_makes_equal_bytes_in_any_order_of_documents(data: bytes) -> None:
    assert build_index(DOCUMENTS[::-1], SETTINGS, load_embedder()) == data
    assert build_index(DOCUMENTS[:2], SETTINGS, load_embedder()) != data


def test_an_index_knows_what_it_was_built_from(index: Index) -> None:
    assert index.source == source_digest(DOCUMENTS[::-1], SETTINGS)
    assert index.source != source_digest(DOCUMENTS, IndexSettings(chunk_tokens=100))
    assert index.settings == SETTINGS


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    many = [Document(name=f"{number}.md", text=f"Text number {number}") for number in range(100)]
    build_index(many, SETTINGS, load_embedder(), lambda done, total: told.append((done, total)))
    assert told == [(64, 100), (100, 100)]


@pytest.mark.parametrize(
    ("documents", "sentence"),
    [
        ([], "at least one document"),
        ([Document(name="a", text=" \n"), Document(name="b", text="")], "All documents are empty"),
        ([Document(name="a", text="# Only\n## Headings")], "nothing but headings"),
        ([Document(name="a", text="x"), Document(name="a", text="y")], "Two documents are named 'a'"),
    ],
    ids=["none", "empty", "headings", "same name"],
)
def test_nothing_to_index_is_refused(documents: list[Document], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        build_index(documents, SETTINGS, load_embedder())


@pytest.mark.parametrize(
    "settings",
    [{"chunk_tokens": 4}, {"chunk_tokens": 20, "overlap_tokens": 11}, {"section_level": 7}, {"unknown": 1}],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        IndexSettings.model_validate(settings)


def test_another_embedder_is_refused(data: bytes) -> None:
    other = Renamed(load_embedder())
    with pytest.raises(InputError, match="wants the embedder 'all-minilm-l6-v2', but 'another-model'"):
        build_index(DOCUMENTS, SETTINGS, other)
    with pytest.raises(InputError, match="cannot be searched with 'another-model'"):
        Index.load(data, other)


def test_a_search_for_nothing_is_refused(index: Index) -> None:
    with pytest.raises(InputError, match="query is empty"):
        index.search(" \n", k=3)
    with pytest.raises(InputError, match="at least 1"):
        index.search("release", k=0)


def test_a_file_is_read_as_it_was_written(data: bytes) -> None:
    file = read_index_file(data)
    assert [chunk.id for chunk in file.chunks] == [
        "04-releases.md#0",
        "04-releases.md#1",
        "13-cost.md#0",
        "ko.md#0",
    ]
    assert file.vectors.shape == (4, 384)
    assert write_index_file(file) == data
    assert write_index_file(replace(file, vectors=np.asfortranarray(file.vectors))) == data


def test_every_damage_is_noticed(data: bytes) -> None:
    for position in range(0, len(data), max(1, len(data) // 200)):
        damaged = data[:position] + bytes([data[position] ^ 0x55]) + data[position + 1 :]
        with pytest.raises(InputError):
            Index.load(damaged, load_embedder())
    for length in (0, 1, 10, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(InputError):
            Index.load(data[:length], load_embedder())


def test_a_file_that_lies_about_its_chunks_is_refused(data: bytes) -> None:
    file = read_index_file(data)
    with pytest.raises(InputError, match="do not fit its chunks"):
        read_index_file(write_index_file(replace(file, chunks=file.chunks[:-1])))


def test_a_newer_version_is_refused_by_its_number(data: bytes) -> None:
    with pytest.raises(InputError, match=r"has the version 2 and this windlass reads 1; build the index again"):
        Index.load(data.replace(b"windlass-index 1", b"windlass-index 2", 1), load_embedder())


def test_settings_of_a_newer_windlass_are_refused(data: bytes) -> None:
    file = read_index_file(data)
    newer = write_index_file(replace(file, settings={**file.settings, "rerank": True}))
    with pytest.raises(InputError, match="settings that are not known here"):
        Index.load(newer, load_embedder())


def test_the_header_is_one_line_of_json(data: bytes) -> None:
    magic, _, body = data.partition(b"\n")
    assert magic == f"windlass-index 1 {digest_bytes(body)}".encode()
    header = body.partition(b"\n")[0]
    assert json.loads(header)["settings"]["chunk_tokens"] == 200


def test_loading_and_searching_300_chunks_is_quick() -> None:
    embedder = load_embedder()
    documents = [
        Document(name=f"{number:03}.md", text=f"# Page {number}\n" + f"word{number} and some other text. " * 3)
        for number in range(300)
    ]
    index = Index.load(build_index(documents, SETTINGS, embedder), embedder)
    index.search("warm-up", k=5)
    # The best of some: other processes share the machine.
    times = []
    for number in range(20):
        started = time.perf_counter()
        hits = index.search(f"where is word{number}?", k=5, mode="hybrid")
        times.append(time.perf_counter() - started)
        assert len(hits) == 5
    assert min(times) < 0.02
