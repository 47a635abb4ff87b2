import pytest
from google.protobuf.wrappers_pb2 import UInt64Value

from windlass.telemetry.varints import read_varint, write_varint

NUMBERS = [0, 1, *sorted({2**bits + more for bits in range(7, 64) for more in (-1, 0, 1)})]


def test_numbers_are_written_as_protobuf_writes_them() -> None:
    tag = b"\x08"

    assert [tag + write_varint(number) for number in NUMBERS[1:]] == [
        UInt64Value(value=number).SerializeToString() for number in NUMBERS[1:]
    ]


def test_what_was_written_is_read_with_its_end() -> None:
    for number in NUMBERS:
        written = write_varint(number)

        assert read_varint(b"before" + written + b"behind", 6) == (number, 6 + len(written))


def test_a_number_that_is_cut_off_is_refused() -> None:
    with pytest.raises(IndexError):
        read_varint(b"\xff", 0)
