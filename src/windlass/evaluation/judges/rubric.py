"""A judge that grades one answer on a described scale."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import create_model

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.evidence import Evidence
from windlass.evaluation.judges.judging import Ask, Form, Verdict
from windlass.evaluation.samples import Judgement, Sample

_INSTRUCTIONS = """\
Judge by this alone:
{criteria}

Scores:
{scores}
- null: it cannot be judged from what you are shown

Give the score whose description fits best."""


def rubric(
    ask: Ask,
    criteria: str,
    scores: Mapping[str, str],
    inputs: Sequence[str] = ("input", "output"),
    higher_is_better: bool = True,
) -> Evaluator:
    """Grade an answer by criteria, on a scale of which every score is described.

    ``scores`` are numbers as text with what each means; the value is the number of the one that was given.
    ``inputs`` are what the judge is shown, in the order given: of input, reference, contexts, trajectory, output
    and metadata.<name>. Nothing to judge by makes it abstain: a missing value.
    Raises InputError for fewer than two scores, one that is no number, or an unknown input.
    """
    if len(scores) < 2:
        raise InputError("A rubric has at least two scores, each with what it means.")
    values = {score: _number(score) for score in scores}
    if not criteria.strip():
        raise InputError("A rubric needs criteria: what the judge looks at.")
    ordered = sorted(scores, key=values.__getitem__)
    allowed: Any = Literal[tuple(ordered)] | None
    verdict = create_model("RubricVerdict", __base__=Verdict, reasoning=(str, ...), score=(allowed, ...))

    def read(given: Any) -> Judgement:
        if given.score is None:
            return Judgement(None, "abstain", given.reasoning)
        return Judgement(values[given.score], "", given.reasoning)

    described = "\n".join(f'- "{score}": {" ".join(scores[score].split())}' for score in ordered)
    evidence = Evidence(inputs)
    form = Form(_INSTRUCTIONS.format(criteria=criteria.strip(), scores=described), evidence, verdict, read)

    async def judge(sample: Sample) -> Judgement:
        return await form.judge(ask, sample)

    return Evaluator(
        "rubric",
        judge,
        higher_is_better=higher_is_better,
        needs=evidence.needs,
        description="Grade by a described scale, given by a model.",
        prompt=form.prompt,
        told=form.told,
    )


def _number(score: str) -> float:
    try:
        value = float(score)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"A score of a rubric is a number, as text; {score!r} is none.")
    return value
