"""Digests of scores made of columns are those that verdicts have had since the first one."""

import random

import numpy as np
import pytest

from windlass.canonical import canonical_json
from windlass.errors import InputError
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.items_by_id import VersionItems
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.run_scores import scores_of_results
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.score_digests import canonical_numbers, digest_of_scores
from windlass.evaluation.scored_samples import ScoredItems
from windlass.evaluation.sorted_ids import SortedIds

IDS = [
    "b",
    "a",
    'say "no"',
    "back\\slash",
    "línea\n",
    "é",
    "\uffee",
    "😀",
    "item-10",
    "item-9",
    "",
    "\x7f",
    "ü,}}",
]


def test_numbers_are_written_as_canonical_json_has_them() -> None:
    chance = random.Random(7)
    values = [
        *(
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.1,
            1e-4,
            9.9999e-5,
            1e-6,
            9.99e-7,
            1e-7,
            5e-324,
            1e15,
            1e16,
            123456789012345680.0,
        ),
        *(1e20, 1e21, 1.5e21, 1.7976931348623157e308, 2.0**53, 999999999999999.9, 0.30000000000000004, 100.0),
        *(chance.uniform(-1, 1) * 10.0 ** chance.randint(-12, 25) for _ in range(3000)),
        *(float(chance.randint(-(10**9), 10**9)) for _ in range(200)),
    ]
    assert canonical_numbers(np.array(values)) == [canonical_json(value) for value in values]
    assert canonical_numbers(np.array([np.nan, 2.0])) == [b"null", b"2"]
    assert canonical_numbers(np.array([])) == []
    with pytest.raises(InputError, match="JSON has no such number"):
        canonical_numbers(np.array([np.inf]))


def test_ids_come_in_the_order_of_their_utf16_code_units() -> None:
    (block,) = SortedIds(IDS).blocks()
    expected = sorted(IDS, key=lambda name: name.encode("utf-16-be"))
    assert [IDS[position] for position in block.positions] == expected
    assert block.written == [canonical_json(name) for name in expected]


def result(item: str, chance: random.Random, repeat: int) -> SampleResult:
    failed = chance.random() < 0.3
    judged = {
        name: Judgement(None, "unparsable") if chance.random() < 0.2 else Judgement(chance.lognormvariate(-8, 6))
        for name in ("z", "f1", 'na"me', "10")
        if chance.random() < 0.7
    }
    return SampleResult(
        item,
        f"{chance.getrandbits(128):032x}",
        f"{chance.getrandbits(64):016x}",
        0,
        1,
        None if failed else Prediction("x"),
        error=chance.choice(["no ,}} page", "“zu spät”\n", ""]) if failed else None,
        judgements={} if failed else judged,
        repeat=repeat,
    )


@pytest.mark.parametrize("repeats", [1, 3])
def test_columns_have_the_digest_of_the_samples_that_they_are_made_of(repeats: int) -> None:
    chance = random.Random(repeats)
    items = [Item(id=name, input="?") for name in [*IDS, *(f"q{number}" for number in range(60))]]
    version = VersionItems(items, ItemIndex(item.id for item in items))
    samples = [
        result(item.id, chance, number)
        for item in items[2:]
        for number in range(1, 1 + repeats)
        if chance.random() < 0.8
    ]
    scored = ScoredItems(scores_of_results(samples, version.ids.of_version), version.ids)
    whole = average_repeats(samples)
    assert digest_of_scores(scored) == digest_of_scores(whole)
    some = {item for item in whole if "1" not in item}
    left_out = scored.without(whole.keys() - some)
    assert set(left_out) == some
    assert digest_of_scores(left_out) == digest_of_scores({item: whole[item] for item in some})
    assert digest_of_scores(scored.without(whole)) == digest_of_scores({})
