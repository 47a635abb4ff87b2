"""What an answer took: time, tokens and money."""

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
