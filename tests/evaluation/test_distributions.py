"""How the values of a metric lie, and its means on slices of the items."""

from collections.abc import Mapping

import numpy as np
import pytest

from windlass.evaluation.distributions import Bin, distribution
from windlass.evaluation.run_slices import SliceMean, slice_means
from windlass.evaluation.samples import Item

NAN = float("nan")


def test_a_metric_of_few_values_has_a_bin_for_each() -> None:
    found = distribution("exact_match", np.array([1.0, 0.0, 1.0, NAN, 1.0]))
    assert (found.n, found.bins) == (4, [Bin(low=0, high=0, n=1), Bin(low=1, high=1, n=3)])
    assert (found.least, found.median, found.greatest) == (0, 1, 1)


def test_a_score_is_drawn_over_its_whole_axis_and_an_amount_over_what_there_is() -> None:
    values = np.linspace(0.405, 0.595, 20)
    score, amount = distribution("token_f1", values), distribution("latency_s", values)
    assert (score.bins[0].low, score.bins[-1].high, len(score.bins)) == (0, 1, 20)
    assert {place: each.n for place, each in enumerate(score.bins) if each.n} == {8: 5, 9: 5, 10: 5, 11: 5}
    assert (amount.bins[0].low, amount.bins[-1].high) == (values[0], values[-1])
    assert sum(each.n for each in amount.bins) == 20
    assert score.least == values[0]
    assert score.p5 == pytest.approx(0.4145)


def test_the_greatest_value_is_in_the_last_bin_and_scores_beyond_one_have_their_own_axis() -> None:
    graded = distribution("grade", np.linspace(1, 5, 41))
    assert (graded.bins[0].low, graded.bins[-1].high, graded.bins[-1].n) == (1, 5, 3)


def test_a_metric_without_a_value_says_so() -> None:
    found = distribution("token_f1", np.array([NAN, NAN]))
    assert (found.n, found.bins, found.median) == (0, [], None)


def items(*metadata: Mapping[str, object], splits: str = "") -> list[Item]:
    return [
        Item(id=str(place), input="?", metadata=dict(each), split=splits[place : place + 1])
        for place, each in enumerate(metadata)
    ]


def means(of: list[Item], *values: float, better: bool = True, cluster: str | None = None) -> list[SliceMean]:
    return slice_means(of, np.array(values), "f1", higher_is_better=better, cluster=cluster)


def test_the_worst_slice_of_a_field_comes_first_and_one_without_a_value_last() -> None:
    of = items(*({"page": page} for page in "aabbcc"))
    rows = means(of, 0.9, 0.7, 0.2, NAN, NAN, NAN)
    assert [(row.value, row.n, row.missing) for row in rows] == [("b", 1, 1), ("a", 2, 0), ("c", 0, 2)]
    assert rows[1].mean == pytest.approx(0.8)
    assert (rows[0].low, rows[2].mean) == (None, None)
    assert [row.value for row in means(of, 0.9, 0.7, 0.2, 0.1, 0.3, 0.3, better=False)] == ["a", "c", "b"]


def test_only_fields_that_group_items_make_slices() -> None:
    of = items(
        *(
            {"id": place, "long": "x" * 200 + tag, "one": "same", "share": place / 2, "tags": [tag, "all"]}
            for place, tag in enumerate("pppqqq")
        ),
        splits="tttddd",
    )
    rows = means(of, 1, 0, 1, 1, 1, 1)
    assert [(row.field, row.value, row.n) for row in rows] == [
        ("split", "t", 3),
        ("split", "d", 3),
        ("tags", "p", 3),
        ("tags", "all", 6),
        ("tags", "q", 3),
    ]


def test_a_field_is_followed_only_as_long_as_its_values_are_few() -> None:
    assert means(items(*({"user": place % 60} for place in range(600))), *range(600)) == []


def test_intervals_of_slices_take_account_of_the_run_s_cluster() -> None:
    of = items(*({"page": "ab"[place % 2], "session": place // 4} for place in range(80)))
    values = [float(place // 4 % 3 == 0) for place in range(80)]
    alone, together = means(of, *values)[0], means(of, *values, cluster="session")[0]
    assert (alone.mean, together.clusters) == (together.mean, 20)
    assert alone.low is not None
    assert together.low is not None
    assert together.low < alone.low
