import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.replay.worlds import called, recording
from windlass.errors import InputError
from windlass.evaluation.replay.answering import Answering, ReplayPolicy, ToolFailed, WorldEnded
from windlass.evaluation.replay.recording import Recording
from windlass.evaluation.replay.world import World
from windlass.evaluation.replayed import Divergence
from windlass.evaluation.trajectories import ToolCall


def served(world: World, tool: str, **arguments: Any) -> Any:
    record = world.take(ToolCall(tool, arguments))
    return None if record is None else record.tool_output


def test_a_call_gets_the_result_of_the_same_call_each_once_in_the_order_they_were_made() -> None:
    world = World(recording())
    assert served(world, "find", order=7) == {"state": "sent"}
    assert [each.tool_name for each in world.unused] == ["find", "refund"]
    assert served(world, "find", order=7) == {"state": "lost"}
    assert served(world, "find", order=7) is None, "a third was not recorded"
    assert served(World(recording()), "refund", order=7) == "Refunds are closed.", "others may come before"


def test_whoever_goes_on_in_a_fork_finds_all_that_was_left_and_first_what_nobody_was_served() -> None:
    world = World(recording())
    first, second = world.fork(), world.fork()
    assert served(first, "find", order=7) == {"state": "sent"}
    assert served(second, "find", order=7) == {"state": "lost"}
    assert [each.tool_name for each in world.unused] == ["refund"]
    assert served(second, "find", order=7) == {"state": "sent"}
    assert served(second, "find", order=7) is None
    # What it goes on from was not served itself, and what goes on from one was.
    assert served(world, "find", order=7) is not None
    assert served(second.fork(), "find", order=7) is None
    assert served(first.fork(), "find", order=7) == {"state": "lost"}


@pytest.mark.parametrize(
    ("arguments", "is_there"),
    [
        ({"order": 7, "details": False}, True),
        ({"details": False, "order": 7.0}, True),
        ({"order": 7, "details": True}, False),
        ({"order": "7"}, False),
        ({"order": True}, False),
        ({"order": 7, "limit": 1}, False),
        ({}, False),
    ],
)
def test_arguments_are_equal_as_json_with_the_schemas_defaults_put_in(
    arguments: dict[str, Any], is_there: bool
) -> None:
    assert (served(World(recording()), "find", **arguments) is not None) is is_there


def test_defaults_that_only_the_candidate_knows_count_on_both_sides() -> None:
    world = World(recording(tools=[], calls=[called("find", "x", order=7, limit=5), called("find", "y", order=7)]))
    assert served(world, "find", order=7, limit=5) == "x"
    world.assume("find", {"limit": 5})
    assert served(world, "find", order=7, limit=5) == "y"
    assert world.unused == []


CALLS = st.lists(st.tuples(st.sampled_from(["find", "refund"]), st.integers(0, 2)), max_size=8)


@given(CALLS, st.randoms())
def test_the_recorded_calls_in_any_order_never_leave_the_record(calls: list[tuple[str, int]], order: Any) -> None:
    recorded = [called(tool, place, order=number) for place, (tool, number) in enumerate(calls)]
    world = World(recording(calls=recorded))
    made = list(calls)
    order.shuffle(made)
    results = [served(world, tool, order=number) for tool, number in made]
    assert sorted(results) == list(range(len(calls))), "each recorded result is served once"
    for tool, number in {*calls}:
        of_same = [result for result, call in zip(results, made, strict=True) if call == (tool, number)]
        assert of_same == sorted(of_same), "equal calls get theirs in the order they were recorded"
    assert world.unused == []


def answer(answering: Answering, tool: str, **arguments: Any) -> Any:
    return asyncio.run(answering.answer(tool, arguments))


