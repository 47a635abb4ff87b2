import pytest

from windlass.evaluation.statistics.discoveries import benjamini_hochberg


def test_adjusted_values_are_those_of_the_published_procedure() -> None:
    # As R's p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.5), "BH").
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.005, 0.5]) == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.5])


def test_an_adjusted_value_is_never_over_one_and_never_below_a_smaller_p() -> None:
    assert benjamini_hochberg([0.9, 0.95, 1.0]) == [1.0, 1.0, 1.0]
    assert benjamini_hochberg([]) == []
    assert benjamini_hochberg([0.02]) == [0.02]
