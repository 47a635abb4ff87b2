import json
from collections import OrderedDict
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.canonical import canonical_json, digest, digest_bytes
from windlass.errors import InputError

EXACT = st.integers(-(2**53) + 1, 2**53 - 1)
LEAVES = (
    st.none()
    | st.booleans()
    | EXACT
    # Between 2^53 and 1e21 a float is written as an integer that the reader of another language may not take.
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not 2**53 <= abs(number) < 1e21)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def turned(value: object) -> object:
    """Return an equal value whose mappings are in reverse order and whose containers are other ones."""
    if isinstance(value, dict):
        return OrderedDict((key, turned(item)) for key, item in reversed(value.items()))
    if isinstance(value, list):
        return tuple(turned(item) for item in value)
    return value


def kind_of(value: object) -> object:
    """Return a value that is equal exactly when two values are the same JSON: 1 is 1.0 and not true."""
    if isinstance(value, dict):
        return {key: kind_of(item) for key, item in value.items()}
    if isinstance(value, list):
        return [kind_of(item) for item in value]
    return (isinstance(value, bool), value)


@given(VALUES)
def test_equal_values_have_one_canonical_form_and_digest(value: object) -> None:
    assert canonical_json(turned(value)) == canonical_json(value)
    assert digest(turned(value)) == digest(value)


@given(VALUES)
def test_canonical_json_reads_back_as_the_value_and_is_its_own_canonical_form(value: object) -> None:
    written = canonical_json(value)
    read = json.loads(written)
    assert read == value
    assert canonical_json(read) == written


@given(VALUES, VALUES)
def test_two_values_share_a_digest_exactly_when_they_are_the_same_json(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) == (kind_of(one) == kind_of(other))


def test_the_example_of_the_standard_comes_out_as_printed_there() -> None:
    # RFC 8785, section 3.2.2 and 3.2.3.
    value = json.loads(
        r"""{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
        }"""
    )
    assert (
        canonical_json(value)
        == (
            r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            r'"string":"€$\u000f\nA'
            r"'B"
            r'\"\\\\\"/"}'
        ).encode()
    )


def test_keys_are_sorted_as_the_standard_sorts_them_by_utf_16() -> None:
    # RFC 8785, section 3.2.3: the emoji (U+1F600) comes before U+FB33, as its first surrogate is smaller.
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = canonical_json(dict.fromkeys(keys, 0)).decode()
    assert list(json.loads(written)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0.0, b"0"),
        (-0.0, b"0"),
        (5e-324, b"5e-324"),
        (1.7976931348623157e308, b"1.7976931348623157e+308"),
        (9007199254740991, b"9007199254740991"),
        (295147905179352830000.0, b"295147905179352830000"),
        (1e21, b"1e+21"),
        (1e-7, b"1e-7"),
        (0.000001, b"0.000001"),
    ],
)
def test_numbers_are_written_as_the_standard_writes_them(number: float, written: bytes) -> None:
    # RFC 8785, appendix B.
    assert canonical_json(number) == written


def test_any_mapping_and_sequence_will_do() -> None:
    assert canonical_json(MappingProxyType({"b": (1, 2), "a": range(2)})) == b'{"a":[0,1],"b":[1,2]}'


def test_a_digest_is_the_sha256_of_the_canonical_bytes() -> None:
    assert digest({}) == digest_bytes(b"{}")
    assert digest_bytes(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1, float("nan")]}, r"The number at \$\.a\[1\] is nan"),
        ([float("inf")], r"The number at \$\[0\] is inf"),
        ({"a": {"b": 2**53}}, r"The integer at \$\.a\.b is beyond .* write it as text"),
        (-(2**53), r"The integer at \$ is beyond"),
        ({"blob": b"raw"}, r"The value at \$\.blob is a bytes; JSON knows"),
        ([bytearray(b"raw")], r"The value at \$\[0\] is a bytearray"),
        ([{1, 2}], r"The value at \$\[0\] is a set"),
        ({"a": {7: 1}}, r"The key 7 at \$\.a is a int; JSON keys are text"),
        ({"a": "\ud800"}, r"This value has no canonical JSON form"),
        ({"\ud800": 1}, r"This value has no canonical JSON form"),
    ],
    ids=[
        "nan",
        "infinity",
        "large",
        "largest-negative",
        "bytes",
        "bytearray",
        "set",
        "key",
        "surrogate",
        "key-sur",
    ],
)
def test_what_has_no_canonical_form_is_refused_by_its_place(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        canonical_json(value)


def test_a_value_that_is_nested_too_deeply_is_refused() -> None:
    value: object = 1
    for _ in range(5_000):
        value = [value]
    with pytest.raises(InputError, match="nested too deeply"):
        canonical_json(value)
