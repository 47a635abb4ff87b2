"""A bench that finds nothing lost must be able to find something."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def losses() -> Any:
    spec = spec_from_file_location("losses", Path(__file__).parents[2] / "bench" / "losses.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_there_once_is_neither_lost_nor_doubled(losses: Any) -> None:
    found = {"a": losses.SpanCount(7, 7), "b": losses.SpanCount(7, 7)}
    assert losses.compare(["a", "b"], found, 7) == (0, 0)


def test_a_trace_that_is_missing_and_one_that_misses_spans_are_lost(losses: Any) -> None:
    found = {"whole": losses.SpanCount(7, 7), "part": losses.SpanCount(5, 5)}
    assert losses.compare(["whole", "part", "gone"], found, 7) == (2 + 7, 0)


def test_a_trace_that_is_read_twice_is_doubled(losses: Any) -> None:
    assert losses.compare(["twice"], {"twice": losses.SpanCount(14, 7)}, 7) == (0, 7)


def test_a_doubled_span_does_not_make_up_for_a_lost_one(losses: Any) -> None:
    assert losses.compare(["a"], {"a": losses.SpanCount(7, 6)}, 7) == (1, 1)


def test_spans_that_nobody_sent_are_too_many(losses: Any) -> None:
    assert losses.compare(["a"], {"a": losses.SpanCount(9, 9)}, 7) == (0, 2)


def test_what_was_not_acknowledged_counts_for_nothing(losses: Any) -> None:
    found = {"acknowledged": losses.SpanCount(7, 7), "cut off": losses.SpanCount(3, 2)}
    assert losses.compare(["acknowledged", "acknowledged"], found, 7) == (0, 0)
