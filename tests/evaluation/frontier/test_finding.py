import csv
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from tests.real_data import real_data
from windlass.errors import InputError
from windlass.evaluation.frontier.finding import Frontier, FrontierQuestion, find_frontier
from windlass.evaluation.gates.verdicts import Side
from windlass.evaluation.results import summarise
from windlass.evaluation.runs import Run, RunState, VersionName
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult

Values = Sequence[float | None]


def side(name: str, *, data: int = 1, state: RunState = "finished", version: str = "", **metrics: Values) -> Side:
    """A run of a release of this name, with these values item by item."""
    count = len(next(iter(metrics.values())))
    samples = {
        f"i{place}": SampleResult(
            item=f"i{place}",
            trace_id="t",
            span_id="s",
            start_ns=0,
            end_ns=1,
            prediction=Prediction(output="x"),
            judgements={metric: Judgement(values[place]) for metric, values in metrics.items()},
        )
        for place in range(count)
    }
    items = items_of(count)
    run = Run(
        id=f"run-{name}",
        release=VersionName(name=name, number=1, digest=f"sha256:{name}"),
        dataset=VersionName(name="questions", number=data, digest=f"sha256:{data}"),
        evaluators=list(metrics),
        state=state,
        error=None,
        created=datetime.now(UTC),
        started=None,
        finished=None,
        by="ada",
        items=count,
        finished_items=count,
        failed_items=0,
        calls=None,
        metrics=summarise(samples, items, list(metrics)),
        project="p",
        concurrency=1,
        settings={
            "higher_is_better": {metric: not metric.startswith(("cost", "latency")) for metric in metrics},
            "evaluator_versions": {"right": version} if version else {},
        },
    )
    return Side(run, samples)


