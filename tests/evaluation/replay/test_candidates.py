"""Candidates in recorded worlds: an agent over OpenAI's wire, and functions of one's own."""

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.evaluation.replay.worlds import FIND, called, item, recording
from tests.evaluation.targets.agents import Asked, asked, completion
from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.metrics.replays import replay_match
from windlass.evaluation.predictions import dump_prediction, load_prediction
from windlass.evaluation.replay.answering import ReplayPolicy, ToolFailed
from windlass.evaluation.replay.chat import replayed_agent
from windlass.evaluation.replay.functions import ReplayedFunction, Tools
from windlass.evaluation.replay.recording import Recording
from windlass.evaluation.replay.simulating import ModelSimulator
from windlass.evaluation.replayed import Replay
from windlass.evaluation.results import run_sample, summarise
from windlass.evaluation.runner import run_samples
from windlass.evaluation.samples import Item, Prediction, SampleResult
from windlass.evaluation.targets.opening import open_target
from windlass.evaluation.targets.spec import read_spec
from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Completion, Message, OutputSchema, Usage
from windlass.models.failures import ProviderFailure


def replay_of(prediction: Prediction) -> Replay:
    assert prediction.replay is not None
    return prediction.replay


def scripted(*answers: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    left = list(answers)
    return lambda _body: left.pop(0)


def chat(server: Asked, policy: ReplayPolicy | None = None, **more: Any) -> Callable[[Item], Any]:
    spec = read_spec({"protocol": "openai", "url": server.url, "model": "shop", **more})
    return replayed_agent(open_target(spec), policy or ReplayPolicy())


def test_an_agent_that_asks_for_tools_is_answered_from_the_record() -> None:
    answers = [
        completion(None, ("find", {"order": 7}), ("find", {"order": 7, "details": False})),
        completion("Let me see.", ("refund", {"order": 7})),
        completion("Lost."),
    ]
    with asked(scripted(*answers)) as server:
        prediction = asyncio.run(chat(server)(item()))
    replay = replay_of(prediction)
    assert (prediction.output, prediction.usage) == ("Lost.", Usage(21, 6))
    assert [each.source for each in replay.calls] == ["recorded"] * 3
    assert (replay.divergence, replay.stopped, replay.unused) == (None, False, 0)
    assert prediction.trajectory == replay.trajectory
    first, second, third = server.bodies
    assert first["tools"] == [{"type": "function", "function": FIND.model_dump()}]
    results = [message for message in second["messages"] if message["role"] == "tool"]
    assert [(each["tool_call_id"], json.loads(each["content"])["state"]) for each in results] == [
        ("c0", "sent"),
        ("c1", "lost"),
    ]
    assert third["messages"][-1] == {
        "role": "tool",
        "tool_call_id": "c0",
        "content": "Error: Refunds are closed.",
    }
    assert third["messages"][1]["tool_calls"], "the agent sees what it asked for"


def test_the_sample_of_an_agent_that_leaves_the_record_ends_there() -> None:
    answers = [completion(None, ("find", {"order": 7})), completion("Hm.", ("refund", {"order": 8}))]
    own = {"type": "function", "function": {"name": "refund", "parameters": {}}}
    with asked(scripted(*answers)) as server:
        prediction = asyncio.run(chat(server, parameters={"tools": [own]})(item()))
    replay = replay_of(prediction)
    assert prediction.output == ""
    assert replay.divergence is not None
    assert (replay.divergence.index, replay.divergence.actual) == (2, ToolCall("refund", {"order": 8}))
    assert replay.stopped
    assert len(server.bodies) == 2
    assert server.bodies[0]["tools"] == [own], "its own tools come before those of the trace"


def test_what_the_user_said_is_said_in_order_after_what_was_said_before() -> None:
    history = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
    world = recording(history=history, inputs=["Where is order 7?", "Refund it."])
    with asked(scripted(completion("Sent."), completion("No."))) as server:
        assert asyncio.run(chat(server)(item(world))).output == "No."
    told = [{"role": "user", "content": world.inputs[0]}, {"role": "assistant", "content": "Sent."}]
    assert server.bodies[1]["messages"] == [*history, *told, {"role": "user", "content": "Refund it."}]


def test_an_agent_that_goes_round_in_circles_fails_its_sample() -> None:
    world = recording(calls=[called("find", n, order=7) for n in range(60)])
    with (
        asked(lambda _: completion(None, ("find", {"order": 7}))) as server,
        pytest.raises(ProviderFailure, match="asked for tools 50 times without an answer"),
    ):
        asyncio.run(chat(server)(item(world)))


def test_an_agent_whose_tools_nobody_could_hold_back_is_not_replayed() -> None:
    spec = read_spec({"protocol": "a2a", "url": "http://127.0.0.1:9"})
    with pytest.raises(InputError, match="one by URL must ask for them, over the openai protocol"):
        replayed_agent(open_target(spec), ReplayPolicy())
    with asked(lambda _: {}) as server, pytest.raises(InputError, match="'i1' has no recording to replay"):
        asyncio.run(chat(server)(Item(id="i1", input="?")))
    assert server.bodies == []


def find(order: int, details: bool = False) -> dict[str, str]:
    """Find an order in earnest."""
    raise AssertionError("a replay called a real tool")


async def refund(order: int) -> str:
    """Pay an order back in earnest."""
    raise AssertionError("a replay called a real tool")


def in_threads(question: str, tools: Tools) -> str:
    wrapped = tools.wrap(find)
    assert wrapped.__doc__ == find.__doc__
    wrapped(7)
    return f"{question} {wrapped(order=7)['state']}, {tools.call('find', order=1)}"


async def waiting(question: str, tools: Tools) -> str:
    await tools.acall("find", order=7)
    try:
        await tools.wrap(refund)(order=7)
    except ToolFailed as failure:
        return str(failure)
    raise AssertionError("the recorded failure was lost")


def test_a_function_calls_its_tools_through_the_handle_it_is_given() -> None:
    prediction = asyncio.run(ReplayedFunction(waiting, ReplayPolicy())(item()))
    assert prediction.output == "Refunds are closed."
    assert [each.call.outcome for each in replay_of(prediction).calls] == ["done", "failed"]
    assert replay_of(prediction).unused == 1

    async def simulate(_world: Recording, _made: Sequence[ToolCall], call: ToolCall) -> object:
        return f"simulated {call.tool_input['order']}"

    prediction = asyncio.run(ReplayedFunction(in_threads, ReplayPolicy("simulate", simulate))(item()))
    assert prediction.output == "Where is order 7? lost, simulated 1"
    assert [each.source for each in replay_of(prediction).calls] == ["recorded", "recorded", "simulated"]


async def tries_everything(question: str, tools: Tools) -> str:
    """An agent that catches whatever its tools raise and tries the next one, in tasks of its own."""

    async def attempt(order: int) -> None:
        with contextlib.suppress(Exception):
            await tools.acall("refund", order=order)

    async with asyncio.TaskGroup() as group:
        for order in range(3):
            group.create_task(attempt(order))
    return "Refunded."


def hides_the_end(question: str, tools: Tools) -> str:
    try:
        tools.call("refund", order=8)
    except BaseException as error:
        raise RuntimeError("the tool could not be called") from error
    return "Refunded."


def swallows_the_end(question: str, tools: Tools) -> str:
    with contextlib.suppress(BaseException):
        tools.call("refund", order=8)
    return "Refunded."


@pytest.mark.parametrize("candidate", [tries_everything, hides_the_end, swallows_the_end])
def test_no_candidate_gets_past_the_end_of_its_world(candidate: Any) -> None:
    prediction = asyncio.run(ReplayedFunction(candidate, ReplayPolicy())(item()))
    assert prediction.output == ""
    assert replay_of(prediction).stopped
    assert replay_of(prediction).count("none") >= 1
    assert replay_of(prediction).count("recorded") == 0


@dataclasses.dataclass(frozen=True)
class Order:
    number: int


def test_what_is_no_json_is_kept_as_json_and_given_as_it_is() -> None:
    given: list[Any] = []

    async def look_up(arguments: dict[str, Any]) -> object:
        given.append(arguments["order"])
        return Order(8)

    def answer(question: str, tools: Tools) -> str:
        def track(**details: Any) -> None:
            """Track."""

        tools.wrap(track)(order=Order(7), tags={"b", "a"})["state"] = "changed"
        return str(tools.call("find", order=Order(8)).number)

    recorded = called("track", {"state": "sent"}, order={"number": 7}, tags=["a", "b"])
    world = item(recording(calls=[recorded], tools=[]))
    prediction = asyncio.run(ReplayedFunction(answer, ReplayPolicy("live", live={"find": look_up}))(world))
    assert (prediction.output, given) == ("8", [Order(8)])
    assert [each.call.tool_output for each in replay_of(prediction).calls] == [{"state": "sent"}, {"number": 8}]
    assert load_prediction(dump_prediction(prediction)).output == "8"
    assert world.metadata["recording"]["calls"][0]["tool_output"] == {"state": "sent"}  # type: ignore[index]


def test_a_simulator_that_fails_spoils_the_sample_whatever_the_candidate_makes_of_it() -> None:
    async def fail(_world: Recording, _made: Sequence[ToolCall], _call: ToolCall) -> object:
        raise ProviderFailure("The simulator is away.", retryable=True)

    def answer(question: str, tools: Tools) -> str:
        with contextlib.suppress(Exception):
            tools.call("find", order=8)
        return "It cannot be found."

    with pytest.raises(ProviderFailure, match="simulator is away"):
        asyncio.run(ReplayedFunction(answer, ReplayPolicy("simulate", fail))(item()))


def test_a_failure_of_the_candidates_own_is_its_samples_failure() -> None:
    def broken(question: str, tools: Tools) -> str:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(ReplayedFunction(broken, ReplayPolicy())(item()))
    with pytest.raises(InputError, match="The candidate returned a int"):
        asyncio.run(ReplayedFunction(lambda question, tools: 7, ReplayPolicy())(item()))


def test_samples_that_were_cut_off_are_counted_and_no_part_of_the_mean() -> None:
    def answer(question: str, tools: Tools) -> str:
        return str(tools.call("find", order=int(question))["state"])

    def right(sample: Any) -> float:
        return float(sample.output == "sent")

    async def judged(sample: Any) -> float:
        assert sample.output, "a judge is not paid for what is no answer"
        return 1.0

    worlds = [recording(inputs=[asked]) for asked in ("7", "8")]
    items = [item(world).model_copy(update={"id": f"i{place}"}) for place, world in enumerate(worlds)]
    evaluators = [Evaluator("right", right), Evaluator("judged", judged), replay_match]
    store = MemorySamples()
    asyncio.run(run_samples(items, ReplayedFunction(answer, ReplayPolicy()), evaluators, store))
    metrics = summarise(store.stored(), items, ["right", "judged", "replay_match"])
    assert (metrics["right"].mean, metrics["right"].n, metrics["right"].missing_why) == (1.0, 1, {"diverged": 1})
    assert (metrics["judged"].n, metrics["judged"].missing_why) == (1, {"diverged": 1})
    assert (metrics["replay_match"].mean, metrics["replay_match"].n) == (0.5, 2)
    left: SampleResult = store.stored()["i1"]
    why = "call 1: find(order=8), where the record has find(order=7)"
    assert left.judgements["replay_match"].explanation == why
    assert left.prediction is not None, "it did not fail"
    shown = run_sample(items[1], left).replay
    assert shown is not None
    assert shown.model_dump(include={"divergence", "stopped", "unused", "policy"}) == {
        "policy": "stop",
        "divergence": {
            "index": 1,
            "expected": {"tool": "find", "arguments": {"order": 7}},
            "actual": {"tool": "find", "arguments": {"order": 8}},
        },
        "stopped": True,
        "unused": 3,
    }


def test_a_simulator_is_shown_the_tool_the_record_and_what_was_made_up_since() -> None:
    shown: list[Any] = []

    async def ask(messages: Sequence[Message], schema: OutputSchema) -> Completion:
        shown.append(json.loads(messages[-1].content))
        text = json.dumps({"result": '{"state": "back"}' if len(shown) == 1 else "plain text"})
        return Completion(text, Usage(1, 1), "m", "stop", None, 0.0)

    simulate = ModelSimulator(ask)
    call = ToolCall("find", {"order": 8})
    since = [ToolCall("find", {"order": 7}, tool_output={"state": "sent"})]
    assert asyncio.run(simulate(recording(), since, call)) == {"state": "back"}
    assert asyncio.run(simulate(recording(), [], call)) == "plain text"
    first = shown[0]
    assert first["tool"]["description"] == "Find an order."
    assert first["call"] == {"tool": "find", "arguments": {"order": 8}}
    assert first["since"] == [{"tool": "find", "arguments": {"order": 7}, "result": {"state": "sent"}}]
    assert [each.get("result", each.get("error")) for each in first["recorded"]] == [
        {"state": "sent"},
        {"state": "lost"},
        "Refunds are closed.",
    ]

    async def babble(messages: Sequence[Message], schema: OutputSchema) -> Completion:
        return Completion("no json", Usage(1, 1), "m", "stop", None, 0.0)

    with pytest.raises(ProviderFailure, match="no result of a tool"):
        asyncio.run(ModelSimulator(babble)(recording(), [], call))
