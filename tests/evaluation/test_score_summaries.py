"""Summaries made of columns say what summaries of samples do."""

import random

import pytest

from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.passes import all_pass_rates, all_rates_of
from windlass.evaluation.repeats import by_item
from windlass.evaluation.results import summarise, values_of
from windlass.evaluation.run_scores import scores_of_results
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult, sample_key
from windlass.evaluation.score_summaries import cluster_codes, summarise_scores, tries_of

ITEMS = [Item(id=f"q{number}", input="?", metadata={"page": f"p{number // 3}"}) for number in range(40)]
METRICS = ["half", "right", "cost_usd", "never"]


def judgements(chance: random.Random) -> dict[str, Judgement]:
    said = {
        "half": Judgement(chance.choice([0.0, 0.25, 1.0]), source="judge"),
        "right": Judgement(float(chance.random() < 0.6)),
        "cost_usd": Judgement(0.001 * chance.randint(0, 3)),
    }
    for name in said:
        if chance.random() < 0.25:
            said[name] = Judgement(None, chance.choice(["abstain", "unparsable", ""]), source=said[name].source)
    return {name: judgement for name, judgement in said.items() if chance.random() < 0.9}


def samples(repeats: int) -> list[SampleResult]:
    chance = random.Random(repeats)
    found = []
    for item in ITEMS[:-2]:
        for repeat in range(1, repeats + 1):
            failed = chance.random() < 0.25
            found.append(
                SampleResult(
                    item.id,
                    f"{chance.getrandbits(128):032x}",
                    f"{chance.getrandbits(64):016x}",
                    0,
                    1,
                    None if failed else Prediction("x"),
                    error="no" if failed else None,
                    error_type=chance.choice(["TimeoutError", "Refused", "ValueError"]) if failed else "",
                    judgements={} if failed else judgements(chance),
                    repeat=repeat,
                )
            )
    return found


@pytest.mark.parametrize("cluster", [None, "page"])
@pytest.mark.parametrize("repeats", [1, 3])
def test_columns_are_summarised_as_samples_are(repeats: int, cluster: str | None) -> None:
    found = samples(repeats)
    keyed = {sample_key(each.item, each.repeat): each for each in found}
    expected = summarise(keyed, ITEMS, METRICS, repeats, cluster=cluster)
    scores = scores_of_results(found, ItemIndex(item.id for item in ITEMS))
    assert summarise_scores(scores, METRICS, repeats, clusters=cluster_codes(ITEMS, cluster)) == expected
    assert expected["half"].missing_why.keys() >= {"absent", "abstain"}


def test_tries_are_counted_alike() -> None:
    found = samples(3)
    scores, grouped = scores_of_results(found, ItemIndex(item.id for item in ITEMS)), by_item(found)
    counted = tries_of(scores, "right")
    assert counted is not None
    values = [values_of(grouped.get(item.id, ()), "right") for item in ITEMS]
    assert all_rates_of(counted, 3) == all_pass_rates(values, 3)
    assert tries_of(scores, "half") is None
