"""Which targets there are, by the names that `--target` takes."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ceiling import Ceiling
from peers import PEERS
from target import Parts, Server, Target


@contextmanager
def opened(name: str) -> Iterator[Target]:
    with tempfile.TemporaryDirectory() as folder:
        target = open_target(name, Path(folder))
        try:
            yield target
        finally:
            target.close()


def open_target(name: str, folder: Path) -> Target:
    """Start one of the targets, with its data in a folder."""
    if name == "parts":
        return Parts(folder)
    if name == "windlass":
        return Server(folder)
    if name == "ceiling":
        return Ceiling(folder)
    return PEERS[name](folder)
