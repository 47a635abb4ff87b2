"""What goes wrong on a machine: each is one sentence that says what to do, and leaves nothing half done."""

import re
import secrets
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from windlass.client import Client
from windlass.storage.warehouse import Warehouse

from .otlp import await_names, batch, send, stored_names
from .processes import Finished, Processes

DISK_MB = 64


def assert_one_sentence(ended: Finished, *words: str) -> None:
    assert ended.code == 2, ended.output
    assert re.fullmatch(r"Error: [^\n]+\.\n", ended.output), ended.output
    for word in words:
        assert word in ended.output


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Gives `mount(options)`: a file system of its own in memory; called again it changes the options."""
    place = tmp_path / "disk"

    def change(options: str) -> Path:
        place.mkdir(exist_ok=True)
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, text=True
        )
        if made.returncode != 0:
            pytest.skip(f"mounting is not allowed here: {made.stderr.strip()}")
        return place

    yield change
    subprocess.run(["umount", "--lazy", str(place)], capture_output=True)


@pytest.mark.parametrize("command", [("up", "--dev"), ("demo",)], ids=["up", "demo"])
def test_a_port_in_use_is_named_and_nothing_is_made(
    processes: Processes, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = processes.run(*command, "--data", tmp_path / "data", "--port", port)
    assert_one_sentence(ended, f"Port {port} of 127.0.0.1", "--port")
    assert not (tmp_path / "data").exists()


def test_an_address_beyond_this_machine_without_keys_is_refused(processes: Processes, tmp_path: Path) -> None:
    ended = processes.run("up", "--dev", "--data", tmp_path / "data", "--host", "0.0.0.0", "--port", "0")
    assert_one_sentence(ended, "0.0.0.0", "leave --dev out")
    assert not (tmp_path / "data").exists()


def test_a_data_folder_in_use_names_its_owner_who_goes_on(processes: Processes, tmp_path: Path) -> None:
    server = processes.serve(tmp_path / "data")
    ended = processes.run("up", "--dev", "--data", tmp_path / "data", "--port", "0")
    assert_one_sentence(ended, f"process {server.process.pid}", server.url, "--data")
    with server.client() as client:
        assert client.get("/audit/verification")["ok"]


def test_a_server_that_was_killed_owns_its_data_folder_no_more(processes: Processes, tmp_path: Path) -> None:
    server = processes.serve(tmp_path / "data")
    server.process.kill()
    verified = processes.run("audit", "verify", "--data", tmp_path / "data")
    assert (verified.code, verified.output.startswith("The chain holds")) == (0, True), verified.output


@pytest.fixture(scope="module")
def left_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that a server has used and left; to be copied and not changed."""
    folder = tmp_path_factory.mktemp("used")
    processes = Processes(folder)
    try:
        assert processes.serve(folder / "data").process.end() == 0
        yield folder / "data"
    finally:
        processes.close()


@pytest.fixture
def used_folder(left_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(left_folder, tmp_path / "data", symlinks=True))


def test_records_of_a_newer_schema_are_not_touched(processes: Processes, used_folder: Path) -> None:
    with sqlite3.connect(used_folder / "records.sqlite") as records:
        records.execute("UPDATE alembic_version SET version_num = '9999'")
    records.close()
    before = (used_folder / "records.sqlite").read_bytes()
    ended = processes.run("up", "--dev", "--data", used_folder, "--port", "0")
    assert_one_sentence(ended, "'9999'", "newer version", "Upgrade windlass")
    assert (used_folder / "records.sqlite").read_bytes() == before


def test_a_warehouse_of_a_newer_schema_is_not_touched(processes: Processes, used_folder: Path) -> None:
    warehouse = Warehouse.open(f"chdb://{used_folder / 'warehouse'}")
    warehouse.execute(
        "INSERT INTO schema_steps SELECT schema, max(number) + 1, 'of a newer version', now('UTC') "
        "FROM schema_steps GROUP BY schema"
    )
    warehouse.close()
    ended = processes.run("up", "--dev", "--data", used_folder, "--port", "0")
    assert_one_sentence(ended, "schema step", "newer version", "Upgrade windlass")
    assert not (used_folder / "server.json").exists()


def test_a_read_only_disk_is_named(processes: Processes, mount: Callable[..., Path]) -> None:
    disk = mount("ro")
    ended = processes.run("up", "--dev", "--data", disk / "data", "--port", "0")
    assert_one_sentence(ended, str(disk / "data"), "Read-only", "--data")


