"""All model calls of one run, the target's and the judges', under one roof."""

from collections.abc import Callable
from dataclasses import replace

from windlass.models.calls.answers import AskedModel, KeptAnswers
from windlass.models.calls.budget import Amount, Budget
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.estimates import Estimates
from windlass.models.calls.governed import GovernedModel, Shared, Terms
from windlass.models.calls.limits import CallLimits
from windlass.models.calls.pace import Lane
from windlass.models.calls.provider import Patience, Provider
from windlass.models.calls.stopping import StopSign
from windlass.models.completion import ChatModel, Usage
from windlass.prices.rates import Rates

RatesOf = Callable[[str, str], Rates]
"""Returns the prices of a provider's model; none where they are not known."""

BudgetOf = Callable[[StopSign], Budget]


class RunCalls:
    """What the models of one run have in common. It belongs to the event loop that runs it."""

    def __init__(
        self,
        limits: CallLimits | None = None,
        *,
        rates_of: RatesOf | None = None,
        answers: KeptAnswers | None = None,
        counts: CallCounts | None = None,
        patience: Patience | None = None,
        budget_of: BudgetOf | None = None,
    ) -> None:
        """``answers`` are kept and given again; ``counts`` are those of the run so far.

        ``budget_of`` makes the budget of a run whose calls several processes make.
        """
        self._limits = limits or CallLimits()
        self._rates_of = rates_of
        self._stop = StopSign()
        so_far = counts or CallCounts()
        self._budget = (budget_of or self._own_budget(so_far))(self._stop)
        self._shared = Shared(so_far.model_copy(), self._budget, patience or Patience(), answers)
        self._providers: dict[str, Provider] = {}
        self._models: dict[AskedModel, Terms] = {}

    @property
    def counts(self) -> CallCounts:
        """What the calls came to so far."""
        spent = {"spent_tokens": self._budget.tokens, "spent_usd": self._budget.cost_usd}
        return self._shared.counts.model_copy(update=spent)

    @property
    def stopped(self) -> str | None:
        """Why no further call begins, or None while calls may."""
        return self._stop.reason

    def govern(
        self, model: ChatModel, *, provider: str, name: str, address: str = "", keeps_answers: bool = True
    ) -> ChatModel:
        """Return a model that asks as this run may; provider and name say with whom it shares the limits.

        One that does not keep its answers is asked each time, also where the run has kept ones.
        """
        shared = self._shared if keeps_answers else replace(self._shared, answers=None)
        return GovernedModel(model, self._terms(AskedModel(provider, name, address)), shared)

    def note_tool(self, *, refused: bool) -> None:
        """Count a call of a tool that was asked for."""
        if refused:
            self._shared.counts.tools_refused += 1
        else:
            self._shared.counts.tools += 1

    def unpriced(self) -> list[str]:
        """Return the models, of those governed, whose price is not known now, as `provider:name`."""
        return [
            f"{asked.provider}:{asked.name}"
            for asked, terms in self._models.items()
            if terms.cost(Usage(1, 1)) is None
        ]

    def stop(self, reason: str) -> None:
        """Let no further call begin: whoever wants one raises Stopped. Those under way finish."""
        self._stop.set(reason)
        self._budget.wake()
        for provider in self._providers.values():
            provider.let_in()

    def _own_budget(self, so_far: CallCounts) -> BudgetOf:
        return lambda stop: Budget(
            stop,
            max_cost_usd=self._limits.max_cost_usd,
            max_tokens=self._limits.max_tokens,
            spent=Amount(so_far.spent_tokens, so_far.spent_usd),
        )

    def _terms(self, asked: AskedModel) -> Terms:
        if asked not in self._models:
            provider = self._providers.setdefault(
                asked.provider, Provider(asked.provider, self._stop, self._shared.patience)
            )
            rates = self._rates_of(asked.provider, asked.name) if self._rates_of is not None else ()
            self._models[asked] = Terms(asked, Lane(provider, self._limits, self._stop), Estimates(), rates)
        return self._models[asked]
