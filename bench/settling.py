"""Waiting until a server has done what it put off, as merges."""

import time

from target import Target

LOOK_S = 2.0
MOST_LOOKS = 150
IDLE_CORES = 0.03


def settled_cpu_s(target: Target) -> float:
    """Return the server's processor time when it is idle: what it puts off, as merges, counts too."""
    cpu = target.cpu_s()
    for _ in range(MOST_LOOKS):
        time.sleep(LOOK_S)
        cpu, earlier = target.cpu_s(), cpu
        if cpu - earlier < IDLE_CORES * LOOK_S:
            break
    return cpu
