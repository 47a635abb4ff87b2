"""What is written in a format is read as the same items, whatever is in them."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from windlass.evaluation.formats.files import read_items, write_items
from windlass.evaluation.formats.registry import FORMATS, WRITABLE, format_of
from windlass.evaluation.samples import Item

# Not "Cs": half a surrogate pair is no text in UTF-8, and no item that is pushed has one.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
some = st.sampled_from(
    ["a", "예", "1", "yes", "null", "2024-01-01", "=1", "{{x}}", "a\r\nb", '"', "a,b", "\ufeffa"]
)
words = st.one_of(some, texts)
scalars = st.one_of(
    words, st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), scalars),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)
calls = st.fixed_dictionaries(
    {"tool_name": st.sampled_from(["find", "book"]), "tool_input": st.dictionaries(words, json_values, max_size=2)}
)
messages = st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": words})
inputs = st.one_of(
    words.filter(bool),
    st.dictionaries(words, json_values, min_size=1, max_size=3),
    st.fixed_dictionaries({"question": words}, optional={"history": st.lists(messages, max_size=3)}),
    st.fixed_dictionaries({"input": words, "expected": words}),
    st.lists(json_values, max_size=2),
)
assertions = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["equals", "icontains", "trajectory:tool-sequence", "cost", "mine"])},
        optional={"value": st.one_of(words, st.just({"steps": ["find"]})), "threshold": scalars},
    ),
    max_size=2,
)
metadata = st.one_of(
    st.dictionaries(
        st.one_of(words, st.sampled_from(["id", "input", "input.a", "metadata.b", "split", "c:json", "windlass"])),
        json_values,
        max_size=3,
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "reference_trajectory": st.one_of(st.lists(calls, max_size=2), json_values),
            "promptfoo": st.one_of(
                json_values,
                st.fixed_dictionaries(
                    {}, optional={"assert": assertions, "reference_variable": words, "vars": words}
                ),
            ),
            "adk": st.one_of(
                json_values,
                st.fixed_dictionaries({}, optional={"conversation": json_values, "rubrics": json_values}),
            ),
            "vertex": st.one_of(
                json_values, st.fixed_dictionaries({}, optional={"prompt": json_values, "responses": json_values})
            ),
        },
    ),
)
items = st.builds(
    Item,
    id=words.filter(bool),
    input=inputs,
    reference=st.one_of(st.none(), words, st.lists(words, max_size=3), json_values),
    metadata=metadata,
    split=st.one_of(st.just(""), words),
)
datasets = st.lists(items, min_size=1, max_size=4, unique_by=lambda item: item.id)


@pytest.mark.parametrize("name", [name for name in WRITABLE if name != "tsv"])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(dataset=datasets)
@example(dataset=[Item(id="a", input="질문\n둘", reference=["하나", "둘"], metadata={"page": 1}, split="시험")])
@example(dataset=[Item(id="a", input={"b": None}), Item(id="b", input={"c": ""}, metadata={"d": None})])
def test_a_dataset_comes_back_as_it_was(name: str, dataset: list[Item]) -> None:
    come_back(name, dataset)


# Their cells are those of CSV and of Parquet, which the test before looks at closer.
@pytest.mark.parametrize("name", ["tsv", "hugging-face"])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=20)
@given(dataset=datasets)
@example(
    dataset=[Item(id="a", input="a\tb", split="x y"), Item(id="b", input='"', metadata={"c": "\r"}, split="x_y")]
)
def test_so_it_does_in_other_tables(name: str, dataset: list[Item]) -> None:
    come_back(name, dataset)


def come_back(name: str, dataset: list[Item]) -> None:
    form = FORMATS[name]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"dataset{form.suffixes[0] if form.suffixes else ''}"
        write_items(dataset, path, form, name="data-set")
        back = list(read_items(path, form))
        as_it_was = dataset
        if form.write_folder is not None:
            # A split is a file: the order is that within it.
            places = [item.split for item in back]
            as_it_was = sorted(dataset, key=lambda item: places.index(item.split))
        assert list(map(plain, back)) == list(map(plain, as_it_was))
        assert [file.name for file in path.parent.iterdir()] == [path.name]
        assert format_of(path) is form


def plain(item: Item) -> str:
    """Tell true from 1 and 1 from 1.0, which Python's equality does not."""
    return repr(ordered(item.model_dump()))


def ordered(value: object) -> object:
    if isinstance(value, dict):
        return sorted((key, ordered(each)) for key, each in value.items())
    return [ordered(each) for each in value] if isinstance(value, list) else value
