import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.telemetry.media_runs import may_hold_data

from .sending import Plain, request, span

SHORTEST = 128
WORDS = "a text of words, with 한국어 in it: "


def may_hold(*plain: Plain) -> bool:
    return may_hold_data(request(*(span(attributes={"x": item}) for item in plain)).SerializeToString(), SHORTEST)


@given(st.integers(0, 200), st.binary(min_size=96, max_size=200), st.booleans())
def test_base64_is_found_wherever_it_begins(before: int, data: bytes, is_url: bool) -> None:
    encoded = (base64.urlsafe_b64encode if is_url else base64.b64encode)(data).decode()

    assert may_hold('"' * before + encoded + '" and after')


@pytest.mark.parametrize("size", [128, 200, 20_000, 3_000_000])
def test_bytes_in_lists_and_maps_are_found(size: int) -> None:
    data = b"\xff" * size

    assert may_hold({"data": data})
    assert may_hold([data])
    assert may_hold(WORDS * 9000, {"of": [{"data": data}]})


@pytest.mark.parametrize("words", range(3600, 3640))
def test_data_across_two_pieces_are_found(words: int) -> None:
    assert may_hold(WORDS * words, {"data": b"\x01" * 128})
    assert may_hold(WORDS * words + "A" * 128)


def test_texts_digests_and_small_values_are_no_data() -> None:
    assert not may_hold(WORDS * 50_000, "sha256:" + "0123456789abcdef" * 4, {"data": b"\x01" * 60}, ":é" * 300)


def test_what_looks_like_many_values_of_bytes_may_be_data() -> None:
    assert may_hold(":é" * 3000)
