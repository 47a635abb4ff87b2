"""Evaluators that compare an answer's text with the reference's, or look for something in it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final, Literal

from pydantic import Field

from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.text import words

_NUMBER: Final = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+]?\.\d+")

Gram = Annotated[int, Field(ge=1, le=9)]
Tolerance = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


def rouge_n(n: Gram) -> Evaluator:
    """Make ROUGE-N: F1 over the runs of n words that answer and reference share (Lin 2004, section 2).

    Of several references the best counts. Words as in ``text.words``. A side of fewer than n words shares
    nothing: 0.
    """

    def of_texts(answer: Sequence[str], reference: Sequence[str]) -> float:
        some, others = _runs(answer, n), _runs(reference, n)
        return f1((some & others).total(), some.total(), others.total())

    return _against_references(f"rouge_{n}", of_texts, f"F1 over the runs of {n} words shared with the reference.")


def rouge_l() -> Evaluator:
    """Make ROUGE-L: F1 over the longest common subsequence of words (Lin 2004, section 3, with β = 1)."""

    def of_texts(answer: Sequence[str], reference: Sequence[str]) -> float:
        return f1(_longest_common(answer, reference), len(answer), len(reference))

    return _against_references("rouge_l", of_texts, "F1 over the longest sequence of words in common.")


def contains(
    texts: Annotated[list[str], Field(min_length=1)], want: Literal["all", "any", "none"] = "all"
) -> Evaluator:
    """Make the evaluator of whether the answer has all (any, none) of some texts, case and Unicode form aside."""
    wanted = [" ".join(words(text)) for text in texts]
    if "" in wanted:
        raise InputError(
            f"{texts[wanted.index('')]!r} has no word: use `matches` with a pattern to look for signs."
        )

    def has(sample: Sample) -> Judgement:
        answer = f" {' '.join(words(sample.output))} "
        found = [text for text, folded in zip(texts, wanted, strict=True) if f" {folded} " in answer]
        right = {"all": len(found) == len(texts), "any": bool(found), "none": not found}[want]
        return Judgement(float(right), "", f"found: {', '.join(found)}" if found else "none found")

    return Evaluator("contains", has, description=f"Whether the answer has {want} of {', '.join(texts)}.")


def matches(pattern: Annotated[str, Field(min_length=1)]) -> Evaluator:
    """Make the evaluator of whether a pattern (RE2) is found in the answer. Raises InputError for a bad one."""
    found = _searcher(pattern)

    def search(sample: Sample) -> float:
        return float(found(sample.output))

    return Evaluator("matches", search, description=f"Whether the answer has /{pattern}/.")


def numeric_match(tolerance: Tolerance = 0.0) -> Evaluator:
    """Make the evaluator of whether the last number of the answer is that of the reference.

    They are the same within ``tolerance``, relative to the reference. An answer without a number is 0; a reference
    without one leaves the metric undefined.
    """

    def match(sample: Sample) -> Judgement:
        answer = _last_number(sample.output)
        references = [number for text in sample.references if (number := _last_number(text)) is not None]
        if not references:
            return Judgement(None, "undefined", "the reference has no number")
        if answer is None:
            return Judgement(0.0, "", "the answer has no number")
        allowed = Decimal(str(tolerance))
        same = any(abs(answer - reference) <= allowed * abs(reference) for reference in references)
        return Judgement(float(same), "", f"{answer} against {references[0]}")

    return Evaluator(
        "numeric_match",
        match,
        needs=("reference",),
        description="Whether the last numbers agree.",
        by_default=False,
    )


def _against_references(
    name: str, of_texts: Callable[[Sequence[str], Sequence[str]], float], description: str
) -> Evaluator:
    def best(sample: Sample) -> float:
        answer = words(sample.output)
        return max(of_texts(answer, words(text)) for text in sample.references)

    return Evaluator(name, best, needs=("reference",), description=description)


def _runs(text: Sequence[str], n: int) -> "Counter[tuple[str, ...]]":
    return Counter(tuple(text[at : at + n]) for at in range(len(text) - n + 1))


def f1(shared: int, some: int, others: int) -> float:
    """Return the harmonic mean of shared / some and shared / others."""
    return 2 * shared / (some + others) if shared else 0.0


def _longest_common(some: Sequence[str], others: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, by one bit of an integer for each word (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for at, word in enumerate(others):
        places[word] = places.get(word, 0) | 1 << at
    every = (1 << len(others)) - 1
    rest = every
    for word in some:
        common = rest & places.get(word, 0)
        rest = (rest + common | rest - common) & every
    return len(others) - rest.bit_count()


def _searcher(pattern: str) -> Callable[[str], bool]:
    try:
        # A pattern is somebody's input: RE2's time is linear in the text, whatever it says.
        import re2
    except ImportError as error:
        raise ConfigurationError("Patterns need RE2: pip install 'windlass[server]'.") from error
    try:
        compiled = re2.compile(pattern)
    except re2.error as error:
        raise InputError(f"The pattern {pattern!r} is none of RE2: {error}.") from error
    return lambda text: compiled.search(text) is not None


def _last_number(text: str) -> Decimal | None:
    found = _NUMBER.findall(text)
    try:
        return Decimal(found[-1].replace(",", "")) if found else None
    except InvalidOperation:
        return None
