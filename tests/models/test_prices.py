import pytest

from windlass.models.completion import Usage
from windlass.models.prices import cost_of

USAGE = Usage(1_000_000, 100_000)


def test_a_known_model_has_its_price() -> None:
    # 0.15 USD a million input tokens and 0.60 a million output tokens: OpenAI's price list.
    assert cost_of("openai", "gpt-4o-mini", USAGE) == pytest.approx(0.15 + 0.06)


def test_an_unknown_price_is_unknown_and_not_zero() -> None:
    assert cost_of("openai", "llama3.2", USAGE) is None
    assert cost_of("nobody", "gpt-4o-mini", USAGE) is None


def test_local_models_cost_exactly_nothing() -> None:
    assert cost_of("local", "extractive", USAGE) == 0.0


def test_a_server_of_one_s_own_has_no_known_price() -> None:
    assert cost_of("openai", "gpt-4o-mini", USAGE, base_url="http://127.0.0.1:11434/v1") is None
    assert cost_of("openai", "gpt-4o-mini", USAGE, base_url="https://api.openai.com/v1") == pytest.approx(0.21)
