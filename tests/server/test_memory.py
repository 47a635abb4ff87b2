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


def test_models_of_a_server_build_their_validators_when_they_are_used() -> None:
    program = (
        "from pydantic import BaseModel\n"
        "from windlass.server.memory import importing_a_server\n"
        "with importing_a_server():\n"
        "    class Inner(BaseModel):\n        x: int\n"
        "    class Outer(BaseModel):\n        inner: Inner\n"
        "class After(BaseModel):\n    x: int\n"
        "print(Inner.__pydantic_complete__, Outer.__pydantic_complete__, After.__pydantic_complete__)\n"
        "print(Outer.model_validate({'inner': {'x': '1'}}).model_dump_json(), BaseModel.model_config)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines() == ["False False True", '{"inner":{"x":1}} {}'], ended.stderr
