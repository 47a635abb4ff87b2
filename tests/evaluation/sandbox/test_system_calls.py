"""The filter, run by an interpreter of its few instructions: also for machines that are not here."""

import struct

import pytest

from windlass.evaluation.sandbox.system_calls import MACHINES, Machine, filter_of

ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000


def verdict(program: bytes, number: int, architecture: int) -> int:
    data = struct.pack("=II", number, architecture)
    place = loaded = 0
    while True:
        code, then, otherwise, value = struct.unpack_from("=HBBI", program, place * 8)
        place += 1
        match code:
            case 0x20:
                (loaded,) = struct.unpack_from("=I", data, value)
            case 0x15:
                place += then if loaded == value else otherwise
            case 0x35:
                place += then if loaded >= value else otherwise
            case _:
                assert code == 0x06
                return int(value)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_what_is_listed_is_allowed_and_nothing_else(machine: Machine) -> None:
    program, listed = filter_of(machine), set(machine.calls.values())
    for number in range(600):
        assert verdict(program, number, machine.audit) == (ALLOW if number in listed else REFUSE)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_numbers_of_another_way_to_count_end_the_process(machine: Machine) -> None:
    program = filter_of(machine)
    assert {verdict(program, 0, other) for other in (0, 3, 0x40000003) if other != machine.audit} == {KILL}
    if machine.below is not None:
        assert verdict(program, machine.below, machine.audit) == KILL


def test_nothing_that_reaches_out_is_listed() -> None:
    listed = set().union(*(machine.calls for machine in MACHINES.values()))
    assert listed.isdisjoint({"open", "openat", "socket", "clone", "execve", "kill", "fcntl", "ioctl", "ptrace"})
