"""An evaluator whose code comes from the registry: it judges in a sandboxed process that is started when needed.

A sample on which a used process dies is tried once more in a fresh one, which no earlier sample can have spoilt.
"""

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from windlass.artifacts.evaluator_source import Declared, read_source
from windlass.errors import WindlassError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.said import whole_text
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.sandbox.limits import SandboxLimits
from windlass.evaluation.sandbox.process import Lost, Process
from windlass.evaluation.trajectories import ToolCall

GIVES_UP_AFTER: Final = 5
"""Samples in a row that end the process or take too long: then the others are not tried."""


def code_evaluator(name: str, source: str, limits: SandboxLimits, description: str = "") -> Evaluator:
    """Make the evaluator that a source declares; nothing of it runs before it is asked. Raises InputError."""
    declared = read_source(source)
    code = _Code(source, declared, limits)
    return Evaluator(
        name,
        code.judge,
        higher_is_better=declared.higher_is_better,
        needs=declared.needs,
        description=description or declared.description,
        by_default=False,
        prepare=code.probe,
        close=code.close,
    )


class _Code:
    def __init__(self, source: str, declared: Declared, limits: SandboxLimits) -> None:
        self._source = source
        self._declared = declared
        self._limits = limits
        self._process: Process | None = None
        self._lost_in_a_row = 0
        # One thread, for the process lives no longer than the thread that started it, and takes sample by sample.
        self._thread: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def probe(self) -> None:
        """Load the source once. Raises InputError, and ConfigurationError where code cannot be shut in."""
        self._opened().close()

    async def judge(self, sample: Sample) -> Judgement:
        with self._lock:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, thread_name_prefix="windlass-evaluator")
            thread = self._thread
        return await asyncio.get_running_loop().run_in_executor(thread, self._judge, sample)

    def close(self) -> None:
        """End the process; it is started again if it is asked again."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.submit(self._end).result()
            thread.shutdown()

    def _judge(self, sample: Sample) -> Judgement:
        if self._lost_in_a_row >= GIVES_UP_AFTER:
            return Judgement(
                None,
                "error",
                f"Not tried: the {GIVES_UP_AFTER} samples before ended its process or took too long.",
            )
        fields = _fields(sample)
        try:
            reply = self._ask(fields)
        except Lost as error:
            self._lost_in_a_row += 1
            return Judgement(None, error.label, str(error))
        except WindlassError as error:
            return Judgement(None, "error", error.message)
        self._lost_in_a_row = 0
        return _judgement(reply)

    def _ask(self, fields: Mapping[str, object]) -> dict[str, Any]:
        """Ask the process, and a fresh one if a used one dies. Raises Lost, and what opening it raises."""
        process = self._process = self._process or self._opened()
        try:
            reply = process.ask(fields)
        except Lost as error:
            self._process = None
            if process.asked == 1 or error.label == "timeout":
                raise
            return self._ask(fields)
        if reply.get("memory"):
            # What is left of it may be in any state.
            self._end()
        return reply

    def _opened(self) -> Process:
        return Process(self._source, self._declared, self._limits)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close()


def _fields(sample: Sample) -> dict[str, object]:
    """Return a sample as JSON, under the names that it has in Python."""
    calls, usage = sample.trajectory, sample.usage
    return {
        "item": sample.item,
        "input": sample.input,
        "reference": sample.reference,
        "metadata": dict(sample.metadata),
        "output": sample.output,
        "contexts": [
            {"document": each.document, "section": each.section, "text": each.text, "score": each.score}
            for each in sample.contexts
        ],
        "usage": None
        if usage is None
        else {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens},
        "cost_usd": sample.cost_usd,
        "latency_s": sample.latency_s,
        "error": sample.error,
        "trajectory": None if calls is None else [_call(each) for each in calls],
    }


def _call(call: ToolCall) -> dict[str, object]:
    return {
        "tool_name": call.tool_name,
        "tool_input": dict(call.tool_input),
        "outcome": call.outcome,
        "tool_output": call.tool_output,
        "agent": call.agent,
    }


def _judgement(reply: Mapping[str, Any]) -> Judgement:
    if "error" in reply:
        return Judgement(None, "memory" if reply.get("memory") is True else "error", whole_text(reply["error"]))
    value = reply.get("value")
    if value is not None and not isinstance(value, int | float):
        return Judgement(None, "error", "The evaluator's process wrote what is no score.")
    try:
        number = None if value is None else float(value)
    except OverflowError:
        return Judgement(None, "error", "The evaluator's score is larger than a number may be.")
    return Judgement(number, whole_text(reply.get("label", "")), whole_text(reply.get("explanation", "")))
