"""The calls of a run with what a server knows of them: prices, and answers that are kept."""

from typing import Final

from windlass.errors import InputError
from windlass.models.answer_store import RunAnswers
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.limits import CallLimits
from windlass.models.calls.run_calls import BudgetOf, RunCalls
from windlass.prices.book import CalledModel, PriceBook
from windlass.prices.rates import Rates

_RESUME: Final = "Resume it with a higher ceiling."


def calls_of(
    prices: PriceBook,
    project: str,
    options: CallLimits,
    *,
    answers: RunAnswers | None = None,
    counts: CallCounts | None = None,
    budget_of: BudgetOf | None = None,
) -> RunCalls:
    """Return the calls of a run under a project's prices; ``counts`` are those it made so far."""

    def rates_of(provider: str, name: str) -> Rates:
        called = CalledModel(provider, name, "")
        return prices.look_up(project, [called])[called].rates

    return RunCalls(options, rates_of=rates_of, answers=answers, counts=counts, budget_of=budget_of)


def refuse_unpriced(options: CallLimits, calls: RunCalls) -> None:
    """Raise InputError for a ceiling of money that could not be kept: a model has no price."""
    unpriced = calls.unpriced() if options.max_cost_usd is not None else []
    if unpriced:
        raise InputError(
            f"There is no price of {', '.join(unpriced)}, so the run cannot keep to a ceiling of money: set one "
            "(`windlass prices set`), or give max_tokens instead."
        )


def start_again(reason: str) -> str:
    """Return why calls stopped, for work that is not resumed but started again."""
    again = "Start it again with a higher ceiling: what was answered is not paid for twice."
    return reason.removesuffix(_RESUME) + again if reason.endswith(_RESUME) else reason
