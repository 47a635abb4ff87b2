"""Whether a serialised message can hold the data of a file, told from its bytes.

Data is base64, which is a long run of letters, digits and few other signs where a text has a space or a quotation
mark, or it is a value of bytes. Such a run is looked for by instructions that take many bytes each, in a quarter
of the time of RE2.
"""

from typing import TYPE_CHECKING, Final

from windlass.telemetry.masking.detectors import compile_bytes
from windlass.telemetry.varints import read_varint, write_varint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST, _LAST = ord("+"), 127
"""Between them are all signs of base64, and the backslash that JSON may have before a slash."""
_BLOCK: Final = 32
_PIECE: Final = 128 * 1024
"""What a core's own cache holds, with what is made of it."""
_LONG_BYTES: Final = compile_bytes(r":[\x80-\xff]")
"""The tag of ``AnyValue.bytes_value``, which is a colon, and the first of several bytes of a length."""
_TAGS: Final = frozenset({0x0A, 0x12})
"""Of what a value lies in: ``ArrayValue.values`` and ``KeyValue.value``."""
_SPARSE: Final = 128
"""Where more than one byte of so many could be such a tag, it takes longer to look at each than to search for the
signs of files."""


def may_hold_data(message: bytes, shortest: int) -> bool:
    """Tell whether a message can have base64 of so many signs, or so many bytes in a list or map; 128 or more."""
    # The first request can wait for this, a start should not.
    import numpy as np

    found = np.frombuffer(message, np.uint8)
    # A run of that length has so many whole blocks wherever it begins.
    whole = (shortest - _BLOCK + 1) // _BLOCK
    return _has_bytes(message) or any(
        _has_run(found[start : start + _PIECE + whole * _BLOCK], whole) for start in range(0, len(found), _PIECE)
    )


def _has_run(piece: "NDArray[np.uint8]", whole: int) -> bool:
    import numpy as np

    fits = piece[: len(piece) // _BLOCK * _BLOCK] - np.uint8(_FIRST) <= _LAST - _FIRST
    eights = fits.view(np.uint64) == np.uint64(0x0101010101010101)
    blocks = eights.view(np.uint32) == np.uint32(0x01010101)
    runs = blocks[: len(blocks) - whole + 1].copy()
    for after in range(1, whole):
        runs &= blocks[after : after + len(runs)]
    return bool(runs.any())


def _has_bytes(message: bytes) -> bool:
    """Tell whether a value of bytes begins in a message whose length takes more than one byte."""
    many = len(message) // _SPARSE
    return any(
        nth > many or _lies_in_a_value(message, found.start())
        for nth, found in enumerate(_LONG_BYTES.finditer(message))
    )


def _lies_in_a_value(message: bytes, place: int) -> bool:
    """Tell whether before a tag there is that of a message which ends where the tag's own contents do."""
    try:
        length, start = read_varint(message, place + 1)
    except IndexError:
        return False
    head = write_varint(start - place + length)
    tag = place - len(head) - 1
    return tag >= 0 and message[tag] in _TAGS and message.startswith(head, tag + 1)
