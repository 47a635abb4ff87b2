"""A judge that answers fixed questions about an answer: yes, no, or not applicable."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import create_model

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.evidence import Evidence
from windlass.evaluation.judges.judging import Ask, Form, Verdict
from windlass.evaluation.samples import Judgement, Sample

COLUMN = "checklist"
"""Of an item's metadata: questions of its own, written before any answer to it was seen."""

_INSTRUCTIONS = """\
Answer each of these questions about the answer that is judged, by itself:
{questions}

"yes" and "no" only where the answer shows it; "not_applicable" where what was asked does not raise it."""

_MARKS = {"yes": "✓", "no": "✗", "not_applicable": "–"}


class Finding(Verdict):
    """The answer to one question."""

    reasoning: str
    answer: Literal["yes", "no", "not_applicable"]


def checklist(
    ask: Ask,
    questions: Sequence[str] = (),
    inputs: Sequence[str] = ("input", "output"),
) -> Evaluator:
    """Answer questions about an answer; the value is the share of yes among those that apply.

    The questions are the same for every item or, without any, each item's own: a list of texts in its metadata's
    ``checklist``. Where none applies, the judge abstains, which is a missing value. The label says how many of how
    many. Raises InputError for an empty question or an unknown input.
    """
    if any(not question.strip() for question in questions):
        raise InputError("A question of a checklist is empty.")
    evidence = Evidence(inputs)
    fixed = form_of(tuple(questions), evidence) if questions else None

    async def judge(sample: Sample) -> Judgement:
        form = fixed or form_of(own_questions(sample), evidence)
        return await form.judge(ask, sample)

    shown = fixed or form_of(("each item's own",), evidence)
    return Evaluator(
        "checklist",
        judge,
        needs=evidence.needs if questions else (*evidence.needs, f"metadata.{COLUMN}"),
        description="Share of the questions that apply which a model answers with yes.",
        prompt=shown.prompt,
        told=shown.told,
    )


def own_questions(sample: Sample) -> tuple[str, ...]:
    """Return the questions in an item's metadata. Raises InputError where they are none."""
    questions = sample.metadata.get(COLUMN)
    if not isinstance(questions, list) or not questions or not all(str(each).strip() for each in questions):
        raise InputError(f"The item's metadata.{COLUMN} is no list of questions.")
    return tuple(map(str, questions))


def form_of(questions: tuple[str, ...], evidence: Evidence) -> Form[Any]:
    """Return how a model is asked some questions about an answer."""
    named = {f"question_{number}": question for number, question in enumerate(questions, 1)}
    fields: dict[str, Any] = dict.fromkeys(named, (Finding, ...))
    verdict = create_model("ChecklistVerdict", __base__=Verdict, **fields)

    def read(given: Any) -> Judgement:
        findings: dict[str, Finding] = {question: getattr(given, key) for key, question in named.items()}
        yes = sum(finding.answer == "yes" for finding in findings.values())
        of = sum(finding.answer != "not_applicable" for finding in findings.values())
        said = "\n".join(f"{_MARKS[each.answer]} {asked} {each.reasoning}" for asked, each in findings.items())
        return Judgement(yes / of, f"{yes} of {of}", said) if of else Judgement(None, "abstain", said)

    listed = "\n".join(f'- "{key}": {" ".join(question.split())}' for key, question in named.items())
    return Form(_INSTRUCTIONS.format(questions=listed), evidence, verdict, read)
