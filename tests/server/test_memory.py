"""Memory of a server."""

import subprocess
import sys
from pathlib import Path

import pytest


def test_what_is_there_when_a_server_is_ready_is_left_alone_by_the_collector() -> None:
    program = (
        "import gc; from windlass.server.memory import keep_freed_memory, set_aside_what_stays; "
        "keep_freed_memory(); assert not gc.get_freeze_count(); set_aside_what_stays(); "
        "assert gc.get_freeze_count() > 1000; print(len(bytes(2**25)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, str(2**25), "")


def test_a_model_that_is_imported_for_a_server_is_made_when_it_is_first_used() -> None:
    program = (
        "from pydantic import BaseModel; from windlass.server.memory import importing_a_server\n"
        "with importing_a_server(): from windlass.access.audit import AuditHead\n"
        "assert not AuditHead.__pydantic_complete__\n"
        "Later = type('Later', (BaseModel,), {}); assert Later.__pydantic_complete__\n"
        "print(AuditHead(seq=3, hash='ab').seq)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "3", "")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is unmapped")
def test_code_that_was_let_go_of_is_there_when_it_is_needed_again(tmp_path: Path) -> None:
    program = """
import sys, psutil
from windlass.server.memory import let_go_of_code
from windlass.storage.warehouse import Warehouse

def code_mb():
    return sum(region.rss for region in psutil.Process().memory_maps() if "chdb" in region.path) / 2**20

warehouse = Warehouse.open(sys.argv[1])
warehouse.execute("CREATE TABLE t (number UInt64) ENGINE = MergeTree ORDER BY number")
before = code_mb()
let_go_of_code()
print(before - code_mb())
warehouse.execute("INSERT INTO t SELECT number FROM numbers(1000)")
print(warehouse.query("SELECT sum(number) AS total FROM t"))
"""
    command = [sys.executable, "-c", program, f"chdb://{tmp_path}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    freed_mb, total = ran.stdout.splitlines()

    assert float(freed_mb) > 50
    assert total == "[{'total': 499500}]"