def test_a_data_folder_that_became_read_only_is_named(
    processes: Processes, left_folder: Path, mount: Callable[..., Path]
) -> None:
    disk = mount(f"size={DISK_MB}m")
    shutil.copytree(left_folder, disk / "data", symlinks=True)
    mount("remount,ro")
    ended = processes.run("up", "--dev", "--data", disk / "data", "--port", "0")
    assert_one_sentence(ended, str(disk / "data"), "Read-only")


def push_releases(client: Client) -> None:
    """Push two versions of a release that nobody asks anything."""
    for number in (1, 2):
        code = {"entry": "shop:answer", "digest": f"sha256:{number:064x}"}
        client.post("/artifacts/release/shop", {"body": {"code": code}})


def fill(disk: Path) -> Path:
    """Write a file that takes all space there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return ballast
    raise AssertionError("the disk did not fill")


def test_a_full_disk_is_said_and_once_there_is_space_all_works_with_nothing_half_written(
    processes: Processes, mount: Callable[..., Path]
) -> None:
    disk = mount(f"size={DISK_MB}m")
    server = processes.serve(disk / "data")
    kept, refused, later = (secrets.token_bytes(16) for _ in range(3))
    score = {"trace_id": kept.hex(), "name": "nice", "value": 1, "source": "human"}
    requests: dict[str, tuple[str, str, dict[str, Any]]] = {
        "promotion": ("POST", "/environments/production/promote", {"release": "shop@2"}),
        "label": ("PUT", "/artifacts/release/shop/labels/good", {"to": "1"}),
        "dataset": ("POST", "/datasets/questions", {"items": [{"id": "a", "input": "x" * 50_000}]}),
        "scores": ("POST", "/scores", {"items": [score]}),
    }

    def change(http: httpx2.Client, name: str) -> httpx2.Response:
        method, path, body = requests[name]
        return http.request(method, f"{server.url}/api/v1{path}", json=body)

    with server.client() as client, httpx2.Client(timeout=60) as http:
        push_releases(client)
        client.post("/environments/production/promote", {"release": "shop@1", "expected": None})
        assert send(http, server.url, batch(kept, ["kept"])).status_code == 200
        await_names(client, kept, ["kept"])
        before = (client.get("/environments"), client.get("/artifacts"), client.get("/audit"))

        ballast = fill(disk)
        answer = send(http, server.url, batch(refused, ["refused one", "refused two"]))
        assert (answer.status_code, "space" in answer.json()["detail"]) == (503, True), answer.text
        assert answer.headers["retry-after"]
        for name in requests:
            answer = change(http, name)
            assert (answer.status_code, "space" in answer.json()["detail"]) == (503, True), (name, answer.text)
        # What is there is still read.
        assert stored_names(client, kept) == ["kept"]
        assert client.get("/traces", q=refused.hex())["items"] == []
        assert (client.get("/environments"), client.get("/artifacts"), client.get("/audit")) == before
        assert client.get("/audit/verification")["ok"]

        ballast.unlink()
        assert send(http, server.url, batch(later, ["later one", "later two"])).status_code == 200
        for name in requests:
            assert change(http, name).status_code in {200, 201}, name
        await_names(client, later, ["later one", "later two"])
        assert client.get("/traces", q=refused.hex())["items"] == []
        (production,) = (each for each in client.get("/environments")["items"] if each["name"] == "production")
        assert production["deployments"][0]["number"] == 2
        trace = client.get(f"/traces/{kept.hex()}")
        assert [(score["name"], score["value"]) for score in trace["scores"]] == [("nice", 1.0)]

    assert server.process.end() == 0, server.process.output
    assert "Traceback" not in server.process.output
    verified = processes.run("audit", "verify", "--data", disk / "data")
    assert (verified.code, verified.output.startswith("The chain holds")) == (0, True), verified.output


def test_a_server_cannot_start_on_a_full_disk_and_can_once_there_is_space(
    processes: Processes, mount: Callable[..., Path]
) -> None:
    disk = mount(f"size={DISK_MB}m")
    ballast = fill(disk)
    ended = processes.run("up", "--dev", "--data", disk / "data", "--port", "0")
    assert_one_sentence(ended, "disk is full", str(disk / "data"))
    ballast.unlink()
    with processes.serve(disk / "data").client() as client:
        assert client.get("/audit/verification")["ok"]
