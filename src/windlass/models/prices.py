"""What a completion cost, from the price list inside the package genai-prices: no look-up over a network."""

from windlass.models.completion import Usage

LOCAL = "local"


def cost_of(provider: str, model: str, usage: Usage, *, base_url: str | None = None) -> float | None:
    """Return the cost in USD, or None when the price is not known.

    Models of the provider ``local`` run in this process and cost exactly 0.0. With a ``base_url`` the price is
    that of whoever serves it: on one's own machine a model does not have the price of its name-giver.
    """
    if provider == LOCAL:
        return 0.0
    # 0.4 s: only those who ask for a price wait for the list.
    from genai_prices import Usage as PricedUsage
    from genai_prices import calc_price

    priced = PricedUsage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    try:
        if base_url:
            return float(calc_price(priced, model, provider_api_url=base_url).total_price)
        return float(calc_price(priced, model, provider_id=provider).total_price)
    except LookupError:
        return None
