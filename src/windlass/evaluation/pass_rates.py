"""The chances that k tries of an item all pass, or any of them: what they are, and their formulas."""

import math

from pydantic import BaseModel

from windlass.errors import InputError


class PassRate(BaseModel):
    """A mean over items, with its 95 % interval; no bounds for a single item."""

    mean: float
    low: float | None
    high: float | None


class PassRates(BaseModel):
    """What k tries of an item come to."""

    k: int
    pass_hat: PassRate
    """pass^k: all of k tries pass."""
    pass_at: PassRate
    """pass@k: one of k tries passes at least."""
    n: int
    """Items with a value in k repeats or more; the others say nothing about k tries."""


def pass_hat_k(passes: int, repeats: int, k: int) -> float:
    """Return the chance that k tries all pass, by ``passes`` of ``repeats``. Raises InputError for k > repeats."""
    check_tries(passes, repeats, k)
    return math.comb(passes, k) / math.comb(repeats, k)


def pass_at_k(passes: int, repeats: int, k: int) -> float:
    """Return the chance that one of k tries passes. Raises InputError for k > repeats."""
    check_tries(passes, repeats, k)
    return 1 - math.comb(repeats - passes, k) / math.comb(repeats, k)


def check_tries(passes: int, repeats: int, k: int) -> None:
    """Raises InputError for what cannot be, and for k > repeats."""
    if k < 1 or not 0 <= passes <= repeats:
        raise InputError(f"pass^k needs k ≥ 1 and 0 ≤ passes ≤ repeats; got k {k} and {passes} of {repeats}.")
    if k > repeats:
        raise InputError(f"pass^{k} and pass@{k} need {k} repeats of an item, and there are {repeats}.")
