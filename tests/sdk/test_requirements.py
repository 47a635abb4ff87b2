"""What a test may require of a run, without a server."""

from dataclasses import dataclass

import pytest

from windlass.errors import InputError
from windlass.sdk.evaluation import Metric, Run
from windlass.sdk.requirements import NotShown


@dataclass(frozen=True)
class Case:
    metric: Metric
    outcome: str
    sentence: str
    at_least: float | None = None
    at_most: float | None = None


def metric(mean: float | None, low: float | None, high: float | None, n: int = 90, missing: int = 0) -> Metric:
    return Metric(mean=mean, low=low, high=high, n=n, missing=missing, missing_why={"failed": missing})


def run_with(found: Metric) -> Run:
    return Run(id="run-1", url="http://x/runs/run-1", items=90, failed=0, metrics={"f1": found})


LACKING = "and at most 5 % may lack one: what is left may flatter."
SEEN = "f1 is 0.7 (95 % interval 0.65 to 0.75; 90 items)"


@pytest.mark.parametrize(
    "case",
    [
        Case(metric(0.7, 0.65, 0.75), "pass", "", at_least=0.65),
        Case(metric(0.7, 0.65, 0.75), "pass", "", at_most=0.75),
        Case(metric(0.7, 0.65, 0.75), "pass", "", at_least=0.6, at_most=0.8),
        Case(metric(0.7, 0.65, 0.75), "fail", f"Fail: {SEEN}, not at least 0.76.", at_least=0.76),
        Case(metric(0.7, 0.65, 0.75), "fail", f"Fail: {SEEN}, not at most 0.6.", at_least=0.1, at_most=0.6),
        Case(
            metric(0.7, 0.65, 0.75),
            "not_enough_data",
            # ((z(0.975) + z(0.8)) / z(0.975) · 0.05 / 0.02)² · 90 = 1149.3…
            f"Not enough data: {SEEN}, which does not tell whether it is at least 0.68; about 1150 items would.",
            at_least=0.68,
        ),
        Case(
            metric(0.7, 0.65, 0.75),
            "not_enough_data",
            f"Not enough data: {SEEN}, which does not tell whether it is at most 0.7.",
            at_most=0.7,
        ),
        Case(
            metric(0.7, None, None, n=1),
            "not_enough_data",
            "Not enough data: f1 is 0.7 on a single item, which has no interval.",
            at_least=0.1,
        ),
        Case(
            metric(0.9, 0.85, 0.95, n=80, missing=10),
            "not_enough_data",
            f"Not enough data: f1 has no value on 10 of 90 items, {LACKING}",
            at_least=0.5,
        ),
        Case(
            metric(None, None, None, n=0, missing=90),
            "not_enough_data",
            f"Not enough data: f1 has no value on 90 of 90 items, {LACKING}",
            at_least=0.5,
        ),
    ],
    ids=lambda case: f"{case.outcome}-{case.at_least}-{case.at_most}-{case.metric.n}",
)
def test_a_whole_interval_keeps_the_bound_or_the_test_says_why_not(case: Case) -> None:
    run = run_with(case.metric)
    if case.outcome == "pass":
        run.require("f1", at_least=case.at_least, at_most=case.at_most)
        return
    with pytest.raises(NotShown) as caught:
        run.require("f1", at_least=case.at_least, at_most=case.at_most)
    assert (caught.value.outcome, str(caught.value)) == (case.outcome, case.sentence)


def test_more_items_may_lack_a_value_where_the_test_says_so() -> None:
    run_with(metric(0.9, 0.85, 0.95, n=80, missing=10)).require("f1", at_least=0.5, max_missing=0.2)


def test_what_cannot_be_required_is_said() -> None:
    run = run_with(metric(0.7, 0.65, 0.75))
    with pytest.raises(InputError, match=r"no metric 'bleu'; it has f1\.$"):
        run.require("bleu", at_least=0.1)
    with pytest.raises(InputError, match="at_least=… or at_most=…"):
        run.require("f1")
