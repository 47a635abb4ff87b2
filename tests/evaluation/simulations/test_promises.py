"""Every interval holds the truth, and every test errs, as often as the reference says."""

from pathlib import Path

import pytest

from tests.evaluation.simulations.coverage import COVERAGE, POWER
from tests.evaluation.simulations.errors import ERRORS
from tests.evaluation.simulations.promises import ALLOWED, Promise

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "statistics.md"


@pytest.mark.slow
@pytest.mark.parametrize("promise", COVERAGE, ids=lambda promise: promise.name)
def test_an_interval_holds_the_truth_as_often_as_it_says(promise: Promise) -> None:
    seen = promise.simulate()
    assert seen.share >= promise.bound - ALLOWED * seen.error


@pytest.mark.slow
@pytest.mark.parametrize("promise", ERRORS, ids=lambda promise: promise.name)
def test_a_test_errs_no_more_often_than_it_says(promise: Promise) -> None:
    seen = promise.simulate()
    assert seen.share <= promise.bound + ALLOWED * seen.error


@pytest.mark.slow
@pytest.mark.parametrize("promise", POWER, ids=lambda promise: promise.name)
def test_the_number_of_items_that_would_decide_does(promise: Promise) -> None:
    seen = promise.simulate()
    assert abs(seen.share - promise.said) <= ALLOWED * seen.error


@pytest.mark.parametrize("promises", [COVERAGE, ERRORS, POWER], ids=["coverage", "errors", "power"])
def test_the_reference_has_a_row_for_every_simulation(promises: list[Promise]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [each.name for each in promises if f"| {each.statistic} | {each.setting} |" not in page]
    assert missing == [], "run scripts/write_statistics.py"
