"""`windlass up` and `windlass demo` where they refuse to start, in real processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Windlass
from tests.live import LiveServer

PROGRAM = [sys.executable, "-c", "from windlass.cli.main import main; main()"]


def refused(windlass: Windlass, *arguments: object) -> str:
    done = windlass(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert len(done.err.splitlines()) == 1
    return done.err


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid"])
def test_without_keys_nothing_but_this_machine_is_served(
    windlass_alone: Windlass, tmp_path: Path, host: str
) -> None:
    sentence = refused(windlass_alone, "up", "--host", host, "--dev", "--data", tmp_path / "data")
    assert f"it listens on this machine only and not on {host}: leave --dev out" in sentence
    assert not (tmp_path / "data").exists()


def test_a_real_process_refuses_it_too(tmp_path: Path) -> None:
    arguments = ["up", "--host", "0.0.0.0", "--dev", "--data", str(tmp_path / "data")]
    done = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: The mode dev asks nobody for a key")


@pytest.mark.parametrize("command", ["up", "demo"])
def test_a_port_in_use_is_one_sentence_and_makes_nothing(
    windlass_alone: Windlass, tmp_path: Path, command: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused(windlass_alone, command, "--port", port, "--data", tmp_path / "data")
    assert f"Port {port} of 127.0.0.1 cannot be listened on (Address already in use)" in sentence
    assert not (tmp_path / "data").exists()


def test_a_data_folder_in_use_names_its_owner(windlass_alone: Windlass, live: LiveServer) -> None:
    sentence = refused(windlass_alone, "up", "--port", 0, "--data", live.data)
    assert f"is in use by another windlass (process {os.getpid()}, {live.url})" in sentence


def test_a_data_folder_that_is_a_file_is_one_sentence(windlass_alone: Windlass, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    assert "cannot be written" in refused(windlass_alone, "up", "--port", 0, "--data", tmp_path / "data")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("port = ", "windlass.toml cannot be read"),
        ("port = 'many'", "The setting 'port' (WINDLASS_PORT, or windlass.toml) is wrong"),
        ("colour = 'red'", "The setting 'colour'"),
    ],
)
def test_a_wrong_settings_file_is_one_sentence(
    windlass_alone: Windlass, tmp_path: Path, content: str, sentence: str
) -> None:
    (tmp_path / "windlass.toml").write_text(content, encoding="utf-8")
    assert sentence in refused(windlass_alone, "up")
    assert [path.name for path in tmp_path.iterdir()] == ["windlass.toml"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("clickhouse://127.0.0.1:1/x", "The warehouse at 127.0.0.1 does not answer"),
        ("nonsense", "is not understood"),
    ],
)
def test_an_engine_that_is_not_there_is_one_sentence_and_lets_the_folder_go(
    windlass_alone: Windlass,
    live: LiveServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    url: str,
    sentence: str,
) -> None:
    live.close()
    monkeypatch.setenv("WINDLASS_WAREHOUSE_URL", url)
    assert sentence in refused(windlass_alone, "up", "--port", 0, "--data", tmp_path / "data")
    assert not (tmp_path / "data" / "server.json").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model", "openai:gpt"], "needs a key: set the environment variable OPENAI_API_KEY"),
        (["--model", "nonsense"], "'nonsense' is not a model; write local:extractive"),
        (["--model", "openai:x", "--base-url", "nonsense"], "must start with http:// or https://"),
    ],
    ids=" ".join,
)
def test_a_demo_with_a_model_that_cannot_be_asked_makes_nothing(
    windlass_alone: Windlass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    assert sentence in refused(windlass_alone, "demo", "--data", tmp_path / "data", *arguments)
    assert list(tmp_path.iterdir()) == []
