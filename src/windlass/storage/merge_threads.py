"""The threads on which the engine in this process merges: they let those go first that somebody waits for."""

import contextlib
import os
import time
from pathlib import Path
from typing import Final

_NAME: Final = "MergeMutate"
_THREADS: Final = Path("/proc/self/task")
_FIRST_NICE: Final = 10
_NICE: Final = 19
"""Of all but the first: where others take all cores for long, one thread still merges."""
_PATIENCE_S: Final = 0.2
"""In a folder with a question mark in its name the engine takes no options, and has fewer threads."""
_LOOK_S: Final = 0.001


def let_others_go_first(count: int) -> None:
    """Make so many threads nice, on Linux; elsewhere there is no such thing for one thread.

    The engine's own setting is without effect where the right to take niceness back is missing, which hardly any
    user or container has.
    """
    if not _THREADS.exists():
        return
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
