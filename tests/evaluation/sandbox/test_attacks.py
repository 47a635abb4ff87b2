"""Code of the registry as an attacker would write it; each attack works in the same process without the guard."""

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from windlass.artifacts.evaluator_source import MODULES, read_source
from windlass.errors import ConfigurationError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.sandbox import process as sandbox_process
from windlass.evaluation.sandbox.code import GIVES_UP_AFTER, code_evaluator
from windlass.evaluation.sandbox.limits import SandboxLimits
from windlass.evaluation.sandbox.process import Process
from windlass.evaluation.sandbox.system_calls import MACHINES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is shut in by the kernel of Linux")

SAMPLE = Sample(item="a", input="?", reference=None, metadata={}, output="hello")
LIMITS = SandboxLimits(seconds=5)


@contextmanager
def opened(body: str, limits: SandboxLimits = LIMITS, *, function: str = "def f(sample):") -> Iterator[Evaluator]:
    """Make an evaluator whose function has this body, with `os` and the C library at hand."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    source = (
        "import io, windlass\nos, libc = __import__('os'), __import__('ctypes').CDLL(None)\n"
        f"@windlass.evaluator\n{function}\n{lines}\n"
    )
    evaluator = code_evaluator("attack", source, limits)
    try:
        yield evaluator
    finally:
        assert evaluator.close is not None
        evaluator.close()


def judged(evaluator: Evaluator, *samples: Sample) -> list[Judgement]:
    async def judge() -> list[Judgement]:
        return [await evaluator.judge(sample) for sample in samples or (SAMPLE,)]

    return asyncio.run(judge())


def outcome(body: str, limits: SandboxLimits = LIMITS) -> Judgement:
    with opened(body, limits) as evaluator:
        return judged(evaluator)[0]


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> SandboxLimits:
    """The limits of a machine that has no filter of system calls."""
    monkeypatch.setattr(sandbox_process, "MACHINES", {})
    return SandboxLimits(guard="limits", seconds=5)


ATTACKS = {
    "reads a file": "return len(io.open('/etc/passwd').read())",
    "reads what the server keeps": "return len(io.open({secret!r}).read())",
    "lists a folder": "return len(os.listdir('/'))",
    "looks whether a file is there": "return os.stat({secret!r}).st_size",
    "writes a file": "return os.close(os.open({target!r}, os.O_CREAT)) is None",
    "makes a folder": "return os.mkdir({target!r}) is None",
    "reads the server's memory": "return len(io.open('/proc/%d/environ' % os.getppid(), 'rb').read()) + 1",
    "connects to the server": "return libc.socket(2, 1, 0) >= 0 or 1 / 0",
    "connects to a socket of this machine": "return libc.socket(1, 1, 0) >= 0 or 1 / 0",
    "forks": "child = os.fork()\nif child == 0: os._exit(0)\nreturn child > 0",
    "starts a program": "return os.posix_spawn('/bin/true', ['true'], {{}}) > 0",
    "starts a thread": "return __import__('_thread').start_new_thread(len, ('',)) > 0",
    "signals the server": "return os.kill(os.getppid(), 0) is None",
    "has the kernel signal the server": "return libc.fcntl(0, 8, os.getppid()) == 0 or 1 / 0",
    "is traced": "return libc.ptrace(0, 0, 0, 0) == 0 or 1 / 0",
    "changes its limits": "return libc.setpriority(0, 0, 0) == 0 or 1 / 0",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_outside_is_reached(attack: str, tmp_path: Path, unguarded: SandboxLimits) -> None:
    secret = tmp_path / "records.sqlite"
    secret.write_text("secret", encoding="utf-8")
    if attack == "starts a thread" and os.getuid() != 0:
        pytest.skip("the limit of processes refuses a thread, too, where one is not root")
    body = ATTACKS[attack].format(secret=str(secret), target=str(tmp_path / "new"))
    free = outcome(body, unguarded)
    assert free.value is not None, free
    if (tmp_path / "new").is_dir():
        (tmp_path / "new").rmdir()
    (tmp_path / "new").unlink(missing_ok=True)
    with pytest.MonkeyPatch.context() as undone:
        undone.setattr(sandbox_process, "MACHINES", MACHINES)
        held = outcome(body)
    assert (held.value, held.label) == (None, "error"), held
    assert not (tmp_path / "new").exists()


def test_a_server_that_listens_is_not_connected_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        body = (
            f"made = libc.socket(2, 1, 0)\naddress = b'\\x02\\x00' + ({port}).to_bytes(2, 'big') + "
            "bytes([127, 0, 0, 1]) + bytes(8)\nreturn libc.connect(made, address, 16)"
        )
        assert outcome(body).value == -1
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_environment_of_the_server_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    names = outcome("return windlass.Judgement(1, '', ' '.join(os.environ))").explanation
    assert set(names.split()) <= {"PYTHONHASHSEED", "LC_CTYPE"}


def test_windlass_and_its_database_cannot_be_imported() -> None:
    for module in ("windlass.client", "windlass.storage.database", "sqlite3", "socket", "subprocess"):
        assert "ModuleNotFoundError" in outcome(f"__import__({module!r})\nreturn 1").explanation


def test_memory_is_bounded_and_the_next_sample_fares_as_if_nothing_had_been() -> None:
    body = "return len(bytearray(2**28)) if sample.output == 'greedy' else 1"
    greedy = Sample(item="b", input="?", reference=None, metadata={}, output="greedy")
    with opened(body, SandboxLimits(memory_bytes=128 * 2**20)) as evaluator:
        refused, next_one = judged(evaluator, greedy, SAMPLE)
    assert (refused.value, refused.label, next_one.value) == (None, "memory", 1.0)
    assert outcome("return len(bytearray(2**28))", SandboxLimits(memory_bytes=2**30)).value == 2**28


def test_an_endless_loop_is_ended_and_the_next_sample_is_judged() -> None:
    with opened("while sample.output == 'loop': pass\nreturn 1", SandboxLimits(seconds=0.3)) as evaluator:
        loop, next_one = judged(
            evaluator, Sample(item="b", input="?", reference=None, metadata={}, output="loop"), SAMPLE
        )
    assert (loop.value, loop.label, loop.explanation) == (
        None,
        "timeout",
        "The evaluator did not answer within 0.3 s.",
    )
    assert next_one.value == 1.0


def test_after_a_few_in_a_row_no_other_sample_is_waited_for() -> None:
    with opened("while True: pass", SandboxLimits(seconds=0.05)) as evaluator:
        *lost, spared = judged(evaluator, *[SAMPLE] * (GIVES_UP_AFTER + 1))
    assert [each.label for each in lost] == ["timeout"] * GIVES_UP_AFTER
    assert "Not tried" in spared.explanation


def test_a_process_that_ends_says_how_and_a_fresh_one_takes_its_place() -> None:
    with opened("if sample.output == 'hello': os._exit(3)\nreturn 1") as evaluator:
        ended, next_one = judged(
            evaluator, SAMPLE, Sample(item="b", input="?", reference=None, metadata={}, output="")
        )
    assert (ended.label, ended.explanation) == ("crashed", "The evaluator's process ended (exit code 3).")
    assert next_one.value == 1.0


def test_a_sample_pays_for_no_other_that_spoilt_the_process() -> None:
    body = "os.seen = getattr(os, 'seen', 0) + 1\nif os.seen == 2: os._exit(3)\nreturn 1"
    with opened(body) as evaluator:
        assert [each.value for each in judged(evaluator, *[SAMPLE] * 4)] == [1.0] * 4


_FORGED = """
if sample.output != "forge":
    return 0
