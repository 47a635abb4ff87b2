"""The judge that is calibrated, by what makes it another one."""

from pydantic import BaseModel

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.evaluation.evaluator_making import models_of
from windlass.evaluation.evaluators import Evaluator

PAIRWISE = "pairwise"


class JudgeVersion(BaseModel):
    """A judge: another version, or other words around it, is another judge."""

    evaluator: str
    number: int | None
    """Of its version; null where its scores came from elsewhere."""
    version: str
    """The digest of its version; empty where its scores came from elsewhere."""
    prompt: str
    """The digest of what it is told: see ``Evaluator.prompt``."""
    models: list[str]

    @property
    def named(self) -> str:
        return self.evaluator if self.number is None else f"{self.evaluator}@{self.number}"

    def is_same(self, other: "JudgeVersion") -> bool:
        return (self.evaluator, self.version, self.prompt) == (other.evaluator, other.version, other.prompt)


def judge_version(number: int, version: str, body: EvaluatorBody, made: Evaluator) -> JudgeVersion:
    return JudgeVersion(
        evaluator=made.name, number=number, version=version, prompt=made.prompt, models=models_of(body)
    )


def compared_with(body: EvaluatorBody) -> str | None:
    """Return the metadata field of the answer that a judge compares with; None for one that sees one answer."""
    if body.function != PAIRWISE:
        return None
    return str(body.parameters.get("against", "metadata.baseline")).removeprefix("metadata.")
