"""What an answer cites, against the passages that its target retrieved.

A mark of citation stands in brackets, ``[…]`` or ``【…】``, with or without ``^``, and says either

- the ranks of passages, from 1: ``[2]``, ``[1, 3]``, ``[1-3]``, of up to three digits; or
- a passage under the name that the built-in assistant gives it in the prompt, ``[document — section]``; or a
  document alone whose name has an ending, ``[03-prompts.md]``, of which ``[03-prompts.md - section]`` will do,
  too.

Links of Markdown (``[text](address)``), notes at the foot (``[^1]: …``), other brackets and whatever stands in
code are no marks. A mark points to the passages of these ranks, or to those that its name holds as relevance is
defined in ``retrieval.py``; one that points to none is wrong: it is made up, or says what the target was not
given. Each rank of a list is a mark of its own, and a mark that is repeated counts each time.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from windlass.evaluation.evaluators import Evaluator, Function
from windlass.evaluation.metrics.retrieval import Passage, relevant_passages
from windlass.evaluation.samples import Context, Judgement, Sample

_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_BRACKETS: Final = re.compile(r"\[\^?([^\[\]\n]{1,300})\](?![(:])|【\^?([^【】\n]{1,300})】")
_RANKS: Final = re.compile(r"\d{1,3}(?:\s*[-–]\s*\d{1,3})?")
_FILE: Final = r"\S*\.[A-Za-z][A-Za-z0-9]{0,7}"
_NAMES: Final = tuple(
    re.compile(pattern) for pattern in (r"(.+?)\s+[—–]\s+(.+)", rf"({_FILE})\s+-\s+(.+)", rf"({_FILE})()")
)


class Mark(NamedTuple):
    text: str
    places: frozenset[int]
    """Of the passages it points to, among those retrieved."""


def marks_of(answer: str, contexts: tuple[Context, ...]) -> list[Mark]:
    """Return the marks of citation in an answer, in their order."""
    brackets = _BRACKETS.finditer(_CODE.sub(" ", answer))
    return [mark for found in brackets for mark in _read((found[1] or found[2]).strip(), contexts)]


def has_citations(sample: Sample) -> float:
    """1 when the answer has a mark of citation, right or wrong, else 0; an empty answer has none."""
    return float(bool(marks_of(sample.output, sample.contexts)))


def citation_precision(sample: Sample) -> Judgement:
    """Share of the marks that point to a passage that was retrieved.

    An answer without a mark has no share, so it is undefined there and out of the mean: `has_citations` is the
    metric that falls when a release stops citing. With nothing retrieved every mark is wrong: 0.
    """
    marks = marks_of(sample.output, sample.contexts)
    if not marks:
        return Judgement(None, "undefined", "the answer cites nothing")
    wrong = [mark.text for mark in marks if not mark.places]
    explanation = f"points to no retrieved passage: {' | '.join(dict.fromkeys(wrong))}"[:500] if wrong else ""
    return Judgement(1 - len(wrong) / len(marks), "", explanation)


def citation_recall(sample: Sample) -> Judgement:
    """Share of the passages that the item names as relevant to which a mark points.

    Relevance as in ``retrieval.py``. A mark counts only where it points to a passage that was retrieved: a source
    that was not given is cited from memory. An answer without a mark cites none of them: 0. An item that names
    no passage leaves it undefined.
    """
    relevant = relevant_passages(sample)
    if not relevant:
        return Judgement(None, "undefined", "the item names no relevant passage")
    places = frozenset[int]().union(*(mark.places for mark in marks_of(sample.output, sample.contexts)))
    cited = [sample.contexts[place] for place in sorted(places)]
    missed = [passage for passage in relevant if not any(map(passage.holds, cited))]
    explanation = f"not cited: {' | '.join(f'{each.page} {each.section}'.strip() for each in missed)}"[:500]
    return Judgement(1 - len(missed) / len(relevant), "", explanation if missed else "")


def _evaluator(function: Function, description: str, *needs: str) -> Evaluator:
    # Not by default: an assistant that was not asked to cite is none the worse.
    name = str(getattr(function, "__name__", ""))
    return Evaluator(name, function, needs=needs, description=description, by_default=False)


BUILT_IN: Final = (
    _evaluator(has_citations, "Whether the answer cites a passage, by rank or by name."),
    _evaluator(citation_precision, "Share of the citations that point to a passage that was retrieved."),
    _evaluator(citation_recall, "Share of the relevant passages that were retrieved and cited.", "metadata.page"),
)


def _read(text: str, contexts: tuple[Context, ...]) -> Iterator[Mark]:
    parts = [part.strip() for part in re.split("[,;]", text)]
    if all(_RANKS.fullmatch(part) for part in parts):
        yield from (mark for part in parts for mark in _ranks(part, len(contexts)))
        return
    named = next((found for pattern in _NAMES if (found := pattern.fullmatch(text))), None)
    if named is not None:
        passage = Passage(named[1], named[2])
        yield Mark(text, frozenset(place for place, context in enumerate(contexts) if passage.holds(context)))


def _ranks(part: str, retrieved: int) -> Iterator[Mark]:
    ends = [int(number) for number in re.findall(r"\d+", part)]
    for rank in range(min(ends), max(ends) + 1):
        yield Mark(str(rank), frozenset({rank - 1}) if 1 <= rank <= retrieved else frozenset())
