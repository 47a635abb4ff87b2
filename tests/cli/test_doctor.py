from pathlib import Path

import pytest

from tests.cli.conftest import Windlass


def test_a_machine_that_can_run_windlass_is_exit_0(windlass_alone: Windlass, tmp_path: Path) -> None:
    done = windlass_alone("doctor", "--data", tmp_path / "data")
    assert (done.code, "FAIL" in done.out) == (0, False)
    assert "ok    Python: " in done.out
    assert not (tmp_path / "data").exists()


def test_a_problem_is_exit_1_with_what_to_do(
    windlass_alone: Windlass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINDLASS_PORT", "many")
    done = windlass_alone("doctor", "--data", tmp_path / "data")
    assert done.code == 1
    assert "FAIL  settings: The setting 'port' (WINDLASS_PORT, or windlass.toml) is wrong" in done.out
