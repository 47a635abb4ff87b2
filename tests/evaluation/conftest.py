import pytest

from windlass.evaluation.memory import MemorySamples


@pytest.fixture
def store() -> MemorySamples:
    return MemorySamples()
