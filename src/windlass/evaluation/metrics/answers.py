"""How an answer relates to its reference and to the passages it was given, word for word."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from windlass.evaluation.evaluators import evaluator
from windlass.evaluation.metrics.texts import f1
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.text import answer_words, sentences, words

SUPPORTED_SHARE: Final = 0.8
"""Share of a sentence's words that one context must hold for the sentence to count as supported."""


@evaluator(needs=("reference",))
def token_f1(sample: Sample) -> float:
    """Harmonic mean of precision and recall over words shared with the reference (SQuAD).

    Of several references the best counts. Words as in `text.words`, without English articles. Both sides
    empty is 1, one side empty 0.
    """
    return max(_words_f1(answer_words(sample.output), answer_words(text)) for text in sample.references)


@evaluator(needs=("reference",))
def exact_match(sample: Sample) -> float:
    """1 when the output equals a reference, case, punctuation, spacing and English articles aside; else 0."""
    output = answer_words(sample.output)
    return float(any(output == answer_words(text) for text in sample.references))


@evaluator()
def groundedness(sample: Sample) -> Judgement:
    """Share of the answer's sentences whose words one retrieved context holds (at least 80 % of them each).

    Word containment, not entailment: it sees invented words and numbers, not a negation or a wrong link
    between things that are both in the text. An answer without a sentence claims nothing: undefined. With
    no context nothing is supported: 0.
    """
    claims = sentences(sample.output)
    if not claims:
        return Judgement(None, "undefined", "the answer has no sentence")
    texts = [frozenset(words(context.text)) for context in sample.contexts]
    unsupported = [claim for claim in claims if not _supported(frozenset(words(claim)), texts)]
    explanation = "" if not unsupported else "not in the retrieved text: " + " | ".join(unsupported)[:500]
    return Judgement(1 - len(unsupported) / len(claims), "", explanation)


def _words_f1(predicted: Sequence[str], reference: Sequence[str]) -> float:
    if not predicted or not reference:
        return float(predicted == reference)
    return f1((Counter(predicted) & Counter(reference)).total(), len(predicted), len(reference))


def _supported(claim: frozenset[str], texts: list[frozenset[str]]) -> bool:
    return any(len(claim & text) >= SUPPORTED_SHARE * len(claim) for text in texts)
