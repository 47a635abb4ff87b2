"""What an answer took: time, tokens and money."""

from typing import Final

from windlass.evaluation.evaluators import evaluator
from windlass.evaluation.samples import Sample


@evaluator(higher_is_better=False)
def latency_s(sample: Sample) -> float | None:
    """Seconds from asking the target to its whole answer, without the attempts before the last."""
    return sample.latency_s


@evaluator(higher_is_better=False)
def input_tokens(sample: Sample) -> float | None:
    """Tokens that the models read for this sample, as they reported them."""
    return None if sample.usage is None else sample.usage.input_tokens


@evaluator(higher_is_better=False)
def output_tokens(sample: Sample) -> float | None:
    """Tokens that the models wrote for this sample, as they reported them."""
    return None if sample.usage is None else sample.usage.output_tokens


@evaluator(higher_is_better=False)
def cost_usd(sample: Sample) -> float | None:
    """What the models cost for this sample, in US dollars; undefined where a price is unknown."""
    return sample.cost_usd


AMOUNTS: Final = frozenset(
    {each.name for each in (latency_s, input_tokens, output_tokens, cost_usd)}
    | {"model_calls", "tool_calls", "failed_tool_calls", "repeated_calls"}
)
"""Metrics that say how much and not how often: no rates, though each value may happen to be 0 or 1."""
