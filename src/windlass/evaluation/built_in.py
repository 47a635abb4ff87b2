"""The evaluators that every server and the SDK know by name."""

from collections.abc import Callable, Mapping
from typing import Final

from windlass.evaluation.evaluators import Evaluator, Registry
from windlass.evaluation.judges import agents as agent_judges
from windlass.evaluation.judges.checklist import checklist
from windlass.evaluation.judges.claims import claims
from windlass.evaluation.judges.generated import generated_checklist
from windlass.evaluation.judges.media_agreement import media_agreement
from windlass.evaluation.judges.pairwise import pairwise
from windlass.evaluation.judges.rubric import rubric
from windlass.evaluation.metrics import (
    agents,
    answers,
    citations,
    replays,
    retrieval,
    safety,
    similarity,
    structure,
    texts,
    tool_calls,
    translation,
    usage,
)

BUILT_IN: Final = Registry(
    [
        retrieval.recall_at_5,
        retrieval.ndcg_at_10,
        retrieval.mrr,
        answers.token_f1,
        answers.exact_match,
        answers.groundedness,
        usage.latency_s,
        usage.input_tokens,
        usage.output_tokens,
        usage.cost_usd,
        texts.rouge_n(1),
        texts.rouge_n(2),
        texts.rouge_l(),
        texts.numeric_match(),
        structure.is_json(),
        similarity.fuzzy_match(),
        similarity.embedding_similarity(),
        translation.bleu(),
        translation.chrf(),
        *citations.BUILT_IN,
        safety.pii(),
        safety.refusal(),
        *tool_calls.BUILT_IN,
        *agents.BUILT_IN,
        replays.replay_match,
    ]
)

MAKERS: Final[Mapping[str, Callable[..., Evaluator]]] = {
    "recall_at": retrieval.recall_at,
    "precision_at": retrieval.precision_at,
    "hit_at": retrieval.hit_at,
    "ndcg_at": retrieval.ndcg_at,
    "rouge_n": texts.rouge_n,
    "contains": texts.contains,
    "matches": texts.matches,
    "numeric_match": texts.numeric_match,
    "json_schema": structure.json_schema,
    "fuzzy_match": similarity.fuzzy_match,
    "bleu": translation.bleu,
    "chrf": translation.chrf,
    "pii": safety.pii,
    "refusal": safety.refusal,
    "prompt_leak": safety.prompt_leak,
    **tool_calls.MAKERS,
    "within_budget": agents.within_budget,
}
"""Functions that take parameters, by the name that an evaluator's file gives as its function."""

MEDIA_JUDGES: Final[Mapping[str, Callable[..., Evaluator]]] = {"media_agreement": media_agreement}
"""Judges of pictures and clips: what they take second is what they work with beside their model."""
GENERATED: Final = "generated_checklist"
JURY: Final = "jury"
"""A judge whose members are judges: see ``evaluator_making``."""

JUDGES: Final[Mapping[str, Callable[..., Evaluator]]] = {
    "rubric": rubric,
    "checklist": checklist,
    GENERATED: generated_checklist,
    "claims": claims,
    "pairwise": pairwise,
    **agent_judges.JUDGES,
    **MEDIA_JUDGES,
}
"""Those that ask a model, too: what they take first is how it is asked."""
