"""The rates made of the public list cost what the list itself says."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from windlass.prices.catalogue import catalogue_name, find_model
from windlass.prices.rates import Tokens, cost_of_tokens

TIMES = (
    datetime(2020, 1, 1, tzinfo=UTC),
    datetime(2024, 7, 1, 17, 0, tzinfo=UTC),
    datetime(2026, 6, 1, 3, 30, tzinfo=UTC),
    datetime(2027, 6, 1, 23, 59, tzinfo=UTC),
)
CALLS = (
    Tokens(input=1_000, output=100),
    Tokens(input=150_000, output=2_000, cache_read=100_000, cache_write=20_000),
    Tokens(input=900_000, output=50_000, cache_read=500_000, reasoning=30_000),
    Tokens(input=128_000, output=1),
    Tokens(input=200_001, output=1),
)


def listed() -> Iterator[tuple[Provider, ModelInfo]]:
    snapshot = get_snapshot()
    for provider in snapshot.providers:
        for model in provider.models:
            # A few are found by other names than their own.
            with suppress(LookupError):
                yield snapshot.find_provider_model(model.id, None, provider.id, None)


def of_the_list(provider: Provider, model: ModelInfo, tokens: Tokens, at: datetime) -> float:
    usage = Usage(
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
        output_reasoning_tokens=tokens.reasoning,
    )
    return float(model.calc_price(usage, provider, genai_request_timestamp=at).total_price)


def test_every_model_of_the_list_costs_what_the_list_says_at_any_time_and_size() -> None:
    compared = 0
    for provider, model in listed():
        found = find_model(model.id, provider=provider.id)
        if found is None:
            continue
        for at in TIMES:
            for tokens in CALLS:
                cost = cost_of_tokens(found.rates, tokens, at)
                assert cost == pytest.approx(of_the_list(provider, model, tokens, at), rel=1e-9), (
                    found.name,
                    at,
                    tokens,
                )
                compared += 1
    assert compared > 20_000


def test_opentelemetry_s_names_of_providers_find_the_list_s() -> None:
    for provider, model, name in (
        ("azure.ai.openai", "gpt-4o", "azure/gpt-4o"),
        ("gcp.vertex_ai", "gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("gcp.gen_ai", "gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("mistral_ai", "mistral-small-latest", "mistral/mistral-small-latest"),
        ("anthropic", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("", "gpt-4o-mini", "openai/gpt-4o-mini"),
    ):
        found = find_model(model, provider=provider)
        assert found is not None, provider
        assert found.name == name


@pytest.mark.parametrize(
    ("provider", "model"), [("openai", "llama3.3"), ("nobody", "gpt-4o"), ("", "my-model"), ("openai", "")]
)
def test_what_the_list_does_not_know_has_no_price(provider: str, model: str) -> None:
    assert find_model(model, provider=provider) is None


def test_local_models_cost_exactly_nothing() -> None:
    found = find_model("extractive", provider="local")
    assert found is not None
    assert cost_of_tokens(found.rates, Tokens(input=1_000, output=1_000)) == 0.0


def test_the_list_is_named_with_its_version() -> None:
    assert catalogue_name().startswith("genai-prices ")
