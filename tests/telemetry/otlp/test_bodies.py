"""Bodies in every encoding, whole, cut off, wrong, and made to fill the memory."""

import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.errors import InputError, TooLarge, UnsupportedMedia
from windlass.telemetry.otlp.bodies import read_body

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 1_000_000
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd.compress,
    "deflate": zlib.compress,
}

encodings = pytest.mark.parametrize("encoding", COMPRESS)


def read(body: bytes, encoding: str = "", limit: int = LIMIT) -> bytes:
    return read_body(
        body, content_type="application/x-protobuf", content_encoding=encoding, limit_bytes=limit
    ).data


@given(st.binary(max_size=200), st.sampled_from(sorted(COMPRESS)))
def test_a_compressed_body_is_read_as_it_was(body: bytes, encoding: str) -> None:
    assert read(COMPRESS[encoding](body), encoding) == body


@encodings
def test_members_one_after_the_other_are_one_body(encoding: str) -> None:
    assert read(COMPRESS[encoding](b"one ") + COMPRESS[encoding](b"two"), encoding) == b"one two"


@encodings
def test_more_members_than_anybody_writes_are_refused_at_once(encoding: str) -> None:
    with pytest.raises(InputError, match=f"more than 64 {encoding} members"):
        read(COMPRESS[encoding](b"") * 20_000, encoding)


@encodings
@pytest.mark.parametrize("cut", [1, 5, -4, -1])
def test_a_body_that_was_cut_off_is_told_so(encoding: str, cut: int) -> None:
    whole = COMPRESS[encoding](bytes(range(256)) * 40)
    with pytest.raises(InputError, match=f"{encoding} body ends too early"):
        read(whole[:cut], encoding)


@encodings
def test_what_is_not_compressed_as_it_says_is_told_so(encoding: str) -> None:
    with pytest.raises(InputError, match=f"not the {encoding} that its content encoding says"):
        read(b"\x0a\x00 neither of them", encoding)


@encodings
def test_a_bomb_is_inflated_no_further_than_the_limit(encoding: str) -> None:
    bomb = COMPRESS[encoding](bytes(256 * LIMIT))
    assert len(bomb) < LIMIT

    tracemalloc.start()
    with pytest.raises(TooLarge, match="inflates to more than the limit of 1000000 bytes"):
        read(bomb, encoding)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * LIMIT


def test_a_zstd_frame_may_not_ask_for_more_window_than_http_allows() -> None:
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    compressor = zstd.ZstdCompressor(options=options)
    frame = compressor.compress(bytes(100), mode=zstd.ZstdCompressor.FLUSH_BLOCK) + compressor.flush()
    with pytest.raises(InputError, match="not the zstd that its content encoding says"):
        read(frame, "zstd")


@encodings
def test_a_body_at_the_limit_is_read_and_one_above_is_not(encoding: str) -> None:
    assert len(read(COMPRESS[encoding](bytes(1000)), encoding, limit=1000)) == 1000
    with pytest.raises(TooLarge):
        read(COMPRESS[encoding](bytes(1001)), encoding, limit=1000)


def test_an_encoding_that_is_not_read_names_those_that_are() -> None:
    with pytest.raises(UnsupportedMedia, match="'br' is not read here; send gzip, zstd, deflate or identity"):
        read(b"", "br")
