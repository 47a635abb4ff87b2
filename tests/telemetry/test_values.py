import math

from hypothesis import given
from hypothesis import strategies as st

from windlass.telemetry.values import decode_value, encode_value, plain_value

from .sending import Plain, value

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
PLAIN: st.SearchStrategy[Plain] = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=10
)


@given(PLAIN)
def test_a_value_comes_back_with_its_type(plain: Plain) -> None:
    decoded = decode_value(encode_value(value(plain)))

    assert repr(decoded) == repr(plain)
    assert repr(plain_value(value(plain))) == repr(plain)


def test_zero_false_and_empty_differ_from_each_other_and_from_none() -> None:
    empty: list[Plain] = [0, 0.0, False, "", None, [], {}, b""]

    texts = [encode_value(value(plain)) for plain in empty]

    assert texts == ["i0", "d0.0", "b0", "s", "n", "a", "k", "x"]


def test_numbers_that_json_does_not_know_are_numbers() -> None:
    assert math.isnan(float(str(decode_value("dnan"))))
    assert decode_value("dinf") == math.inf
    assert decode_value("d-inf") == -math.inf
