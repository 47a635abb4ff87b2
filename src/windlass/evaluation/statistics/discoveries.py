"""Many tests at once, to explore: how many of what is called a discovery is none."""

from collections.abc import Sequence


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted by Benjamini and Hochberg (1995).

    Those up to 0.05 are discoveries of which at most 5 % are expected to be none, where the tests are independent
    or positively dependent.
    """
    order = sorted(range(len(p_values)), key=lambda position: p_values[position], reverse=True)
    adjusted = [1.0] * len(p_values)
    least = 1.0
    for place, position in enumerate(order):
        least = min(least, p_values[position] * len(order) / (len(order) - place))
        adjusted[position] = least
    return adjusted
