"""What runs in the sandboxed process: it is shut in, loads one evaluator, and answers each sample with a line.

It runs as a script of a bare interpreter, where nothing of windlass can be imported. The first line says what to
do; then every line is a sample with a number drawn at random, which the answer repeats: an answer cannot be
written before its question is there.
"""

import base64
import ctypes
import importlib
import json
import linecache
import os
import resource
import signal
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NO_NEW_PRIVILEGES = 38
_SET_FILTER = 22
_DIE_WITH_PARENT = 1
_FILTER_MODE = 2
_LONGEST = 4000
_ENCODINGS = (
    "ascii",
    "latin_1",
    "utf_8",
    "utf_8_sig",
    "utf_16",
    "utf_16_le",
    "utf_32",
    "idna",
    "cp1252",
    "euc_kr",
)
_FILE = "<evaluator>"


class Judgement:
    def __init__(
        self, value: float | None = None, label: str = "", explanation: str = "", source: str = "code"
    ) -> None:
        self.value, self.label, self.explanation, self.source = value, label, explanation, source


class Fields:
    """Named values, as attributes."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


class Context(Fields):
    pass


class ToolCall(Fields):
    pass


class Usage(Fields):
    pass


class Sample(Fields):
    reference: object

    @property
    def references(self) -> list[str]:
        references = self.reference if isinstance(self.reference, list) else [self.reference]
        return [str(reference) for reference in references if reference is not None]


def sample_of(fields: Mapping[str, Any]) -> Sample:
    calls, usage = fields["trajectory"], fields["usage"]
    return Sample(
        **{
            **fields,
            "contexts": tuple(Context(**each) for each in fields["contexts"]),
            "trajectory": None if calls is None else tuple(ToolCall(**each) for each in calls),
            "usage": None if usage is None else Usage(**usage),
        }
    )


def evaluator(function: Any = None, **_options: object) -> Any:
    """Mark the function; what the options say was read before."""
    return function if function is not None else lambda given: given


def windlass() -> types.ModuleType:
    """Return what the source imports as `windlass`: the names that an evaluator is written with."""
    module = types.ModuleType("windlass")
    for each in (evaluator, Judgement, Sample, Context, ToolCall, Usage):
        setattr(module, each.__name__, each)
    return module


def limit(order: Mapping[str, Any]) -> None:
    """Let the process have so much and no more."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != order["parent"]:
            os._exit(1)
    for name, most in order["limits"].items():
        kind = getattr(resource, name, None)
        if kind is not None:
            hard = resource.getrlimit(kind)[1]
            lowered = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (lowered, lowered))


def shut_in(program: str) -> None:
    """Have the kernel refuse every system call that is not in the filter, for good. Raises OSError."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    instructions = base64.b64decode(program)
    given = Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), zero, zero, zero) != 0:
        raise OSError(ctypes.get_errno(), "the kernel does not take no_new_privs")
    if libc.prctl(_SET_FILTER, ctypes.c_ulong(_FILTER_MODE), ctypes.byref(given), zero, zero) != 0:
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of system calls")
    try:
        os.close(os.open("/", os.O_RDONLY))
    except PermissionError:
        return
    raise OSError(0, "the filter of system calls does not hold")


def load(order: Mapping[str, Any]) -> Callable[[Sample], Any]:
    """Run the source, and return the function that it declares."""
    source = order["source"]
    linecache.cache[_FILE] = (len(source), None, source.splitlines(True), _FILE)
    module = types.ModuleType("evaluator")
    sys.modules["evaluator"] = module
    exec(compile(source, _FILE, "exec"), module.__dict__)  # noqa: S102 - what all of this is for
    function: Callable[[Sample], Any] = getattr(module, order["function"])
    return function


def judge(function: Callable[[Sample], Any], loop: Any, sample: Sample) -> dict[str, object]:
    scored = function(sample)
    if hasattr(scored, "__await__"):
        if loop is None:
            scored.close()
            raise TypeError("it returned a coroutine: declare the function with `async def`")
        scored = loop.run_until_complete(scored)
    if isinstance(scored, Judgement):
        value, label, explanation = scored.value, scored.label, scored.explanation
    else:
        value, label, explanation = scored, "", ""
    return {
        "value": None if value is None else float(value),
        "label": str(label)[:100],
        "explanation": str(explanation)[:_LONGEST],
    }


def said(error: BaseException) -> str:
    """Return an exception in a line, with the line of the source where it was raised."""
    line = ""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            line = f" (line {trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}"[:_LONGEST] + line


class Pipes:
    """The two pipes to the server, which nothing else of the process writes to."""

    def __init__(self) -> None:
        self.requests = os.fdopen(os.dup(0), "rb")
        self._replies = os.fdopen(os.dup(1), "wb", buffering=0)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)

    def answer(self, reply: Mapping[str, object]) -> None:
        self._replies.write(json.dumps(reply).encode() + b"\n")


def bring_in(modules: Sequence[str]) -> None:
    """Import what no file can be opened for later."""
    for name in modules:
        importlib.import_module(name)
    if {"datetime", "time"} & set(modules):
        importlib.import_module("_strptime")
    for encoding in _ENCODINGS:
        importlib.import_module(f"encodings.{encoding}")
    sys.modules["windlass"] = windlass()
    sys.path.clear()


def serve(pipes: Pipes, function: Callable[[Sample], Any], loop: Any) -> None:
    """Answer sample after sample; chance is the same for each, so that its score is, too."""
    chance = sys.modules.get("random")
    for line in pipes.requests:
        request = json.loads(line)
        if chance is not None:
            chance.seed(0)
        try:
            reply = judge(function, loop, sample_of(request["sample"]))
        except BaseException as error:  # noqa: BLE001 - also what would end the process: it is the sample's result
            reply = {"error": said(error), "memory": isinstance(error, MemoryError)}
        pipes.answer({"number": request["number"], **reply})


def main() -> None:
    pipes = Pipes()
    order = json.loads(pipes.requests.readline())
    limit(order)
    # What a loop needs of the kernel is asked for when it is made.
    loop = importlib.import_module("asyncio").new_event_loop() if order["is_async"] else None
    bring_in(order["modules"])
    try:
        if order["filter"]:
            shut_in(order["filter"])
    except OSError as error:
        pipes.answer({"unguarded": error.strerror})
        return
    try:
        function = load(order)
    except BaseException as error:  # noqa: BLE001 - whatever the source raises is why it does not load
        pipes.answer({"failed": said(error)})
        return
    pipes.answer({"ready": True})
    serve(pipes, function, loop)


if __name__ == "__main__":
    main()
