"""What the programs of the peers share: how many samples of which model, and how the result is told.

Each is run in an environment of its own: `python PEER.py SAMPLES CONCURRENCY LATENCY_S`.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable

SAMPLES, CONCURRENCY = int(sys.argv[1]), int(sys.argv[2])
LATENCY_S = float(sys.argv[3])


async def answer(number: object) -> str:
    """Answer as the model does, after its latency."""
    if LATENCY_S:
        await asyncio.sleep(LATENCY_S)
    return f"answer {number}"


def measured(evaluate: Callable[[], int]) -> None:
    """Print the seconds and the CPU that an evaluation takes, without the imports before it."""
    wall, cpu = time.perf_counter(), cpu_s()
    correct = evaluate()
    told = {"wall_s": time.perf_counter() - wall, "cpu_s": cpu_s() - cpu, "correct": correct}
    print("\n" + json.dumps(told))


def cpu_s() -> float:
    """Return what this process took of the processors, and those that it started and that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
