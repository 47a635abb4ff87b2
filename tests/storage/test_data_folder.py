import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from windlass.errors import ConfigurationError, Conflict
from windlass.storage.data_folder import DataFolder, RunningServer, find_running_server

OWNER = """
import sys, threading
from pathlib import Path
from windlass.storage.data_folder import DataFolder

folder = DataFolder(Path(sys.argv[1]))
folder.announce("http://127.0.0.1:4801")
print("mine", flush=True)
threading.Event().wait()
"""


def test_the_owner_is_found_while_it_lives(tmp_path: Path) -> None:
    assert find_running_server(tmp_path) is None
    folder = DataFolder(tmp_path / "data")
    assert find_running_server(folder.path) is None
    folder.announce("http://127.0.0.1:4800")
    assert find_running_server(folder.path) == RunningServer(url="http://127.0.0.1:4800", pid=os.getpid())
    folder.close()
    assert find_running_server(folder.path) is None
    DataFolder(folder.path).close()


def test_a_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "deep" / "data")
    assert folder.path.stat().st_mode & 0o777 == 0o700
    folder.close()


def test_a_second_process_is_refused_by_a_sentence_that_names_the_owner_until_the_owner_is_killed(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "mine\n"
        with pytest.raises(Conflict) as caught:
            DataFolder(tmp_path)
        assert str(caught.value) == (
            f"The data folder {tmp_path} is in use by another windlass (process {owner.pid}, "
            "http://127.0.0.1:4801): stop it, or choose another with --data."
        )
        assert find_running_server(tmp_path) == RunningServer("http://127.0.0.1:4801", owner.pid)
        os.kill(owner.pid, signal.SIGKILL)
    # Its announcement is still there, and nobody is taken in by it.
    assert (tmp_path / "server.json").exists()
    assert find_running_server(tmp_path) is None
    folder = DataFolder(tmp_path)
    assert find_running_server(tmp_path) is None
    folder.close()


def test_an_owner_that_has_not_announced_itself_is_refused_too(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with pytest.raises(Conflict, match=r"is in use by another windlass: stop it"):
        DataFolder(tmp_path)
    folder.close()


def test_looking_for_the_owner_keeps_nobody_from_becoming_it(tmp_path: Path) -> None:
    DataFolder(tmp_path).close()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            find_running_server(tmp_path)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(200):
            DataFolder(tmp_path).close()
    finally:
        done.set()
        looking.join()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"url": "x", "pid": "y"}'])
def test_an_announcement_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    folder = DataFolder(tmp_path)
    (tmp_path / "server.json").write_text(content, encoding="utf-8")
    assert find_running_server(tmp_path) is None
    folder.close()


def test_a_folder_that_cannot_be_written_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"file/data cannot be written \(Not a directory\): choose another"
    ):
        DataFolder(tmp_path / "file" / "data")
