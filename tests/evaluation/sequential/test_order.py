import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.errors import InputError
from windlass.evaluation.samples import Item
from windlass.evaluation.sequential.order import Plan, in_order


def items(count: int, page: int | None = None) -> list[Item]:
    return [
        Item(id=f"i{number}", input="?", metadata={} if page is None else {"page": f"p{number // page}"})
        for number in range(count)
    ]


def ids(plan: Plan) -> list[str]:
    return [item.id for members in plan.clusters for item in members]


def test_the_order_is_of_the_items_and_the_data_and_of_nothing_else() -> None:
    given_order, other = items(50), items(50)[::-1]
    assert ids(Plan.of(given_order, None, "sha256:a")) == ids(Plan.of(other, None, "sha256:a"))
    assert ids(Plan.of(given_order, None, "sha256:a")) != ids(Plan.of(given_order, None, "sha256:b"))
    assert ids(Plan.of(given_order, None, "sha256:a")) != [item.id for item in given_order]


def test_a_run_asks_in_the_order_in_which_a_gate_looks() -> None:
    for page in (None, 4):
        asked = [item.id for item in in_order(items(30, page), "page" if page else None, "s")]
        assert asked == ids(Plan.of(items(30, page), "page" if page else None, "s"))
    part = in_order(items(30), None, "s")[5:9]
    assert [item.id for item in part] == ids(Plan.of(items(30), None, "s"))[5:9]
    assert (part[1].id, len(part)) == (ids(Plan.of(items(30), None, "s"))[6], 4)


def test_clusters_stay_together_and_count_when_they_are_whole() -> None:
    plan = Plan.of(items(12, 3), "page", "s")
    assert [len({item.metadata["page"] for item in members}) for members in plan.clusters] == [1] * 4
    first, second = ({item.id for item in members} for members in plan.clusters[:2])
    assert plan.reached([first | set(list(second)[:2])]) == 1
    assert plan.reached([first | second, first]) == 1
    assert plan.reached([]) == 4
    with pytest.raises(InputError, match="belong together by 'page', but the item 'i0' has no such metadata"):
        Plan.of(items(2), "page", "s")


def test_planned_looks_are_at_even_shares_of_the_items() -> None:
    assert Plan.of(items(20), None, "s").looks(5) == [4, 8, 12, 16, 20]
    assert Plan.of(items(3), None, "s").looks(None) == [1, 2, 3]
    # Fewer items than looks: one after each.
    assert Plan.of(items(3), None, "s").looks(5) == [1, 2, 3]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 12))
def test_looks_rise_to_the_last_item_whatever_the_clusters(sizes: list[int], planned: int) -> None:
    clusters = [[Item(id=f"{place}-{n}", input="?") for n in range(size)] for place, size in enumerate(sizes)]
    looks = Plan(clusters).looks(planned)
    assert looks == sorted(set(looks))
    assert (looks[-1], len(looks) <= planned) == (len(sizes), True)
