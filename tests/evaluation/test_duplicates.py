import random

import pytest

from windlass.errors import InputError
from windlass.evaluation.duplicates import MOST_PAIRS, find_duplicates, normal_form
from windlass.evaluation.samples import Item


def items(*inputs: object, splits: str = "") -> list[Item]:
    return [
        Item(id=str(number), input=each, split=splits[number : number + 1]) for number, each in enumerate(inputs)
    ]


def shingles(text: str, length: int) -> set[str]:
    return {text[at : at + length] for at in range(len(text) - length + 1)}


def jaccard(some: str, others: str, length: int) -> float:
    one, other = shingles(normal_form(some), length), shingles(normal_form(others), length)
    return len(one & other) / len(one | other)


def test_case_punctuation_spacing_and_unicode_form_are_no_difference() -> None:
    found = find_duplicates(
        items(
            "How do I return it?",
            "how do I  return it",
            "반품은 어떻게 하나요?",
            "반품은 어떻게하나요",
            "ＡＢＣ",
            "abc",
            "???",
            "!!!",
            {"question": "When?", "tone": "kind"},
            {"tone": "Kind", "question": "when"},
        )
    )
    assert [(pair.first, pair.second) for pair in found.exact] == [("0", "1"), ("2", "3"), ("4", "5"), ("8", "9")]
    assert found.near == ()
    assert found.leaks == ()


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [
        (
            "How long do I have to send the shoes that I bought in the sale back to you?",
            "How long do I have to send the shoes which I bought in the sale back to you?",
            5,
        ),
        (
            "주문한 상품을 반품하려면 며칠 안에 보내야 하나요",
            "주문한 상품을 반품하려면 며칠 안에 보내야 합니까",
            3,
        ),
        (
            "注文した商品を返品するには何日以内に送ればよいですか",
            "注文した商品を返品するには何日以内に送ればいいですか",
            3,
        ),
        ("我想退回上周订购的商品请问需要在多少天之内寄出", "我想退回上周订购的商品请问需要在多少天之内寄回", 3),
    ],
)
def test_a_few_characters_are_a_near_duplicate_with_the_similarity_of_its_shingles(
    one: str, other: str, length: int
) -> None:
    expected = jaccard(one, other, length)
    assert 0.7 < expected < 1
    found = find_duplicates(items(one, other, "Where is my parcel?", splits="abb"), similar=0.7)
    (pair,) = found.near
    assert (pair.first, pair.second, pair.splits, pair.leaks) == ("0", "1", ("a", "b"), True)
    assert pair.similarity == pytest.approx(expected)
    assert find_duplicates(items(one, other), similar=expected + 0.01).near == ()


def test_random_edits_are_found_as_comparing_every_pair_finds_them() -> None:
    dice = random.Random(3)
    alphabet = "abcdefghij 가나다라마바사"
    inputs: list[object] = []
    for _ in range(60):
        text = "".join(dice.choices(alphabet[:11] if dice.random() < 0.7 else alphabet[11:], k=80))
        inputs += [text, "".join(dice.choice(alphabet[:11]) if dice.random() < 0.02 else each for each in text)]
    data = items(*inputs)
    found = find_duplicates(data)
    wanted = set()
    for at, one in enumerate(data):
        for other in data[at + 1 :]:
            some, others = normal_form(one.input), normal_form(other.input)
            length = 3 if sum(each >= "가" for each in some) * 2 >= len(some) else 5
            if some != others and jaccard(str(one.input), str(other.input), length) >= 0.8:
                wanted.add((one.id, other.id))
    assert len(wanted) > 10
    assert {(pair.first, pair.second) for pair in found.near} == wanted


def test_leakage_is_what_lies_in_different_splits_also_of_near_duplicates_of_duplicates() -> None:
    long = "please tell me how long the delivery of a parcel to a remote island usually takes"
    found = find_duplicates(items(long, long + "!", long + "s", "other", splits="aabb"))
    assert [(pair.first, pair.second, pair.leaks) for pair in found.exact] == [("0", "1", False)]
    assert [(pair.first, pair.second) for pair in found.leaks] == [("0", "2")]


def test_duplicates_with_other_references_say_so() -> None:
    same = [Item(id="a", input="q", reference="1"), Item(id="b", input="Q", reference="2")]
    assert [pair.same_reference for pair in find_duplicates(same).exact] == [False]


def test_very_many_pairs_are_cut_and_say_so() -> None:
    text = "the same long template of a question with only a number that is different in each of them: "
    found = find_duplicates(items(*(f"{text}{number}" for number in range(30))), most=50)
    assert (len(found.near), found.cut) == (50, True)
    assert not find_duplicates(items("a", "b"), most=MOST_PAIRS).cut


@pytest.mark.parametrize("similar", [0.6, 1.1])
def test_a_similarity_that_is_none_is_refused(similar: float) -> None:
    with pytest.raises(InputError, match=r"between 0\.7 and 1"):
        find_duplicates([], similar=similar)


def test_near_pairs_of_new_items_are_found_among_any_number_of_old_ones() -> None:
    old = [
        Item(id=f"o{each}", input=f"Please say which of the many rules {each} holds for order {each}")
        for each in range(60)
    ]
    new = Item(id="n", input="Please say which of the many rules 7 holds for order 77")
    found = find_duplicates([*old, new], similar=0.7, new={"n"})
    assert found.near
    assert all("n" in (pair.first, pair.second) for pair in found.near)
    every = find_duplicates([*old, new], similar=0.7)
    assert {pair for pair in every.near if "n" in (pair.first, pair.second)} == set(found.near)
    assert len(every.near) > len(found.near)
