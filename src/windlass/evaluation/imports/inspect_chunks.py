"""Samples of Inspect's logs that are cut into chunks: a folder of a shell and of sequences beside it.

The shell is the sample without its long parts. `messages/`, `events/` and `attachments/` are sequences, each in
members named by the place of their first entry; the shell's `message_refs` are the ranges of the messages that the
conversation is made of, and a text `attachment://N` is the Nth attachment.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from windlass.evaluation.imports.imported import refuse

_SHELL: Final = "sample.json"
_METADATA: Final = "metadata.json"
_FOLDER: Final = re.compile(rf"(samples/.+_epoch_\d+/){re.escape(_SHELL)}", re.DOTALL)

Read = Callable[[str], Any]
"""Returns the JSON of a member."""


def folders_of(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the folders of samples in chunks, each with the members in it that are read."""
    names = list(names)
    found: dict[str, list[str]] = {match[1]: [] for name in names if (match := _FOLDER.fullmatch(name))}
    for name in names:
        for folder in _above(name):
            if folder in found:
                found[folder].append(name)
    return found


def is_within(folders: Iterable[str], name: str) -> bool:
    """Tell whether a member is a part of a sample in chunks."""
    return any(folder in folders for folder in _above(name))


def join_chunks(path: Path, folder: str, names: Sequence[str], read: Read) -> dict[str, Any]:
    """Return a sample as it would be in one member. Raises InputError for one that is not whole."""
    shell = read(folder + _SHELL)
    if not isinstance(shell, dict):
        raise refuse(path, folder + _SHELL, "it is no object.")
    messages = list(_sequence(folder, "messages", names, read))
    joined: dict[str, Any] = {
        **shell,
        "messages": _chosen(path, folder, messages, shell.get("message_refs") or []),
        "events": list(_sequence(folder, "events", names, read)),
        "attachments": {
            str(place): each for place, each in enumerate(_sequence(folder, "attachments", names, read))
        },
    }
    if folder + _METADATA in names:
        joined["metadata"] = read(folder + _METADATA)
    return joined


def _above(name: str) -> Iterator[str]:
    return (name[: place + 1] for place, letter in enumerate(name) if letter == "/")


def _sequence(folder: str, sequence: str, names: Iterable[str], read: Read) -> Iterator[Any]:
    chunk = re.compile(rf"{re.escape(folder + sequence)}/(\d+)\.json")
    starts = sorted(int(match[1]) for name in names if (match := chunk.fullmatch(name)))
    for start in starts:
        content = read(f"{folder}{sequence}/{start}.json")
        yield from content if isinstance(content, list) else ()


def _chosen(path: Path, folder: str, messages: Sequence[Any], ranges: Any) -> list[Any]:
    chosen: list[Any] = []
    for each in ranges if isinstance(ranges, list) else [ranges]:
        match each:
            case [int(start), int(end)] if 0 <= start <= end <= len(messages):
                chosen += messages[start:end]
            case _:
                raise refuse(
                    path,
                    f"{folder}{_SHELL}, message_refs",
                    f"{each!r} is no range of its {len(messages)} messages.",
                )
    return chosen
