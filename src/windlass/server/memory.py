"""Memory of a server that takes in much: what one request needed, the next one needs again."""

import contextlib
import ctypes
import gc
import warnings
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel
from pydantic.warnings import UnsupportedFieldAttributeWarning

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""Of malloc.h in the GNU C library."""
_MIB: Final = 2**20


def keep_freed_memory() -> None:
    """Have freed memory kept for the next request, up to 64 MiB, where the C library can.

    A body of a megabyte is given back to the system at once by default, and its pages are cleared and mapped again
    for the next: 5 to 8 % of what the ingest of spans costs.
    """
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, 64 * _MIB)
        library.mallopt(_TOP_PAD, 16 * _MIB)
        # The greatest that the library takes.
        library.mallopt(_MMAP_THRESHOLD, 32 * _MIB)


@contextlib.contextmanager
def importing_a_server() -> Iterator[None]:
    """Import what a server is made of in a quarter less time; most of a start after a kill is this.

    There is no garbage to be looked for meanwhile, and a model of Pydantic builds its validator when it is first
    used, which most are not for long.
    """
    # FastAPI names its fields by what is for models only, and silences this where it builds them at once.
    warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
    own = BaseModel.model_config
    BaseModel.model_config = {**own, "defer_build": True}
    gc.disable()
    try:
        yield
    finally:
        BaseModel.model_config = own
        gc.freeze()
        gc.enable()


def set_aside_what_stays() -> None:
    """Have the garbage collector leave alone what is there once a server is ready: it is there until the end."""
    gc.collect()
    gc.freeze()
