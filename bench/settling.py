"""Waiting until a server has done what it put off, as merges."""

import time

from target import Target

LOOK_S = 2.0
MOST_LOOKS = 600
IDLE_CORES = 0.03
QUIET_S = 150.0
"""Of windlass: its last merges begin when little arrived for two minutes."""


def settled_cpu_s(target: Target, idle_s: float) -> float:
    """Return the server's processor time when it was idle for so long: what it puts off, as merges, counts too."""
    looks = round(idle_s / LOOK_S)
    seen = [target.cpu_s()]
    for _ in range(MOST_LOOKS):
        time.sleep(LOOK_S)
        seen.append(target.cpu_s())
        if len(seen) > looks and seen[-1] - seen[-1 - looks] < IDLE_CORES * idle_s:
            break
    return seen[-1]
