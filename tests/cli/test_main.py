"""What holds for every command: help, usage, errors, and the server that is found or not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Windlass
from tests.live import LiveServer, Project
from windlass.models.scripted import ScriptedServer
from windlass.version import __version__

PROGRAM = [sys.executable, "-m", "windlass.cli.main"]

COMMANDS = (
    "demo",
    "up",
    "push",
    "pull",
    "datasets",
    "evaluators",
    "eval",
    "gate",
    "promote",
    "rollback",
    "traces",
    "audit",
    "keys",
    "masking",
    "doctor",
)


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, windlass.cli.main as main; sys.argv = ['windlass', '--help']\n"
        "try: main.main()\n"
        "except SystemExit as end: print(end.code)\n"
        "import json; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *help_lines, status, modules = done.stdout.splitlines()
    assert status == "0"
    assert all(any(line.strip().startswith(f"{name} ") for line in help_lines) for name in COMMANDS)
    heavy = {"fastapi", "sqlalchemy", "numpy", "chdb", "pydantic", "opentelemetry", "httpx2", "dbos", "yaml"}
    assert heavy.isdisjoint(json.loads(modules))


def test_the_installed_program_says_its_version() -> None:
    program = Path(sys.executable).parent / "windlass"
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"windlass {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["gate"],
        ["gate", "--candidate", "a"],
        ["promote", "a@1"],
        ["up", "--port", "many"],
        ["push", "/no/such/file"],
        ["traces", "list", "--limit", "0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(windlass_alone: Windlass, arguments: list[str]) -> None:
    done = windlass_alone(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["pull", "poem/x"], "'poem' in 'poem/x' is not a kind of artifact"),
        (["pull", "prompt/none"], "There is no prompt 'none'"),
        (["eval", "none@1", "--dataset", "none"], "There is no release 'none'"),
        (["gate", "--candidate", "none@1", "--baseline", "none@2"], "There is no release 'none'"),
        (
            ["gate", "--candidate", "a@1", "--baseline", "a@2", "--config", "none.yaml"],
            "There is no file none.yaml",
        ),
        (["promote", "none@1", "--to", "production"], "There is no release 'none'"),
        (["rollback", "none"], "there is nothing to roll back"),
        (["traces", "show", "none"], "'none' is not a trace id"),
        (["traces", "list", "--status", "charming"], "query.status"),
        (["keys", "create", "x", "--role", "king"], "body.role"),
        (["keys", "revoke", "none"], "There is no live key 'none'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_error_is_one_sentence_on_standard_error_and_exit_2(
    windlass: Windlass, arguments: list[str], sentence: str
) -> None:
    done = windlass(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert sentence in done.err
    assert len(done.err.splitlines()) == 1


def test_a_crash_is_exit_2_with_its_traceback(windlass: Windlass, monkeypatch: pytest.MonkeyPatch) -> None:
    # Python's own exit code for a crash is 1, which would read as a gate that failed.
    monkeypatch.setattr("windlass.client.Client.get", lambda *_, **__: 1 // 0)
    done = windlass("keys", "list")
    assert done.code == 2
    assert "ZeroDivisionError" in done.err


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:1", "No windlass answers at http://127.0.0.1:1"),
        ("nonsense", "No windlass answers at nonsense"),
        ("http://[", "No windlass answers at http://["),
    ],
)
def test_a_server_that_is_not_there_is_one_sentence(
    windlass_alone: Windlass, monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
) -> None:
    monkeypatch.setenv("WINDLASS_URL", url)
    done = windlass_alone("keys", "list")
    assert done.code == 2
    assert sentence in done.err
    assert len(done.err.splitlines()) == 1


def test_a_server_that_is_another_is_one_sentence(
    windlass_alone: Windlass, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(lambda _: "") as other:
        monkeypatch.setenv("WINDLASS_URL", other.url)
        done = windlass_alone("keys", "list")
        # A page of anything at all in the place of JSON.
        monkeypatch.setenv("WINDLASS_URL", f"{live.url}/traces?")
        page = windlass_alone("keys", "list")
    for each in (done, page):
        assert each.code == 2
        assert "and not as a windlass does: is WINDLASS_URL right?" in each.err


def test_a_key_without_the_right_is_one_sentence(
    windlass: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINDLASS_API_KEY", project.key_of("viewer"))
    done = windlass("keys", "list")
    assert (done.code, done.err) == (
        2,
        "Error: key:a-viewer has the role viewer, which may not do key:manage; it takes one of: admin.\n",
    )


def test_the_server_of_the_data_folder_is_found_and_without_one_it_is_started_for_the_command(
    windlass_alone: Windlass, live: LiveServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WINDLASS_URL", raising=False)
    monkeypatch.delenv("WINDLASS_API_KEY", raising=False)
    assert windlass_alone("audit", "verify", "--data", live.data).out.startswith("The chain holds: ")
    live.close()
    prompt = tmp_path / "greeting.md"
    prompt.write_text("---\nname: greeting\n---\nHi.\n", encoding="utf-8")
    data = tmp_path / "data"
    assert windlass_alone("push", prompt, "--data", data).code == 0
    pulled = windlass_alone("pull", "prompt/greeting", "-o", "-", "--data", data)
    assert (pulled.code, pulled.out) == (0, "---\nname: greeting\n---\n[user]\nHi.\n")
    assert not (data / "server.json").exists()


def test_a_closed_pipe_is_no_crash(project: Project) -> None:
    for number in range(3):
        project.push_release(instructions=str(number) * 100)
    environment = {**os.environ, "WINDLASS_URL": project.live.url, "WINDLASS_API_KEY": project.key}
    listed = subprocess.Popen(
        [*PROGRAM[:1], "-c", "from windlass.cli.main import main; main()", "audit", "list"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert listed.stdout is not None
    listed.stdout.close()
    assert listed.stderr is not None
    assert "Traceback" not in listed.stderr.read()
    listed.stderr.close()
    listed.wait()
