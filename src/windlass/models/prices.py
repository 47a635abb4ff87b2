"""What a completion cost by the public price list."""

from windlass.models.completion import Usage
from windlass.prices.catalogue import LOCAL, find_model
from windlass.prices.rates import Tokens, cost_of_tokens

__all__ = ["LOCAL", "cost_of"]


def cost_of(provider: str, model: str, usage: Usage, *, base_url: str | None = None) -> float | None:
    """Return the cost in USD, or None when the price is not known.

    Models of the provider ``local`` run in this process and cost exactly 0.0. With a ``base_url`` the price is
    that of whoever serves it: on one's own machine a model does not have the price of its name-giver.
    """
    found = find_model(model, provider=provider, api_url=base_url if provider != LOCAL else None)
    if found is None:
        return None
    return cost_of_tokens(found.rates, Tokens(input=usage.input_tokens, output=usage.output_tokens))