def items_of(count: int) -> list[Item]:
    return [Item(id=f"i{place}", input="?", metadata={"page": str(place // 5)}) for place in range(count)]


def frontier(*sides: Side, **question: object) -> Frontier:
    items = {item.id: item for item in items_of(sides[0].run.items)}
    return find_frontier(sides, FrontierQuestion.model_validate(question), items=items)


def standings(found: Frontier) -> dict[str, tuple[str, str | None]]:
    return {each.run.release.name: (each.standing, each.dominated_by) for each in found.candidates}


def rights(share: float, n: int = 200, shift: int = 0) -> list[float]:
    """Right on this share of the items, in a fixed order that `shift` turns."""
    return list(np.roll((np.arange(n) * 7919 % n < share * n).astype(float), shift))


def costs(mean: float, n: int = 200) -> list[float]:
    return list(mean * (1 + 0.2 * np.sin(np.arange(n))))


def test_a_dearer_and_worse_run_is_dominated_and_the_others_are_the_front() -> None:
    found = frontier(
        side("small", right=rights(0.6), cost_usd=costs(0.001)),
        side("wasteful", right=rights(0.5), cost_usd=costs(0.02)),
        side("large", right=rights(0.85), cost_usd=costs(0.01)),
    )
    assert standings(found) == {
        "small": ("front", None),
        "large": ("front", None),
        "wasteful": ("dominated", "run-large"),
    }
    assert found.front == ["run-small", "run-large"]
    assert [each.run.id for each in found.candidates] == ["run-small", "run-large", "run-wasteful"]
    assert (found.metric, found.cost, found.reference, found.outcome) == ("right", "cost_usd", "run-large", None)


def test_what_is_dominated_by_chance_is_said_to_be_so_as_seen_only() -> None:
    found = frontier(
        side("one", right=rights(0.6), cost_usd=costs(0.001)),
        side("other", right=rights(0.59, shift=60), cost_usd=costs(0.002)),
    )
    assert standings(found) == {"one": ("front", None), "other": ("dominated_as_seen", "run-one")}
    (other,) = [each for each in found.candidates if each.run.release.name == "other"]
    assert other.p_value is not None
    assert other.p_value > 0.2


def test_equal_runs_do_not_dominate_each_other() -> None:
    found = frontier(
        side("one", right=rights(0.6), cost_usd=costs(0.001)),
        side("same", right=rights(0.6), cost_usd=costs(0.001)),
    )
    assert {standing for standing, _ in standings(found).values()} == {"front"}


def test_among_free_runs_the_quality_alone_decides() -> None:
    free = [0.0] * 200
    found = frontier(
        side("bad", right=rights(0.4), cost_usd=free),
        side("good", right=rights(0.8), cost_usd=free),
        cost="cost_usd",
    )
    assert standings(found)["bad"] == ("dominated", "run-good")


def test_that_a_run_is_dominated_is_corrected_for_the_number_of_runs() -> None:
    """The p value that suffices between two runs does not among many."""
    pair = [
        side("one", right=rights(0.66), cost_usd=costs(0.001)),
        side("other", right=rights(0.51, shift=60), cost_usd=costs(0.002)),
    ]
    alone = frontier(*pair)
    p_value = next(each.p_value for each in alone.candidates if each.run.release.name == "other")
    assert p_value is not None
    assert 0.025 / 2 > p_value > 0.025 / 90
    assert standings(alone)["other"][0] == "dominated"
    crowd = [
        side(f"x{place}", right=rights(0.1 + 0.01 * place), cost_usd=costs(0.0001 * (place + 1)))
        for place in range(8)
    ]
    assert standings(frontier(*pair, *crowd))["other"][0] == "dominated_as_seen"


def test_a_run_whose_cost_nobody_knows_stands_nowhere() -> None:
    found = frontier(
        side("known", right=rights(0.6), cost_usd=costs(0.001), latency_s=costs(1)),
        side("free", right=rights(0.7), cost_usd=costs(0.002), latency_s=costs(2)),
        side("unpriced", right=rights(0.9), cost_usd=[None] * 200, latency_s=costs(3)),
        cost="cost_usd",
        reference="run-free",
        margin=0.05,
    )
    assert standings(found)["unpriced"] == ("unknown", None)
    assert found.candidates[-1].run.id == "run-unpriced"
    assert found.cheapest != "run-unpriced"
    # Where nobody says, an amount that all know is the cost.
    assert found.costs == ["latency_s", "cost_usd"]


def test_the_cheapest_that_is_good_enough_is_found_with_what_it_saves() -> None:
    found = frontier(
        side("tiny", right=rights(0.3), cost_usd=costs(0.0001)),
        side("small", right=rights(0.84), cost_usd=costs(0.001)),
        side("middle", right=rights(0.85), cost_usd=costs(0.004)),
        side("large", right=rights(0.86), cost_usd=costs(0.01)),
        margin=0.1,
    )
    assert (found.reference, found.cheapest, found.outcome) == ("run-large", "run-small", "pass")
    checks = {each.run.release.name: each.check and each.check.outcome for each in found.candidates}
    assert checks == {"tiny": "fail", "small": "pass", "middle": "pass", "large": None}
    small = found.candidates[1]
    assert small.cost_difference is not None
    assert small.cost_difference.difference == pytest.approx(np.mean(costs(0.001)) - np.mean(costs(0.01)))
    assert small.cost_difference.high is not None
    assert small.cost_difference.high < 0
    assert found.sentence is not None
    assert found.sentence.startswith("Pass: small@1 is good enough: right 0.84 against 0.86 of large@1 (")
    assert found.sentence.endswith("0.1 allowed; 200 items), for $0.001 an item instead of $0.01.")


def test_nothing_cheaper_is_good_enough() -> None:
    found = frontier(
        side("tiny", right=rights(0.3), cost_usd=costs(0.0001)),
        side("large", right=rights(0.9), cost_usd=costs(0.01)),
        side("dear", right=rights(0.9), cost_usd=costs(0.02)),
        margin=0.05,
        reference="run-large",
    )
    assert (found.cheapest, found.outcome) == ("run-large", "fail")
    assert found.sentence is not None
    assert found.sentence.startswith(
        "Fail: nothing cheaper than large@1 is good enough (tiny@1: right 0.3 against"
    )


def test_what_could_be_good_enough_says_how_many_items_would_decide() -> None:
    found = frontier(
        side("small", right=rights(0.84, 60, 20), cost_usd=costs(0.001, 60)),
        side("large", right=rights(0.86, 60), cost_usd=costs(0.01, 60)),
        margin=0.05,
    )
    assert (found.cheapest, found.outcome) == ("run-large", "not_enough_data")
    check = found.candidates[0].check
    assert check is not None
    assert check.needed_n is not None
    assert check.needed_n > 60
    assert found.sentence == (
        "Not enough data: large@1 is the cheapest that is known to be good enough. "
        f"small@1 (about {check.needed_n:,} items would decide) is cheaper, and neither shown to be good enough "
        "nor to be worse."
    )


def test_a_dearer_run_is_never_the_cheapest() -> None:
    found = frontier(
        side("good", right=rights(0.8), cost_usd=costs(0.001)),
        side("dear", right=rights(0.8), cost_usd=costs(0.01)),
        margin=0.1,
        reference="run-good",
    )
    assert (found.cheapest, found.outcome) == ("run-good", "fail")


def test_candidates_share_the_level_by_holm() -> None:
    level = [
        check.confidence
        for each in frontier(
            *(side(f"c{place}", right=rights(0.8), cost_usd=costs(0.001 * (place + 1))) for place in range(4)),
            side("large", right=rights(0.82), cost_usd=costs(0.01)),
            margin=0.1,
        ).candidates
        if (check := each.check)
    ]
    assert sorted(level, reverse=True) == pytest.approx([1 - 0.05 / share for share in (4, 3, 2, 1)])


def test_groups_of_items_widen_what_is_known() -> None:
    sides = (
        side("small", right=rights(0.84), cost_usd=costs(0.001)),
        side("large", right=rights(0.86, shift=20), cost_usd=costs(0.01)),
    )
    by_item, by_page = (frontier(*sides, margin=0.2, cluster=cluster) for cluster in (None, "page"))
    checks = [found.candidates[0].check for found in (by_item, by_page)]
    assert [check and check.clusters for check in checks] == [200, 40]


@pytest.mark.parametrize(
    ("sides", "question", "wrong"),
    [
        ([side("a", right=[1.0])], {}, "Between 2 and 30 runs"),
        ([side("a", right=[1.0])] * 2, {}, "run-a is named twice"),
        ([side("a", right=[1.0]), side("b", right=[1.0], state="running")], {}, "run-b is running"),
        ([side("a", right=[1.0]), side("b", right=[1.0], data=2)], {}, "other data"),
        ([side("a", right=[1.0]), side("b", wrong=[1.0])], {}, "no metric in common"),
        ([side("a", right=[1.0]), side("b", right=[1.0])], {}, "no cost in common"),
        ([side(n, right=[1.0], cost_usd=[1.0]) for n in "ab"], {"metric": "f1"}, "they share right"),
        ([side(n, right=[1.0], cost_usd=[1.0]) for n in "ab"], {"reference": "run-c"}, "is none of the runs"),
        ([side(n, right=[1.0], cost_usd=[1.0], version=n) for n in "ab"], {}, "two versions of that evaluator"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused_with_the_reason(
    sides: list[Side], question: dict[str, object], wrong: str
) -> None:
    with pytest.raises(InputError, match=wrong):
        frontier(*sides, **question)


def test_two_real_models_are_both_worth_their_cost_and_the_small_one_is_not_good_enough() -> None:
    file = real_data("gsm8k_two_models/gsm8k_responses.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    models = ("mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview")
    sides = [
        side(
            name,
            right=[float(row[model] == "True") for row in rows],
            cost_usd=[price * len(row[f"{model}_response"]) for row in rows],
        )
        for name, model, price in zip(("mixtral", "gpt-4"), models, (0.6e-6, 30e-6), strict=True)
    ]
    found = frontier(*sides, margin=0.02)
    assert found.front == ["run-mixtral", "run-gpt-4"]
    check = found.candidates[0].check
    assert check is not None
    assert check.difference == pytest.approx(-0.2183, abs=1e-4)
    assert (check.outcome, found.cheapest, found.outcome) == ("fail", "run-gpt-4", "fail")
    # At a margin that the difference keeps to, the small one will do.
    assert frontier(*sides, margin=0.26).cheapest == "run-mixtral"