def test_by_default_the_first_call_that_is_not_recorded_ends_the_world_for_good() -> None:
    answering = Answering(recording(), ReplayPolicy())
    assert answer(answering, "find", order=7) == {"state": "sent"}
    with pytest.raises(ToolFailed, match=r"^Refunds are closed\.$"):
        answer(answering, "refund", order=7)
    for _ in range(2):
        with pytest.raises(WorldEnded):
            answer(answering, "refund", order=8)
    with pytest.raises(WorldEnded):
        answer(answering, "find", order=7)
    replay = answering.replay()
    refund = ToolCall("refund", {"order": 8})
    assert replay.divergence == Divergence(3, ToolCall("find", {"order": 7}), refund)
    assert (replay.stopped, replay.unused) == (True, 1)
    assert [(each.source, each.call.outcome) for each in replay.calls] == [
        ("recorded", "done"),
        ("recorded", "failed"),
        ("none", "denied"),
    ]
    assert not issubclass(WorldEnded, Exception), "agents catch the errors of their tools"


def test_beyond_a_record_that_is_used_up_nothing_is_expected() -> None:
    answering = Answering(recording(calls=[]), ReplayPolicy())
    with pytest.raises(WorldEnded):
        answer(answering, "find", order=7)
    assert answering.replay().divergence == Divergence(1, None, ToolCall("find", {"order": 7}))


def test_a_simulated_world_goes_on_and_never_turns_back_to_the_record() -> None:
    made_before: list[list[str]] = []

    async def simulate(world: Recording, made: Sequence[ToolCall], call: ToolCall) -> object:
        made_before.append([each.tool_name for each in made])
        return {"simulated": call.tool_name}

    answering = Answering(recording(), ReplayPolicy("simulate", simulate))
    assert answer(answering, "find", order=7) == {"state": "sent"}
    assert answer(answering, "find", order=8) == {"simulated": "find"}
    assert answer(answering, "find", order=7) == {"simulated": "find"}
    replay = answering.replay()
    assert [each.source for each in replay.calls] == ["recorded", "simulated", "simulated"]
    assert (replay.stopped, replay.unused) == (False, 2)
    assert replay.divergence is not None
    assert replay.divergence.index == 2
    assert made_before == [["find"], ["find", "find"]]


def test_only_tools_that_were_named_safe_are_ever_called_live() -> None:
    called_live: list[dict[str, Any]] = []

    async def look_up(arguments: dict[str, Any]) -> object:
        called_live.append(arguments)
        if arguments["order"] == 9:
            raise KeyError("no order 9")
        return "from the shop"

    answering = Answering(recording(), ReplayPolicy("live", live={"find": look_up}))
    assert answer(answering, "find", order=7) == {"state": "sent"}
    assert called_live == [], "what is recorded is not called"
    assert answer(answering, "find", order=8) == "from the shop"
    with pytest.raises(ToolFailed, match="no order 9"):
        answer(answering, "find", order=9)
    with pytest.raises(WorldEnded):
        answer(answering, "refund", order=7)
    with pytest.raises(WorldEnded):
        answer(answering, "find", order=8)
    assert called_live == [{"order": 8}, {"order": 9}]
    replay = answering.replay()
    assert [each.source for each in replay.calls] == ["recorded", "live", "live", "none"]
    assert replay.stopped


async def _tool(_arguments: dict[str, Any]) -> object:
    return None


async def _simulate(_world: Recording, _made: Sequence[ToolCall], _call: ToolCall) -> object:
    return None


@pytest.mark.parametrize(
    "policy",
    [
        lambda: ReplayPolicy("simulate"),
        lambda: ReplayPolicy("stop", _simulate),
        lambda: ReplayPolicy("live"),
        lambda: ReplayPolicy("stop", live={"find": _tool}),
        lambda: ReplayPolicy("simulate", _simulate, {"find": _tool}),
    ],
)
def test_who_answers_and_the_policy_go_together(policy: Any) -> None:
    with pytest.raises(InputError, match=r"Replay (simulates|calls tools live)"):
        policy()
