"""Searching chunks: by words (BM25), by vectors (cosine), and by both with their ranks fused."""

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from windlass.models.minilm import Floats

_FUSION_K = 60
"""The constant of reciprocal rank fusion, from Cormack, Clarke and Büttcher, SIGIR 2009."""
_MOST_QUERY_TERMS = 256
_WORD = re.compile(r"[^\W_]+")
# Hangul, kana and Han, which are written without a blank between stem and particle or between words.
_UNSPACED = (
    "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003134f"
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")


class Ranked(NamedTuple):
    """A chunk's place in a result list."""

    position: int
    """The chunk, counted from 0 as given to the search."""
    score: float
    """Higher is better; comparable within one result list only."""


class FusionWeights(NamedTuple):
    """How much a rank in each of the two lists counts."""

    text: float = 1.0
    vector: float = 1.0


class TextSearch:
    """BM25 (k1 = 1.2, b = 0.75) over texts, by SQLite FTS5 in memory. Threads may share it.

    English words are stemmed (Porter). Runs of Korean, Japanese and Chinese are indexed as overlapping pairs of
    characters, as FTS5's own trigrams could not find a word of two syllables, and most Korean nouns have two.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._connection.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(terms, content='', tokenize='porter unicode61')"
        )
        self._connection.execute("BEGIN")
        self._connection.executemany(
            "INSERT INTO passages (rowid, terms) VALUES (?, ?)",
            ((position, _spread(text)) for position, text in enumerate(texts, start=1)),
        )
        self._connection.execute("COMMIT")

    def search(self, query: str, limit: int) -> list[Ranked]:
        """Return the texts with any of the query's words, best first; the score is BM25. Any query is safe."""
        terms = list(dict.fromkeys(_WORD.findall(_spread(query))))[:_MOST_QUERY_TERMS]
        if not terms:
            return []
        # Terms consist of letters and digits, so quoting them leaves nothing that FTS5 would read as syntax.
        expression = " OR ".join(f'"{term}"' for term in terms)
        with self._lock:
            rows: list[tuple[int, float]] = self._connection.execute(
                "SELECT rowid, bm25(passages) FROM passages WHERE passages MATCH ? ORDER BY 2, 1 LIMIT ?",
                (expression, limit),
            ).fetchall()
        return [Ranked(row - 1, -score) for row, score in rows]

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def __del__(self) -> None:
        self._connection.close()


def search_vectors(vectors: Floats, query: Floats, limit: int) -> list[Ranked]:
    """Return the rows nearest to a query by cosine, best first; all vectors have length one. Exact."""
    scores = vectors @ query
    nearest = np.arange(len(scores))
    if limit < len(scores):
        nearest = np.sort(np.argpartition(-scores, limit)[:limit])
    order = nearest[np.argsort(-scores[nearest], kind="stable")]
    return [Ranked(int(position), float(scores[position])) for position in order]


def fuse(text: Sequence[Ranked], vector: Sequence[Ranked], weights: FusionWeights, limit: int) -> list[Ranked]:
    """Fuse two lists by reciprocal rank: a chunk scores weight / (60 + rank) in each list it is in."""
    scores: dict[int, float] = {}
    for ranking, weight in ((text, weights.text), (vector, weights.vector)):
        for rank, hit in enumerate(ranking, start=1):
            scores[hit.position] = scores.get(hit.position, 0.0) + weight / (_FUSION_K + rank)
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return [Ranked(position, score) for position, score in best]


def _spread(text: str) -> str:
    """Put blanks between the pairs of characters of unspaced scripts; FTS5 finds the words of all others itself.

    NFKC first: macOS hands out Hangul in pieces, and Japanese text mixes widths.
    """
    return _UNSPACED_RUN.sub(_pairs, unicodedata.normalize("NFKC", text))


def _pairs(run: re.Match[str]) -> str:
    characters = run.group()
    pairs = (characters[start : start + 2] for start in range(max(1, len(characters) - 1)))
    return f" {' '.join(pairs)} "
