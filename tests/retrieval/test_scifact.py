"""Text search on a public benchmark: BEIR SciFact, whose published BM25 has nDCG@10 0.679 and recall@100 0.913."""

import gzip
import json
import math
from collections import defaultdict

import pytest

from tests.real_data import real_data
from windlass.retrieval.search import TextSearch


@pytest.mark.slow
def test_bm25_reaches_the_published_quality() -> None:
    data = real_data("scifact")
    with gzip.open(data / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        corpus = [json.loads(line) for line in lines]
    names = [str(entry.get("_id", entry.get("id"))) for entry in corpus]
    search = TextSearch(
        f"{entry.get('title', '')}\n{entry.get('text', entry.get('contents', ''))}" for entry in corpus
    )
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in (data / "qrels.txt").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        if int(grade) > 0:
            relevant[query].add(document)
    with gzip.open(data / "topics.tsv.gz", "rt", encoding="utf-8") as lines:
        topics = dict(line.rstrip("\n").split("\t", 1) for line in lines)

    gains, recalls = [], []
    for query, wanted in relevant.items():
        ranking = [names[hit.position] for hit in search.search(topics[query], 100)]
        gain = sum(1 / math.log2(rank + 1) for rank, name in enumerate(ranking[:10], start=1) if name in wanted)
        gains.append(gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(len(wanted), 10) + 1)))
        recalls.append(len(wanted.intersection(ranking)) / len(wanted))
    assert len(gains) == 300
    # A little better than published, whose tokens are others.
    assert 0.679 <= sum(gains) / len(gains) < 0.69
    assert 0.913 <= sum(recalls) / len(recalls) < 0.93
