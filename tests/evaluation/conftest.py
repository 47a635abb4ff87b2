import gc
from collections.abc import Iterator

import pytest

from windlass.evaluation.memory import MemorySamples


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Keep garbage where it is: what is collected at the bottom of a deep recursion has no stack to end on."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def store() -> MemorySamples:
    return MemorySamples()
