"""The threads on which the engine in this process merges: they let those go first that somebody waits for."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from windlass.errors import Unavailable

_NAME: Final = "MergeMutate"
_THREADS: Final = Path("/proc/self/task")
_FIRST_NICE: Final = 10
_NICE: Final = 19
"""Of all but the first: where others take all cores for long, one thread still merges."""
_PATIENCE_S: Final = 0.2
"""In a folder with a question mark in its name the engine takes no options, and has fewer threads."""
_LOOK_S: Final = 0.001
_SPARE: Final = 100
"""A merge writes its files to disk at once, on up to so many threads of those that every statement takes, too."""
_START_SPARE: Final = f"""
SELECT sum(sleepEachRow(0.02)) FROM numbers_mt({_SPARE})
SETTINGS max_threads = {_SPARE}, max_block_size = 1, max_threads_min_free_memory_per_thread = 0
"""  # noqa: S608 - a number of this file


def let_others_go_first(count: int, execute: Callable[[str], None]) -> None:
    """Make so many threads nice, on Linux; elsewhere there is no such thing for one thread.

    The engine's own setting is without effect where the right to take niceness back is missing, which hardly any
    user or container has. ``execute`` runs a statement in the engine.
    """
    if not _THREADS.exists():
        return
    # A thread is as nice as the one that starts it, for good: a merge shall find there what it would start, and
    # leave behind for reads. Where no more threads may be had, reads wait longer.
    with contextlib.suppress(Unavailable):
        execute(_START_SPARE)
    for place, thread in enumerate(_merge_threads(count)):
        wanted = _NICE if place else _FIRST_NICE
        os.setpriority(os.PRIO_PROCESS, thread, max(wanted, os.getpriority(os.PRIO_PROCESS, thread)))


def _merge_threads(count: int) -> list[int]:
    """Wait for so many threads, which the engine starts with its first table and which then name themselves."""
    end = time.monotonic() + _PATIENCE_S
    while len(threads := _threads_named(_NAME)) < count and time.monotonic() < end:
        time.sleep(_LOOK_S)
    return threads


def _threads_named(name: str) -> list[int]:
    named = []
    for thread in sorted(int(folder.name) for folder in _THREADS.iterdir()):
        # Threads come and go meanwhile.
        with contextlib.suppress(OSError):
            if (_THREADS / str(thread) / "comm").read_text().strip() == name:
                named.append(thread)
    return named
