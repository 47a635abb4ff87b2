"""The evaluators that every server and the SDK know by name."""

from collections.abc import Callable, Mapping
from typing import Final

from windlass.evaluation import (
    citation_metrics,
    json_metrics,
    metrics,
    safety_metrics,
    similarity,
    text_metrics,
    trajectory_metrics,
    translation_metrics,
)
from windlass.evaluation.evaluators import Evaluator, Registry
from windlass.evaluation.judges.checklist import checklist
from windlass.evaluation.judges.claims import claims
from windlass.evaluation.judges.pairwise import pairwise
from windlass.evaluation.judges.rubric import rubric

BUILT_IN: Final = Registry(
    [
        metrics.recall_at_5,
        metrics.ndcg_at_10,
        metrics.mrr,
        metrics.token_f1,
        metrics.exact_match,
        metrics.groundedness,
        metrics.latency_s,
        metrics.input_tokens,
        metrics.output_tokens,
        metrics.cost_usd,
        text_metrics.rouge_n(1),
        text_metrics.rouge_n(2),
        text_metrics.rouge_l(),
        text_metrics.numeric_match(),
        json_metrics.is_json(),
        similarity.fuzzy_match(),
        similarity.embedding_similarity(),
        translation_metrics.bleu(),
        translation_metrics.chrf(),
        *citation_metrics.BUILT_IN,
        safety_metrics.pii(),
        safety_metrics.refusal(),
        *trajectory_metrics.BUILT_IN,
    ]
)

MAKERS: Final[Mapping[str, Callable[..., Evaluator]]] = {
    "recall_at": metrics.recall_at,
    "precision_at": metrics.precision_at,
    "hit_at": metrics.hit_at,
    "ndcg_at": metrics.ndcg_at,
    "rouge_n": text_metrics.rouge_n,
    "contains": text_metrics.contains,
    "matches": text_metrics.matches,
    "numeric_match": text_metrics.numeric_match,
    "json_schema": json_metrics.json_schema,
    "fuzzy_match": similarity.fuzzy_match,
    "bleu": translation_metrics.bleu,
    "chrf": translation_metrics.chrf,
    "pii": safety_metrics.pii,
    "refusal": safety_metrics.refusal,
    "prompt_leak": safety_metrics.prompt_leak,
    **trajectory_metrics.MAKERS,
}
"""Functions that take parameters, by the name that an evaluator's file gives as its function."""

JUDGES: Final[Mapping[str, Callable[..., Evaluator]]] = {
    "rubric": rubric,
    "checklist": checklist,
    "claims": claims,
    "pairwise": pairwise,
}
"""Those that ask a model, too: what they take first is how it is asked."""
