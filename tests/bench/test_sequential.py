"""What looking early promises, played many times: on the margin 2.5 % of the rounds at most pass."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCH = Path(__file__).parents[2] / "bench" / "sequential.py"
ITEMS = 1000
ROUNDS = 1000


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_sequential", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def noise(rate: float) -> float:
    """Three standard errors of the simulation."""
    return 3 * float(np.sqrt(rate * (1 - rate) / ROUNDS))


@pytest.mark.slow
def test_betting_keeps_its_promise_under_a_look_after_every_item(bench: ModuleType) -> None:
    for data in bench.ON_THE_MARGIN:
        if data.reach is None:
            continue
        row = bench.simulate(data, "anytime, every item", items=ITEMS, rounds=ROUNDS)
        assert max(row.passed, row.failed) <= bench.TAIL + noise(bench.TAIL), row


@pytest.mark.slow
def test_a_group_keeps_its_promise_as_well_as_one_look_does(bench: ModuleType) -> None:
    for data in bench.ON_THE_MARGIN:
        grouped = bench.simulate(data, "group, 5 looks", items=ITEMS, rounds=ROUNDS)
        once = bench.simulate(data, "once, at the end", items=ITEMS, rounds=ROUNDS)
        allowed = max(once.passed, bench.TAIL) + 0.01
        assert grouped.passed <= allowed + noise(allowed), (grouped, once)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_an_asymptotic_sequence_keeps_its_promise_for_skewed_amounts(bench: ModuleType, spread: float) -> None:
    data = bench.skewed(f"log-normal {spread}", -0.02, spread)
    row = bench.simulate(data, "anytime, every item", items=ITEMS, rounds=ROUNDS)
    assert max(row.passed, row.failed) <= bench.TAIL + noise(bench.TAIL), row


@pytest.mark.slow
def test_what_is_clear_takes_few_items_and_what_is_peeked_at_alarms(bench: ModuleType) -> None:
    clear = bench.simulate(bench.ELSEWHERE[0], "anytime, every item", items=ITEMS, rounds=ROUNDS)
    assert (clear.passed, clear.median < 70) == (1.0, True)
    assert 0.19 < bench.peeking_without_a_difference(looks=20, rounds=ROUNDS) < 0.29
    naive = bench.simulate(bench.ON_THE_MARGIN[2], "t test, 20 looks", items=ITEMS, rounds=ROUNDS)
    assert naive.passed > 0.09
