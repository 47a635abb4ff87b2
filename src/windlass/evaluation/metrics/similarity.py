"""How near an answer comes to its reference: letter by letter, and in meaning."""

import unicodedata
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from windlass.errors import ConfigurationError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample

if TYPE_CHECKING:
    from windlass.models.embeddings import Embedder

LARGEST: Final = 20_000**2
"""The product of lengths up to which texts are compared letter by letter, which takes a second at most or so."""

Threshold = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


def fuzzy_match(threshold: Threshold | None = None) -> Evaluator:
    """Make the similarity of letters: 1 − Levenshtein distance / length of the longer text.

    It is the measure of ANLS (Biten et al. 2019) without its threshold of 0.5; with a ``threshold`` the value is
    1 where the similarity reaches it, else 0. Of several references the best counts. Both texts are folded
    first: NFKC, Unicode's case folding, NFKC again, and runs of white space are one space; punctuation counts. A
    character is a code point, so a syllable of Hangul, however it is encoded, is one. Both texts empty is 1, one
    of them 0. Time grows with the product of the lengths: above that of two texts of 20,000 characters it is
    undefined; an endless answer to a short reference is compared.
    """

    def match(sample: Sample) -> Judgement:
        answer, *references = (_folded(text) for text in (sample.output, *sample.references))
        longest = max(map(len, references))
        if len(answer) * longest > LARGEST:
            return Judgement(None, "undefined", f"too long to compare: {len(answer):,} and {longest:,} characters")
        similarity = max(_similarity(answer, reference) for reference in references)
        if threshold is None:
            return Judgement(similarity)
        return Judgement(float(similarity >= threshold), "", f"similarity {similarity:.3f}")

    reached = "Similarity of" if threshold is None else f"Whether at least {threshold:g} is the similarity of"
    return Evaluator(
        "fuzzy_match",
        match,
        needs=("reference",),
        description=f"{reached} the letters of answer and reference (1 − Levenshtein / longer length).",
        by_default=False,
    )


def embedding_similarity() -> Evaluator:
    """Make the cosine of answer and reference under the offline embedding model, all-MiniLM-L6-v2.

    It is left between −1 and 1: cut at 0, two bad answers would be told apart no more. Of several references the
    nearest counts. The model reads the first 256 tokens of a text and was trained on English: other languages
    come out near one another whatever they say, and in any language a negation moves it little. Both texts blank
    is 1, one of them 0.
    """

    def similarity(sample: Sample) -> Judgement:
        answer, *references = (text.strip() for text in (sample.output, *sample.references))
        filled = [reference for reference in references if reference]
        if not answer or not filled:
            return Judgement(float(answer in references))
        vectors = _embedder().embed([answer, *filled])
        cosine = float((vectors[1:] @ vectors[0]).max())
        return Judgement(max(-1.0, min(1.0, cosine)))

    return Evaluator(
        "embedding_similarity",
        similarity,
        needs=("reference",),
        description="Cosine of answer and reference under the offline embedding model, −1 to 1.",
        by_default=False,
        prepare=_embedder,
    )


def edit_distance(some: str, others: str) -> int:
    """Return the Levenshtein distance, by one bit of an integer for each character (Myers 1999, Hyyrö 2003)."""
    some, others = sorted((some, others), key=len)
    if not some:
        return len(others)
    places: dict[str, int] = {}
    for at, character in enumerate(some):
        places[character] = places.get(character, 0) | 1 << at
    every, last = (1 << len(some)) - 1, 1 << len(some) - 1
    # Where, down a column of the table of distances, the next one is greater and where it is smaller.
    up, down, distance = every, 0, len(some)
    for character in others:
        same = places.get(character, 0)
        vertical = same | down
        horizontal = (((same & up) + up) ^ up) | same
        right_up, right_down = down | every & ~(horizontal | up), up & horizontal
        distance += bool(right_up & last) - bool(right_down & last)
        right_up, right_down = right_up << 1 | 1, right_down << 1
        up = (right_down | ~(vertical | right_up)) & every
        down = right_up & vertical & every
    return distance


def _embedder() -> "Embedder":
    try:
        from windlass.models.embeddings import load_embedder
    except ImportError as error:
        raise ConfigurationError(
            "Embeddings need the server's packages: pip install 'windlass[server]'."
        ) from error
    return load_embedder()


def _similarity(answer: str, reference: str) -> float:
    longer = max(len(answer), len(reference))
    if answer == reference:
        return 1.0
    return (longer - edit_distance(answer, reference)) / longer


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())
