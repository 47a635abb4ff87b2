import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from windlass.evaluation.sequential.boundaries import nominal_levels, z_boundaries
from windlass.evaluation.sequential.rule import Boundary
from windlass.evaluation.sequential.spending import spent

FIFTHS = (0.2, 0.4, 0.6, 0.8, 1.0)


@pytest.mark.parametrize(
    ("boundary", "published"),
    [
        # Five looks, two-sided 5 %: as the R package ldbounds prints them.
        ("obrien_fleming", (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)),
        ("pocock", (2.4380, 2.4268, 2.4101, 2.3966, 2.3859)),
    ],
)
def test_boundaries_are_those_of_the_published_tables(boundary: Boundary, published: tuple[float, ...]) -> None:
    assert z_boundaries(boundary, 0.025, FIFTHS) == pytest.approx(published, abs=2e-4)


@pytest.mark.parametrize("boundary", ["obrien_fleming", "pocock"])
@pytest.mark.parametrize("fractions", [(0.3, 1.0), (0.1, 0.15, 0.7, 1.0)])
def test_each_look_spends_what_it_is_given(boundary: Boundary, fractions: tuple[float, ...]) -> None:
    limits = z_boundaries(boundary, 0.025, fractions)
    shared = np.sqrt(np.minimum.outer(fractions, fractions) / np.maximum.outer(fractions, fractions))
    for looks in range(1, len(fractions) + 1):
        # The chance to cross no boundary until then, by another way of integrating.
        stays = multivariate_normal.cdf(limits[:looks], cov=shared[:looks, :looks], abseps=1e-8, releps=1e-8)
        assert 1 - stays == pytest.approx(spent(boundary, 0.025, fractions[looks - 1]), abs=3e-6)


def test_one_look_is_the_ordinary_test() -> None:
    assert z_boundaries("obrien_fleming", 0.025, (1.0,)) == pytest.approx((norm.ppf(0.975),), abs=1e-6)


def test_more_level_asks_for_less_at_every_look() -> None:
    # What lets Holm's steps take a requirement out once it is shown at any level.
    for boundary in ("obrien_fleming", "pocock"):
        few, many = nominal_levels(boundary, 0.0125, FIFTHS), nominal_levels(boundary, 0.025, FIFTHS)
        assert all(a < b for a, b in zip(few, many, strict=True))


def test_a_look_too_early_to_spend_anything_has_no_boundary() -> None:
    limits = z_boundaries("obrien_fleming", 0.025, (0.01, 1.0))
    assert limits[0] == np.inf
    assert nominal_levels("obrien_fleming", 0.025, (0.01, 1.0))[0] == 0.0
    assert limits[1] == pytest.approx(norm.ppf(0.975), abs=1e-6)
