"""`windlass verdicts`: taken out of one server, verified where there is none."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Windlass, rows
from tests.live import Project


def test_a_verdict_is_taken_out_and_verified_elsewhere(
    project: Project, windlass: Windlass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert windlass("verdicts", "list").out == "No gate has decided yet: `windlass gate` gives a verdict.\n"
    careless, careful = (run["id"] for run in project.evaluate_two(items=12))
    signed, keys = tmp_path / "verdict.json", tmp_path / "keys.pem"
    gate = windlass("gate", "--candidate", careless, "--baseline", careful, "--output", signed)
    assert gate.code == 1
    verdict = gate.out.splitlines()[-1].split()[1]
    assert [row[:2] for row in rows(windlass("verdicts", "list"))] == [[verdict, "fail"]]
    exported = windlass("verdicts", "export", verdict)
    assert (exported.code, exported.out) == (0, signed.read_text())
    assert windlass("verdicts", "keys", "--output", keys).code == 0
    assert windlass("verdicts", "verify", signed).code == 0

    # Rotated in between: the file and the keys that were written before still do.
    made = windlass("verdicts", "rotate-key").out.split()[0]
    assert made not in keys.read_text()
    assert made in windlass("verdicts", "keys").out
    assert windlass("verdicts", "verify", signed).code == 0
    again = windlass("verdicts", "sign", verdict).out
    assert made in again

    monkeypatch.delenv("WINDLASS_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    held = windlass("verdicts", "verify", signed, "--key", keys)
    assert (held.code, held.out.startswith(f"The file holds: {verdict}, given ")) == (0, True)
    assert "Fail: exact_match" in held.out
    content = json.loads(windlass("verdicts", "verify", signed, "--key", keys, "--json").out)
    assert (content["id"], content["evidence"]["outcome"]) == (verdict, "fail")

    text = signed.read_text()
    signed.write_text(text.replace('"sig": "', '"sig": "AAAA'))
    broken = windlass("verdicts", "verify", signed, "--key", keys)
    assert (broken.code, len(broken.out.splitlines()), "does not fit" in broken.out) == (1, 1, True)
    signed.write_text("{}")
    assert "no signed file" in windlass("verdicts", "verify", signed, "--key", keys).out
    nowhere = windlass("verdicts", "verify", signed, "--data", tmp_path / "none")
    assert (nowhere.code, "Say whose signature counts" in nowhere.err) == (2, True)
    assert not (tmp_path / "none").exists()
    assert windlass("verdicts", "verify", tmp_path / "gone.json", "--key", keys).code == 2
