"""Text search on a public benchmark: BEIR SciFact, whose published BM25 nDCG@10 is 0.665."""

import gzip
import json
import math
import os
from collections import defaultdict
from pathlib import Path

import pytest

from windlass.retrieval.search import TextSearch

DATA = Path(os.environ.get("WINDLASS_TEST_DATA", "../shared/data")) / "scifact"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"the SciFact data are not in {DATA}")
def test_bm25_reaches_the_published_quality() -> None:
    with gzip.open(DATA / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        corpus = [json.loads(line) for line in lines]
    names = [str(entry.get("_id", entry.get("id"))) for entry in corpus]
    search = TextSearch(
        f"{entry.get('title', '')}\n{entry.get('text', entry.get('contents', ''))}" for entry in corpus
    )
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in (DATA / "qrels.txt").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        if int(grade) > 0:
            relevant[query].add(document)
    with gzip.open(DATA / "topics.tsv.gz", "rt", encoding="utf-8") as lines:
        topics = dict(line.rstrip("\n").split("\t", 1) for line in lines)

    gains = []
    for query, wanted in relevant.items():
        ranking = [names[hit.position] for hit in search.search(topics[query], 10)]
        gain = sum(1 / math.log2(rank + 1) for rank, name in enumerate(ranking, start=1) if name in wanted)
        gains.append(gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(len(wanted), 10) + 1)))
    mean = sum(gains) / len(gains)
    print(f"nDCG@10 {mean:.4f} over {len(gains)} queries")
    assert 0.65 < mean < 0.71
