"""Waiting until a server has done what it put off, as merges."""

import time

from target import Target

LOOK_S = 2.0
MOST_LOOKS = 600
IDLE_CORES = 0.03


def settled_cpu_s(target: Target, idle_s: float = LOOK_S) -> float:
    """Return the server's processor time when it is idle: what it puts off, as merges, counts too.

    It is when it was for ``idle_s``, but for short looks at what there is to do.
    """
    cpu = target.cpu_s()
    idle = 0.0
    for _ in range(MOST_LOOKS):
        time.sleep(LOOK_S)
        cpu, earlier = target.cpu_s(), cpu
        idle = idle + LOOK_S if cpu - earlier < IDLE_CORES * LOOK_S else max(0.0, idle - 2 * LOOK_S)
        if idle >= idle_s:
            break
    return cpu
