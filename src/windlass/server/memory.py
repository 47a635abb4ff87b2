"""What a server's process does with its memory: as it starts, and when it takes in much."""

import contextlib
import ctypes
import gc
import mmap
import sys
import warnings
from collections.abc import Iterator
from typing import Final

import psutil
from pydantic import BaseModel
from pydantic.warnings import UnsupportedFieldAttributeWarning

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""Of malloc.h in the GNU C library."""
_MIB: Final = 2**20

_UNWRITABLE: Final = ("r-xp", "r--p")
"""Permissions of what is mapped from the file of a library and only read."""


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
    """Import what a server is made of, and leave undone what it does not need to begin.

    There is no garbage to look for in it, which takes a sixth. What checks the values of a model is made when the
    model is first used: most servers use a part of their hundreds, and making them all takes a third.
    """
    gc.disable()
    # Every model inherits this where it is declared.
    BaseModel.model_config["defer_build"] = True
    # Of fields of routes, which FastAPI silences too, while it makes them.
    warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
    try:
        yield
    finally:
        BaseModel.model_config.pop("defer_build")
        gc.freeze()
        gc.enable()


def set_aside_what_stays() -> None:
    """Have the garbage collector leave alone what is there once a server is ready: it is there until the end."""
    gc.collect()
    gc.freeze()


def let_go_of_code() -> None:
    """Unmap the code that was read so far, on Linux: much of it is needed only to start.

    What is needed again is mapped again, from the file as the system has it in its cache.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    # Not every sandbox tells what is mapped.
    with contextlib.suppress(OSError, ValueError, AttributeError, psutil.Error):
        for region in psutil.Process().memory_maps(grouped=False):
            # A page that was written to is nowhere else, be it in memory or swapped out.
            written = region.private_dirty or region.anonymous or region.swap
            if region.path.startswith("/") and region.perms in _UNWRITABLE and not written:
                start, end = (int(address, 16) for address in region.addr.split("-"))
                library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), mmap.MADV_DONTNEED)
