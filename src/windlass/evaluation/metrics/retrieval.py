"""What a retriever found, against the passages that an item names.

Relevance: a context is relevant when it comes from a passage that the item names, either
``metadata.page`` with ``metadata.section``, or a list of such pairs in ``metadata.relevant``. A document
matches by its name or the end of its path, a section by its title anywhere in the context's section path,
case and spacing aside; an item that names no section means the whole page.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from windlass.evaluation.evaluators import Evaluator, evaluator
from windlass.evaluation.samples import Context, Sample

Depth = Annotated[int, Field(ge=1, le=1000)]
"""How many of what was retrieved count."""


class Passage(NamedTuple):
    page: str
    section: str

    def holds(self, context: Context) -> bool:
        document, page = _normal(context.document), _normal(self.page)
        if document != page and not document.endswith("/" + page):
            return False
        titles = [_normal(title) for title in context.section.split(" > ")]
        return not self.section or _normal(self.section) in (*titles, _normal(context.section))


def relevant_passages(sample: Sample) -> list[Passage]:
    """Return the passages that an item names; an item may name none."""
    listed = sample.metadata.get("relevant")
    named: Iterable[object] = listed if isinstance(listed, list) else [sample.metadata]
    return [
        Passage(str(entry["page"]), str(entry.get("section") or ""))
        for entry in named
        if isinstance(entry, dict) and entry.get("page")
    ]


def hit_at(k: Depth) -> Evaluator:
    """Make hit@k."""

    @evaluator(
        name=f"hit_at_{k}",
        needs=("metadata.page",),
        description=f"Whether any relevant passage is among the first {k} retrieved.",
    )
    def hit(sample: Sample) -> float | None:
        """1 when a relevant passage has a context among the first k, else 0; nothing retrieved is 0."""
        relevant = relevant_passages(sample)
        return _any_holds(relevant, sample.contexts[:k]) if relevant else None

    return hit


def precision_at(k: Depth) -> Evaluator:
    """Make precision@k."""

    @evaluator(
        name=f"precision_at_{k}",
        needs=("metadata.page",),
        description=f"Share of relevant ones among the first {k} contexts.",
    )
    def precision(sample: Sample) -> float | None:
        """|relevant contexts among the first k| / k, as TREC's: fewer than k retrieved are as many misses."""
        relevant = relevant_passages(sample)
        if not relevant:
            return None
        return sum(_any_holds(relevant, (context,)) for context in sample.contexts[:k]) / k

    return precision


@evaluator(needs=("metadata.page",))
def mrr(sample: Sample) -> float | None:
    """1 / rank of the first relevant context (its mean is the mean reciprocal rank); 0 when there is none."""
    relevant = relevant_passages(sample)
    if not relevant:
        return None
    ranks = [rank for passage in relevant if (rank := _first_rank(passage, sample.contexts))]
    return 1 / min(ranks) if ranks else 0.0


def recall_at(k: Depth) -> Evaluator:
    """Make recall@k."""

    @evaluator(
        name=f"recall_at_{k}",
        needs=("metadata.page",),
        description=f"Share of the relevant passages with a context among the first {k} retrieved.",
    )
    def recall(sample: Sample) -> float | None:
        """|relevant passages with a context among the first k| / |relevant passages|; nothing retrieved is 0."""
        relevant = relevant_passages(sample)
        if not relevant:
            return None
        found = sum(any(passage.holds(context) for context in sample.contexts[:k]) for passage in relevant)
        return found / len(relevant)

    return recall


def ndcg_at(k: Depth) -> Evaluator:
    """Make nDCG@k with binary relevance."""

    @evaluator(
        name=f"ndcg_at_{k}",
        needs=("metadata.page",),
        description=f"Discounted gain of the relevant passages among the first {k} contexts, 1 when they lead.",
    )
    def ndcg(sample: Sample) -> float | None:
        """Σ 1/log2(1 + rank) over relevant passages, over the same sum with them at ranks 1, 2, … (at most k).

        A passage gains once, at the first of its contexts: splitting it into many chunks earns nothing more.
        Nothing retrieved is 0.
        """
        relevant = relevant_passages(sample)
        if not relevant:
            return None
        ranks = [_first_rank(passage, sample.contexts[:k]) for passage in relevant]
        ideal = sum(_discount(rank) for rank in range(1, min(len(relevant), k) + 1))
        # Two passages can meet in one context (a page and its section): cap the gain at the ideal.
        return min(1.0, sum(_discount(rank) for rank in ranks if rank) / ideal)

    return ndcg


recall_at_5 = recall_at(5)
ndcg_at_10 = ndcg_at(10)


def _any_holds(passages: Iterable[Passage], contexts: Sequence[Context]) -> float:
    return float(any(passage.holds(context) for passage in passages for context in contexts))


def _first_rank(passage: Passage, contexts: Sequence[Context]) -> int | None:
    return next((rank for rank, context in enumerate(contexts, start=1) if passage.holds(context)), None)


def _discount(rank: int) -> float:
    return 1 / math.log2(1 + rank)


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())
