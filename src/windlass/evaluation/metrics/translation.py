"""BLEU and chrF, as sacrebleu counts them: overlap with a reference in wording, made for translations.

sacrebleu gives 0 to 100; here values are 0 to 1, as those of every other metric. Both are scores of one sample:
their mean over a dataset is not the BLEU or chrF of the corpus, which pools counts before it divides. An answer
without a token scores 0, against an empty reference too. Texts are taken as they are encoded. Time grows with
the length of the texts and no faster.
"""

from typing import Annotated, Any, Final

from pydantic import Field

from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.metrics.scripts import Script, main_script
from windlass.evaluation.samples import Judgement, Sample

_TOKENIZERS: Final = ("auto", "13a", "intl", "zh", "char", "none")
_NOT_OFFERED: Final = {
    "ja-mecab": "needs MeCab and its dictionary",
    "ko-mecab": "needs MeCab and its dictionary",
    "spm": "downloads a model",
    "flores101": "downloads a model",
    "flores200": "downloads a model",
    "spBLEU-1K": "downloads a model",
}
_BY_SCRIPT: Final[dict[Script, str]] = {"han": "zh", "kana": "char", "hangul": "char", "other": "13a"}

WordOrder = Annotated[int, Field(ge=0, le=2)]


def bleu(tokenize: str = "auto", lowercase: bool = False) -> Evaluator:
    """Make BLEU of one sample (Papineni et al. 2002) as sacrebleu's ``sentence_bleu`` has it (Post 2018).

    Runs of up to four tokens, the brevity penalty, exponential smoothing (method 3 of Chen and Cherry 2014),
    only orders that the answer is long enough for; several references count together. ``tokenize`` names a
    tokenizer of sacrebleu: ``13a``, ``intl``, ``zh``, ``char`` or ``none``; ``auto`` chooses by the script of
    most letters of the references: ``zh`` for Han, ``char`` for Kana and Hangul (their own tokenizers need
    dictionaries), else ``13a``. The explanation is sacrebleu's signature, with which the number can be compared.
    Raises InputError for a tokenizer that there is not.
    """
    _check_tokenizer(tokenize)

    def score(sample: Sample) -> Judgement:
        references = sample.references
        chosen = _BY_SCRIPT[main_script("".join(references))] if tokenize == "auto" else tokenize
        metric = _sacrebleu().BLEU(tokenize=chosen, lowercase=lowercase, effective_order=True)
        judgement = _scored(metric, sample.output, references)
        _forget_texts(metric.tokenizer)
        return judgement

    return Evaluator(
        "bleu",
        score,
        needs=("reference",),
        description="BLEU of one sample: runs of up to four tokens in common with the reference (sacrebleu).",
        by_default=False,
        prepare=_sacrebleu,
    )


def chrf(word_order: WordOrder = 0, lowercase: bool = False) -> Evaluator:
    """Make chrF (Popović 2015) as sacrebleu has it: F2 over runs of up to six characters, spaces aside.

    ``word_order: 2`` makes it chrF++ (Popović 2017), with runs of up to two words. Of several references the best
    counts. It needs no tokenizer, and so treats all scripts alike; a character is a code point.
    """

    def score(sample: Sample) -> Judgement:
        metric = _sacrebleu().CHRF(word_order=word_order, lowercase=lowercase)
        return _scored(metric, sample.output, sample.references)

    return Evaluator(
        "chrf",
        score,
        needs=("reference",),
        description="chrF of one sample: F2 over runs of up to six characters in common (sacrebleu).",
        by_default=False,
        prepare=_sacrebleu,
    )


def _scored(metric: Any, answer: str, references: list[str]) -> Judgement:
    # A metric of its own for each sample costs nothing, and its signature tells of the sample last scored.
    value = metric.sentence_score(answer, references).score / 100
    # Rounding takes an answer that is the reference a hair over 1.
    return Judgement(min(1.0, value), "", str(metric.get_signature()))


def _forget_texts(tokenizer: Any) -> None:
    """Empty sacrebleu's tables of the last 65,536 texts, which a server would hold for ever."""
    for each in (tokenizer, getattr(tokenizer, "_post_tokenizer", None)):
        clear = getattr(type(each).__call__, "cache_clear", None)
        if clear is not None:
            clear()


def _sacrebleu() -> Any:
    try:
        from sacrebleu import metrics
    except ImportError as error:
        raise ConfigurationError("BLEU and chrF need sacrebleu: pip install 'windlass[server]'.") from error
    return metrics


def _check_tokenizer(name: str) -> None:
    if name in _NOT_OFFERED:
        raise InputError(
            f"The tokenizer {name!r} {_NOT_OFFERED[name]} and is not offered; there are {', '.join(_TOKENIZERS)}."
        )
    if name not in _TOKENIZERS:
        raise InputError(f"There is no tokenizer {name!r}; there are {', '.join(_TOKENIZERS)}.")