number = __import__("sys")._getframe(2).f_locals["request"]["number"]
for line in (b'{"number": "%s", "value": 0.5}\\n' % number.encode(), b'{"number": "0", "value": 1}\\n'):
    for descriptor in range(3, 10):
        try: os.write(descriptor, line)
        except OSError: pass
"""


def test_no_answer_to_another_sample_can_be_forged() -> None:
    forger = Sample(item="b", input="?", reference=None, metadata={}, output="forge")
    with opened(_FORGED.strip()) as evaluator:
        own, next_one = judged(evaluator, forger, SAMPLE)
    # What it says of its own sample is its own; of the next it says what it would have said without the forger.
    assert (own.value, next_one.value) == (0.5, 0.0)


def test_what_is_printed_is_no_answer() -> None:
    assert outcome('print(\'{"number": "0", "value": 1}\', flush=True)\nreturn 0.25').value == 0.25


def test_an_answer_without_end_is_cut_off() -> None:
    write = "try: os.write(each, b'x' * 4096)\n        except OSError: pass"
    answer = outcome(f"while True:\n    for each in range(3, 10):\n        {write}")
    assert "more than 64 KiB" in answer.explanation


def test_a_process_does_not_outlive_the_thread_that_started_it() -> None:
    source = "import windlass\n@windlass.evaluator\ndef f(sample):\n    return 1\n"
    started: list[Any] = []

    def start() -> None:
        started.append(Process(source, read_source(source), LIMITS))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert started[0]._process.wait(5) == -9
    started[0].close()


def test_a_machine_that_cannot_shut_code_in_runs_none_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_process, "MACHINES", {})
    with opened("return 1") as evaluator, pytest.raises(ConfigurationError, match="cannot be shut in"):
        evaluator.ready()
    switched_off = SandboxLimits(guard="off")
    with opened("return 1", switched_off) as evaluator, pytest.raises(ConfigurationError, match="switched off"):
        evaluator.ready()


def test_a_filter_that_the_kernel_does_not_hold_to_is_no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_everything = bytes.fromhex("060000000000ff7f")
    monkeypatch.setattr(sandbox_process, "filter_of", lambda _: allow_everything)
    with opened("return 1") as evaluator, pytest.raises(ConfigurationError, match="does not hold"):
        evaluator.ready()


def test_time_passes_and_chance_is_the_same_for_everybody() -> None:
    began = time.monotonic()
    body = "import random, time, datetime\ntime.sleep(0.01)\ndatetime.datetime.strptime('2026', '%Y')\n"
    first, second = (outcome(body + "return random.random() + len({'a', 'b'})").value for _ in range(2))
    assert first is not None
    assert first == second
    assert time.monotonic() - began > 0.02


def test_what_is_async_waits_and_gathers() -> None:
    body = (
        "import asyncio\nasync def part(number):\n    await asyncio.sleep(0.01)\n    return number\n"
        "return sum(await asyncio.gather(part(1), part(2)))"
    )
    with opened(body, function="async def f(sample):") as evaluator:
        assert [each.value for each in judged(evaluator, SAMPLE, SAMPLE)] == [3.0, 3.0]


def test_a_coroutine_that_is_not_declared_as_one_is_said() -> None:
    assert (
        "declare the function with `async def`"
        in outcome("async def later(): return 1\nreturn later()").explanation
    )


def test_every_module_that_may_be_imported_is_there_and_works() -> None:
    imports = "\n".join(f"import {name}" for name in sorted(MODULES - {"__future__"}))
    use = (
        "assert uuid.uuid4() and hashlib.sha256(b'x') and decimal.Decimal(1) / 3 and json.loads('[1]')\n"
        "assert xml.etree.ElementTree.fromstring('<a/>').tag == 'a' and statistics.quantiles([1, 2, 3])\n"
        "assert '한'.encode('euc_kr') and difflib.SequenceMatcher(None, 'a', 'b').ratio() == 0\n"
        "return csv.Sniffer().sniff('a;b').delimiter == ';'"
    )
    judgement = outcome(f"{imports}\n{use}")
    assert judgement.value == 1.0, judgement
