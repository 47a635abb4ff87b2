"""Judges of how an agent went about its task: rubrics of 0 and 1 whose criteria are given.

Each looks at the tool calls, so a target that does not say which it made has no score.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.judges.rubric import rubric
from windlass.evaluation.samples import Judgement, Sample

_SILENT: Final = Judgement(None, "undefined", "the target does not say which tools it called")


class _Question(NamedTuple):
    name: str
    asks: str
    """What it says, in a line."""
    criteria: str
    no: str
    yes: str

    def judge(self, ask: Ask, inputs: Sequence[str]) -> Evaluator:
        graded = rubric(ask, self.criteria, {"0": self.no, "1": self.yes}, inputs)

        async def judge(sample: Sample) -> Judgement:
            return _SILENT if sample.trajectory is None else await graded.judge(sample)

        return replace(graded, name=self.name, function=judge, description=self.asks)


_FOLLOWS: Final = _Question(
    "answer_follows_trajectory",
    "Whether the answer follows from what the tool calls answered.",
    """\
Does the answer follow from what the tool calls answered? Take each thing that the answer states or claims to
have done and look for the call that answers for it. What is known from the input needs no call. A call that
failed, or was never made, answers for nothing.""",
    "the answer states something that no call answered, contradicts a call, or claims what was not done",
    "everything that the answer states or claims to have done follows from the calls and the input",
)

_COMPLETE: Final = _Question(
    "goal_completion",
    "Whether what was asked for was achieved, by the calls as much as by the answer.",
    """\
Was what the input asks for achieved? An action that was asked for is achieved when the tool call for it was
made with the right arguments and did not fail; that the answer says so is not enough. Information that was
asked for is achieved when the answer gives it. To refuse achieves the goal only where it could not be
achieved.""",
    "something that was asked for was not achieved, or was done to the wrong thing",
    "all that was asked for was achieved",
)

_PLAN: Final = _Question(
    "plan_adherence",
    "Whether the tool calls kept to the plan.",
    """\
Did the tool calls keep to the plan? The steps of the plan that needed a call were taken, in the plan's order
where the order matters. To leave the plan is right where what a call answered made a step needless or
impossible.""",
    "a step was left out, taken too early, or added, for no reason that a call gave",
    "the calls kept to the plan, or left it for a reason that a call gave",
)

_MEMORY: Final = _Question(
    "memory_use",
    "Whether what was known from before was used, and used rightly.",
    """\
Did the agent use what it knew from before: earlier turns, and what it was given as memory? It does not ask
again for what was said, does not contradict it, keeps what the user wants and does not mix up people or things.
Where nothing from before matters, nothing had to be used.""",
    "something known from before was asked for again, forgotten, contradicted or mixed up",
    "what was known from before was used where it matters, or nothing from before matters",
)


def answer_follows_trajectory(ask: Ask, inputs: Sequence[str] = ("input", "trajectory", "output")) -> Evaluator:
    """Whether the answer follows from what the tool calls answered: 1 or 0."""
    return _FOLLOWS.judge(ask, inputs)


def goal_completion(ask: Ask, inputs: Sequence[str] = ("input", "trajectory", "output")) -> Evaluator:
    """Whether what was asked for was achieved, by the calls as much as by the answer: 1 or 0."""
    return _COMPLETE.judge(ask, inputs)


def plan_adherence(ask: Ask, inputs: Sequence[str] = ("input", "metadata.plan", "trajectory")) -> Evaluator:
    """Whether the tool calls kept to the plan, of ``metadata.plan``: 1 or 0."""
    return _PLAN.judge(ask, inputs)


def memory_use(ask: Ask, inputs: Sequence[str] = ("input", "trajectory", "output")) -> Evaluator:
    """Whether what was known from before was used, and used rightly: 1 or 0. Memory is in the input, or named."""
    return _MEMORY.judge(ask, inputs)


JUDGES: Final[dict[str, Callable[..., Evaluator]]] = {
    "answer_follows_trajectory": answer_follows_trajectory,
    "goal_completion": goal_completion,
    "plan_adherence": plan_adherence,
    "memory_use": memory_use,
}
