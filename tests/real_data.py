"""Real data of others, which stand outside the project: tests are skipped where they are not there."""

import os
from pathlib import Path

import pytest

_FOLDER = Path(os.environ.get("WINDLASS_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


def real_data(name: str) -> Path:
    """Return a file or folder of them by its path among them."""
    path = _FOLDER / name
    if not path.exists():
        pytest.skip(f"the real data are not there: {path} (set WINDLASS_TEST_DATA)")
    return path
