"""How the engine is imported: without what it takes along only because it is installed."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def import_engine() -> None:
    """Import chDB; its Arrow answers, which are asked for nowhere, would load pyarrow: 24 MB."""
    with _as_if_missing("pyarrow"):
        importlib.import_module("chdb")


@contextmanager
def _as_if_missing(name: str) -> Iterator[None]:
    """Let importing a package that is not loaded yet fail within the block."""
    if name in sys.modules:
        yield
        return
    # What Python takes for a package that cannot be imported.
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
