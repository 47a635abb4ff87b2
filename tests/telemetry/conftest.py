"""One warehouse a test: chDB takes one folder a process at a time, so each is closed before the next opens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Writer


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    opened = Warehouse.open(f"chdb://{tmp_path / 'warehouse'}")
    yield opened
    opened.close()


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def writer(warehouse: Warehouse, spool: Path) -> Iterator[Writer]:
    opened = Writer(warehouse, spool)
    yield opened
    opened.close()
