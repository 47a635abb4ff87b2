"""A judge that takes an answer apart into claims and looks for each in the passages that were at hand."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.evidence import Evidence
from windlass.evaluation.judges.judging import Ask, Form, Verdict
from windlass.evaluation.samples import Judgement, Sample

_INSTRUCTIONS = """\
Take the answer that is judged apart into its claims: every statement of fact that can be true or false by itself,
each once. A refusal, a question or a courtesy is no claim. For each claim look into the passages and into nothing
else, not into what you know:
- "supported": a passage says so
- "contradicted": a passage says otherwise
- "not_found": no passage says so or otherwise
As evidence quote the words of the passage that decide, or nothing where there are none."""

_MARKS = {"supported": "✓", "contradicted": "✗", "not_found": "?"}


class Claim(Verdict):
    claim: str
    evidence: str
    finding: Literal["supported", "contradicted", "not_found"]


class ClaimsVerdict(Verdict):
    reasoning: str
    claims: list[Claim]


def claims(ask: Ask, inputs: Sequence[str] = ("input", "contexts", "output")) -> Evaluator:
    """Share of an answer's claims that the passages it was given support (groundedness by claim).

    The label counts all three findings. An answer without any claim has no value, and the label ``no_claims``.
    Raises InputError for an unknown input.
    """
    evidence = Evidence(inputs)
    form = Form(_INSTRUCTIONS, evidence, ClaimsVerdict, _read)

    async def judge(sample: Sample) -> Judgement:
        return await form.judge(ask, sample)

    return Evaluator(
        "claims",
        judge,
        needs=evidence.needs,
        description="Share of the answer's claims that a model finds in the passages.",
        prompt=form.prompt,
        told=form.told,
    )


def _read(given: ClaimsVerdict) -> Judgement:
    if not given.claims:
        return Judgement(None, "no_claims", given.reasoning)
    counts = Counter[str](each.finding for each in given.claims)
    label = ", ".join(f"{counts[finding]} {finding.replace('_', ' ')}" for finding in _MARKS)
    said = "\n".join(
        f"{_MARKS[each.finding]} {each.claim}" + (f" — “{each.evidence}”" if each.evidence else "")
        for each in given.claims
    )
    return Judgement(counts["supported"] / len(given.claims), label, said)
