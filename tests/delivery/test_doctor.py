import os
import shutil
import socket
from pathlib import Path

import pytest

from tests.live import LiveServer
from windlass.delivery import doctor
from windlass.delivery.doctor import Finding, examine
from windlass.evaluation.sandbox import process


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("WINDLASS_") or name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


def finding(data: Path, subject: str) -> Finding:
    return next(found for found in examine(data) if found.subject == subject)


def test_every_finding_that_is_not_ok_says_what_to_do(tmp_path: Path) -> None:
    findings = examine(tmp_path / "data")
    assert {found.state for found in findings} <= {"ok", "note"}
    assert all(found.advice for found in findings if found.state != "ok")
    assert not (tmp_path / "data").exists()


def test_the_server_that_owns_the_folder_is_found(live: LiveServer) -> None:
    found = finding(live.data, "server")
    assert (found.state, found.text) == ("ok", f"runs at {live.url} (process {os.getpid()}) and owns {live.data}")


def test_a_port_that_is_taken_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("WINDLASS_PORT", str(taken.getsockname()[1]))
        found = finding(tmp_path, "server")
    assert (found.state, found.text) == (
        "note",
        f"port {os.environ['WINDLASS_PORT']} is taken (Address already in use)",
    )


def test_a_data_folder_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    found = finding(tmp_path / "data", "data folder")
    assert (found.state, found.text) == ("problem", f"{tmp_path / 'data'} is a file")


def test_a_data_folder_that_cannot_be_written_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write everywhere: what the system says is put in its mouth.
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = finding(tmp_path / "data", "data folder")
    assert (found.state, found.text) == ("problem", f"{tmp_path} cannot be written")


def test_a_disk_that_is_nearly_full_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=2**30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    found = finding(tmp_path, "data folder")
    assert (found.state, found.advice) == ("note", "Ingest stops with 503 when the disk is full: free some space.")


@pytest.mark.parametrize(
    ("name", "url", "engine"),
    [
        ("WINDLASS_DATABASE_URL", "postgresql://ada:secret@127.0.0.1:1/records", "database"),
        ("WINDLASS_WAREHOUSE_URL", "clickhouse://ada:secret@127.0.0.1:1/spans", "warehouse"),
    ],
)
def test_an_engine_that_does_not_answer_is_a_problem_that_keeps_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, url: str, engine: str
) -> None:
    monkeypatch.setenv(name, url)
    found = finding(tmp_path, engine)
    assert (found.state, found.advice) == ("problem", f"Check {name}.")
    assert "secret" not in found.text


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("openai", "OPENAI_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("google", "GOOGLE_API_KEY"),
        ("google", "GEMINI_API_KEY"),
    ],
)
def test_a_key_that_is_set_is_named_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str, variable: str
) -> None:
    assert finding(tmp_path, f"model provider {provider}").state == "note"
    monkeypatch.setenv(variable, "sk-secret")
    found = finding(tmp_path, f"model provider {provider}")
    assert (found.state, found.text) == ("ok", f"{variable} is set")


def test_without_the_servers_packages_it_says_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_SERVER_PACKAGES", ("fastapi", "no-such-package"))
    found = examine()[-1]
    assert (found.state, found.text) == ("problem", "not installed: no-such-package")
    assert "pip install 'windlass[server]'" in found.advice


def test_a_wrong_setting_is_a_problem_and_ends_the_examination(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINDLASS_MODE", "wild")
    found = examine()[-1]
    assert (found.subject, found.state) == ("settings", "problem")
    assert "WINDLASS_MODE" in found.text


def test_it_says_how_evaluators_with_code_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = finding(tmp_path, "evaluators with code")
    assert (found.state, "can do nothing but compute" in found.text) == ("ok", True)
    monkeypatch.setattr(process, "MACHINES", {})
    found = finding(tmp_path, "evaluators with code")
    assert (found.state, found.text, "cannot be shut in here" in found.advice) == ("note", "not run here", True)
    monkeypatch.setenv("WINDLASS_EVALUATOR_CODE", "limits")
    assert "limits of time and memory alone" in finding(tmp_path, "evaluators with code").text
    monkeypatch.setenv("WINDLASS_EVALUATOR_CODE", "off")
    assert finding(tmp_path, "evaluators with code").text == "switched off"
