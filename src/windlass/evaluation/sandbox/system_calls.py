"""The system calls that a computation needs once all is loaded, by machine, and the filter that allows no other.

There is none among them that opens a file, makes a socket or a process, signals one, or changes a descriptor: what
the process has (its two pipes) is all it ever has. `fcntl` and `ioctl` are left out because they can have the
kernel signal another process of the same user, `madvise` because root can spoil memory pages with it.
"""

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple


class Machine(NamedTuple):
    """How one kind of machine counts its system calls."""

    audit: int
    """What the kernel calls it (AUDIT_ARCH_*)."""
    calls: Mapping[str, int]
    below: int | None = None
    """Numbers from here on are of another way to count, and none of ours."""


X86_64: Final = Machine(
    0xC000003E,
    {
        "read": 0,
        "write": 1,
        "close": 3,
        "poll": 7,
        "lseek": 8,
        "mmap": 9,
        "mprotect": 10,
        "munmap": 11,
        "brk": 12,
        "rt_sigaction": 13,
        "rt_sigprocmask": 14,
        "rt_sigreturn": 15,
        "sched_yield": 24,
        "mremap": 25,
        "nanosleep": 35,
        "getpid": 39,
        "exit": 60,
        "gettimeofday": 96,
        "sigaltstack": 131,
        "gettid": 186,
        "time": 201,
        "futex": 202,
        "restart_syscall": 219,
        "clock_gettime": 228,
        "clock_getres": 229,
        "clock_nanosleep": 230,
        "exit_group": 231,
        "epoll_wait": 232,
        "epoll_ctl": 233,
        "ppoll": 271,
        "set_robust_list": 273,
        "epoll_pwait": 281,
        "getrandom": 318,
        "rseq": 334,
    },
    below=0x40000000,
)

AARCH64: Final = Machine(
    0xC00000B7,
    {
        "epoll_ctl": 21,
        "epoll_pwait": 22,
        "close": 57,
        "lseek": 62,
        "read": 63,
        "write": 64,
        "ppoll": 73,
        "exit": 93,
        "exit_group": 94,
        "futex": 98,
        "set_robust_list": 99,
        "nanosleep": 101,
        "clock_gettime": 113,
        "clock_getres": 114,
        "clock_nanosleep": 115,
        "sched_yield": 124,
        "restart_syscall": 128,
        "sigaltstack": 132,
        "rt_sigaction": 134,
        "rt_sigprocmask": 135,
        "rt_sigreturn": 139,
        "gettimeofday": 169,
        "getpid": 172,
        "gettid": 178,
        "brk": 214,
        "munmap": 215,
        "mremap": 216,
        "mmap": 222,
        "mprotect": 226,
        "getrandom": 278,
        "rseq": 293,
    },
)

MACHINES: Final[Mapping[str, Machine]] = {"x86_64": X86_64, "aarch64": AARCH64}
"""By what `platform.machine()` says."""

_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_NUMBER: Final = 0
_ARCHITECTURE: Final = 4
_KILL: Final = 0x80000000
_ALLOW: Final = 0x7FFF0000
_NOT_PERMITTED: Final = 0x00050001


def filter_of(machine: Machine) -> bytes:
    """Return a program of the kernel's packet filter that allows the listed calls and answers EPERM to any other.

    A call of another architecture's numbers ends the process: it may mean anything.
    """
    numbers = sorted(machine.calls.values())
    program = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, machine.audit, then=1),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
    ]
    if machine.below is not None:
        program += [_instruction(_AT_LEAST, machine.below, otherwise=1), _instruction(_RETURN, _KILL)]
    program += [
        # Over the comparisons that are left and the refusal, to the last instruction.
        _instruction(_EQUAL, number, then=len(numbers) - place)
        for place, number in enumerate(numbers)
    ]
    program += [_instruction(_RETURN, _NOT_PERMITTED), _instruction(_RETURN, _ALLOW)]
    return b"".join(program)


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
