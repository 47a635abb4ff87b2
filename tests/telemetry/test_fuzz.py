"""Bodies of every signal, broken in every way that comes to mind, into a real warehouse.

    WINDLASS_FUZZ_EXAMPLES=30000 .venv/bin/pytest -m slow tests/telemetry/test_fuzz.py

Each example is a seed, which breaks bodies in the same way again. `bench/fuzz.py` sends a million of them.
"""

import os
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Final

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .broken_bodies import BrokenBodies
from .fuzzing import Fuzzing

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz")]

EXAMPLES: Final = int(os.environ.get("WINDLASS_FUZZ_EXAMPLES", "3000"))

TAKEN: Final = 90
STORED: Final = 10
"""Bodies of one example: those that go as far as the warehouse, and those that go into it together."""

BODIES: Final = BrokenBodies()

_numbers = count(1)


@pytest.fixture(scope="module")
def fuzzing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzing]:
    made = Fuzzing(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def memory() -> list[int]:
    """How many bytes the process had after each example."""
    return []


@settings(
    max_examples=max(1, EXAMPLES // (TAKEN + STORED)),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**63 - 1))
def test_a_broken_body_is_taken_or_refused_and_what_was_taken_can_be_read(
    fuzzing: Fuzzing, memory: list[int], seed: int
) -> None:
    random, project = Random(seed), f"project-{next(_numbers)}"
    if random.random() < 0.5:
        fuzzing.mask(project)

    faults = [fault for _ in range(TAKEN) if (fault := fuzzing.take(project, BODIES.draw(random)))]
    faults += fuzzing.store(project, [BODIES.draw(random) for _ in range(STORED)])

    assert not faults
    memory.append(psutil.Process().memory_info().rss)


def test_it_took_and_refused_many_and_holds_no_more_memory(fuzzing: Fuzzing, memory: list[int]) -> None:
    counts = fuzzing.counts
    assert counts["taken"] > EXAMPLES // 4
    assert counts["refused"] > EXAMPLES // 4
    assert counts["rejected_items"] > EXAMPLES // 40
    settled = memory[len(memory) // 2]
    assert memory[-1] - settled < 256 * 2**20, f"{settled} bytes in the middle, {memory[-1]} at the end"
