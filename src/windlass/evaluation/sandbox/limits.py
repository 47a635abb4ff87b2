"""What code of the registry may take, and what stands around it."""

from dataclasses import dataclass
from typing import Final, Literal

Guard = Literal["sandbox", "limits", "off"]
"""`sandbox`: a filter of system calls or nothing. `limits`: where there is no such filter, a process with limits
and no environment. `off`: no code of the registry is run."""


@dataclass(frozen=True)
class SandboxLimits:
    """What a sandboxed process may take."""

    guard: Guard = "sandbox"
    seconds: float = 10.0
    """For one sample, and for loading the source."""
    memory_bytes: int = 512 * 2**20

    def of_resources(self) -> dict[str, int]:
        """Return the kernel's limits, by their names in the module `resource`."""
        return {
            "RLIMIT_AS": self.memory_bytes,
            "RLIMIT_CPU": _CPU_SECONDS,
            "RLIMIT_FSIZE": 0,
            "RLIMIT_NOFILE": _FILES,
            "RLIMIT_NPROC": 0,
            "RLIMIT_CORE": 0,
            "RLIMIT_MEMLOCK": 0,
        }


_CPU_SECONDS: Final = 3600
"""Of one process over all its samples: past it, it ends and another takes its place."""
_FILES: Final = 32
