"""The items of a large version, read when they are asked for, gate and group as items in memory do."""

from pathlib import Path

import numpy as np
import pytest

from windlass.evaluation.gates.deciding import decide
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.grouping import field_of, grouping_fields
from windlass.evaluation.item_edits import line_of_item
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.item_lines import ItemLines, LineItems
from windlass.evaluation.items_by_id import VersionItems
from windlass.evaluation.numbering import numbered
from windlass.evaluation.reports.parts import parts_of
from windlass.evaluation.run_scores import scores_of_results
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.scored_samples import ScoredItems
from windlass.storage.blobs import open_blobs

ANSWER = Prediction("x")
TOPICS = ("billing", "returns", "taxes")
ITEMS = [
    Item(
        id=f"q{number:02}",
        input="?",
        split="test" if number % 2 else "",
        metadata={
            "topic": TOPICS[number % 3],
            "page": number,
            "tags": [f"t{tag}" for tag in range(4) if number >> tag & 1],
            f"own-{number}": 1,
        },
    )
    for number in range(60)
]
RULE = GateRule.model_validate(
    {
        "primary": {"metric": "f1", "kind": "superiority"},
        "slices": [{"by": "topic", "metric": "f1", "margin": 0.3}],
        "cluster": "topic",
    }
)


@pytest.fixture
def version(tmp_path: Path) -> VersionItems:
    blobs = open_blobs(tmp_path.as_uri())
    digest = blobs.put_pieces(line_of_item(item) + b"\n" for item in ITEMS)
    return VersionItems(LineItems(ItemLines(blobs, digest)), ItemIndex(item.id for item in ITEMS))


def results(shift: float) -> dict[str, SampleResult]:
    spread = np.random.default_rng(3).normal(0.5 + shift, 0.05, len(ITEMS))
    return {
        item.id: SampleResult(item.id, "1" * 32, "1" * 16, 0, 1, ANSWER, judgements={"f1": Judgement(value)})
        for item, value in zip(ITEMS, spread.tolist(), strict=True)
    }


def test_items_of_lines_are_those_of_their_version(version: VersionItems) -> None:
    assert list(version) == list(version.ids) == [item.id for item in ITEMS]
    assert list(version.values()) == ITEMS
    assert dict(version.items()) == {item.id: item for item in ITEMS}
    assert (version["q07"], version.ids[7], version.ids[1:3]) == (ITEMS[7], "q07", ["q01", "q02"])
    others = version.without({"q07", "nobody"}).without({"q00"})
    assert list(others) == [item.id for item in ITEMS if item.id not in {"q00", "q07"}]
    assert list(others.in_order) == [item for item in ITEMS if item.id not in {"q00", "q07"}]
    assert (others.in_order[0], others.in_order[5:7]) == (ITEMS[1], [ITEMS[6], ITEMS[8]])
    assert "q07" not in others
    assert "q08" in others


@pytest.mark.parametrize("left_out", [set[str](), {"q03", "q30"}])
def test_a_gate_on_lines_and_columns_decides_as_on_items_and_samples(
    version: VersionItems, left_out: set[str]
) -> None:
    before, after = results(0.0), results(0.02)
    items = {item.id: item for item in ITEMS if item.id not in left_out}
    expected = decide(before, after, RULE, items=items, higher_is_better={"f1": True})
    index = version.ids.of_version
    first, last = (
        ScoredItems(scores_of_results(each.values(), index), version.ids).without(left_out)
        for each in (before, after)
    )
    assert decide(first, last, RULE, items=version.without(left_out), higher_is_better={"f1": True}) == expected
    assert decide(first, last, RULE, items=items, higher_is_better={"f1": True}) == expected
    assert {row.field for row in expected.slices} == {"topic"}


def test_fields_of_many_values_group_nothing_however_they_come() -> None:
    # Of eleven tags there are 2,048 lists: more than anybody holds apart.
    lists = [[f"t{tag}" for tag in range(11) if number >> tag & 1] or ["none"] for number in range(2048)]
    items = [Item(id=str(number), input="?", metadata={"tags": tags}) for number, tags in enumerate(lists)]
    assert list(grouping_fields(items)) == []
    assert list(grouping_fields(ITEMS)) == ["topic"]
    groups = {name: int(mask.sum()) for name, mask in field_of(ITEMS, "tags").groups()}
    assert groups == {f"t{tag}": sum(number >> tag & 1 for number in range(60)) for tag in range(4)}


def test_a_report_finds_the_parts_of_lines(version: VersionItems) -> None:
    ((name, parts),) = parts_of(version.in_order)
    assert (name, {part.name: int(part.items.sum()) for part in parts}) == ("topic", dict.fromkeys(TOPICS, 20))
    assert [name for name, _ in parts_of(ITEMS)] == ["topic"]


def test_texts_are_numbered_in_the_order_in_which_they_come() -> None:
    assert numbered(["b", None, "a", "b", "c", "a"], 6).tolist() == [0, -1, 1, 0, 2, 1]
    assert numbered([], 0).tolist() == []
