"""The calls of the run under way, for models that are opened before it begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from windlass.models.calls.run_calls import RunCalls

_CURRENT: ContextVar[RunCalls | None] = ContextVar("windlass_run_calls", default=None)


def current_calls() -> RunCalls | None:
    """Return the calls of the run that this code is part of, or None outside of any."""
    return _CURRENT.get()


@contextmanager
def making_calls(calls: RunCalls) -> Iterator[None]:
    """Have what is called within, and the tasks that it starts, be part of a run."""
    token = _CURRENT.set(calls)
    try:
        yield
    finally:
        _CURRENT.reset(token)
