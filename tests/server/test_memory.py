"""Memory of a server."""

import subprocess
import sys


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
