"""All model calls of one run, the target's and the judges', under one roof."""

from windlass.models.calls.answers import AskedModel, KeptAnswers
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.estimates import Estimates
from windlass.models.calls.governed import GovernedModel, Shared
from windlass.models.calls.pace import CallLimits, Lane
from windlass.models.calls.provider import Patience, Provider
from windlass.models.calls.stopping import StopSign
from windlass.models.completion import ChatModel


class RunCalls:
    """What the models of one run have in common. It belongs to the event loop that runs it."""

    def __init__(
        self,
        limits: CallLimits | None = None,
        *,
        patience: Patience | None = None,
        answers: KeptAnswers | None = None,
        counts: CallCounts | None = None,
    ) -> None:
        """``answers`` are kept and given again; ``counts`` are those of the run so far."""
        self._limits = limits or CallLimits()
        self._shared = Shared(counts.model_copy() if counts else CallCounts(), patience or Patience(), answers)
        self._stop = StopSign()
        self._providers: dict[str, Provider] = {}
        self._lanes: dict[tuple[str, str], tuple[Lane, Estimates]] = {}

    @property
    def counts(self) -> CallCounts:
        """What the calls came to so far."""
        return self._shared.counts.model_copy()

    def govern(self, model: ChatModel, *, provider: str, name: str, address: str = "") -> ChatModel:
        """Return a model that asks as this run may; provider and name say with whom it shares the limits."""
        lane, estimates = self._lane(provider, name)
        return GovernedModel(model, AskedModel(provider, name, address), lane, estimates, self._shared)

    def stop(self, reason: str) -> None:
        """Let no further call begin: whoever wants one raises Stopped. Those under way finish."""
        self._stop.set(reason)
        for provider in self._providers.values():
            provider.let_in()

    def _lane(self, provider: str, name: str) -> tuple[Lane, Estimates]:
        if provider not in self._providers:
            self._providers[provider] = Provider(provider, self._stop, self._shared.patience)
        if (provider, name) not in self._lanes:
            lane = Lane(self._providers[provider], self._limits, self._stop)
            self._lanes[provider, name] = lane, Estimates()
        return self._lanes[provider, name]
