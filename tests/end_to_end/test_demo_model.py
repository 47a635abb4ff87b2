"""`windlass demo --model`: the same loop with a model behind a socket."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from windlass.models.completion import Message
from windlass.models.scripted import Failure, ScriptedServer

from .conftest import DEMO_S, Demo
from .processes import Processes, eventually

RUNS = 3
QUESTIONS = 20


def quote(messages: Sequence[Message]) -> str:
    """Answer with the first two sentences of the first passage, as a careful model might."""
    context = re.search(r"<context>\s*\[[^\n]*\]\n(.*?)</context>", messages[-1].content, re.DOTALL)
    if context is None:
        return "The guide does not say."
    return " ".join(re.split(r"(?<=[.!?])\s+", context[1].strip())[:2])


@pytest.mark.xdist_group("demo")
def test_a_model_of_the_openai_wire_runs_the_same_loop_and_an_interrupted_demo_asks_only_what_is_left(
    demo_run: Demo, processes: Processes, tmp_path: Path
) -> None:
    shutil.copytree(demo_run.left, tmp_path / "data", symlinks=True)
    with ScriptedServer(quote, latency_s=0.05) as server:
        arguments = ("demo", "--data", tmp_path / "data", "--port", "0", "--exit", "--model", "openai:scripted")
        interrupted = processes.start(*arguments, "--base-url", server.url)
        interrupted.wait_for(r"push\s+release/\S+ \(worse\)", DEMO_S)
        eventually(lambda: len(server.calls) > 20 or None, "a run under way")
        assert interrupted.end() == 130, interrupted.output
        assert "Traceback" not in interrupted.output
        asked_before = len(server.calls)
        demo = processes.run(*arguments, "--base-url", server.url, timeout_s=DEMO_S)
        calls = server.calls
    assert demo.code == 0, demo.output
    assert "new versions" not in interrupted.output
    assert "0 new versions" in demo.output
    items = [int(count) for count in re.findall(r"evaluate\s+\S+: (\d+) questions", demo.output)]
    assert len(items) == RUNS
    assert 20 < asked_before < sum(items)
    # Each sample and each question once, whoever was interrupted: what was in flight was kept.
    assert len(calls) == sum(items) + QUESTIONS
    assert sum(call.stream for call in calls) == QUESTIONS // 2
    assert {call.model for call in calls} == {"scripted"}
    assert {tuple(message.role for message in call.messages) for call in calls} == {("system", "user")}
    # Parameters of the prompt are the model's; those that only the offline baseline knows went with it.
    assert {call.body.get("temperature") for call in calls} == {0}
    assert f"answered {QUESTIONS} of {QUESTIONS} questions" in demo.output
    assert re.search(r"gate\s+better: (Pass|Fail|Not enough data)", demo.output)
    assert re.search(r"gate\s+worse: (Fail|Not enough data)", demo.output)
    assert "local:extractive" not in demo.output
    assert "no price" in demo.output


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai:gpt-5", "OPENAI_API_KEY"),
        ("anthropic:claude", "ANTHROPIC_API_KEY"),
        ("google:gemini", "GOOGLE_API_KEY"),
    ],
    ids=lambda value: value.partition(":")[0],
)
def test_a_model_without_a_key_is_one_sentence_that_names_the_variable_and_makes_nothing(
    processes: Processes, tmp_path: Path, model: str, variable: str
) -> None:
    demo = processes.run("demo", "--data", tmp_path / "data", "--port", "0", "--exit", "--model", model)
    assert demo.code == 2
    assert demo.output.count("\n") == 1
    assert demo.output.startswith("Error: ")
    assert variable in demo.output
    assert not any(tmp_path.iterdir())


def test_a_word_that_is_no_model_is_one_sentence_too(processes: Processes, tmp_path: Path) -> None:
    demo = processes.run("demo", "--data", tmp_path / "data", "--port", "0", "--model", "gpt-5")
    assert (demo.code, demo.output.count("\n")) == (2, 1)
    assert "'gpt-5' is not a model; write local:extractive, openai:NAME" in demo.output
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_a_key_that_is_refused_ends_the_demo_with_the_reason_and_the_right_one_makes_it_whole(
    processes: Processes, tmp_path: Path
) -> None:
    arguments = ("demo", "--data", tmp_path / "data", "--port", "0", "--exit", "--model", "openai:scripted")
    with ScriptedServer(quote) as server:
        refusals: list[Failure | None] = ["401"] * 900
        server.fail(*refusals)
        key = "sk-not-to-be-printed"
        refused = processes.run(*arguments, "--base-url", server.url, timeout_s=DEMO_S, OPENAI_API_KEY=key)
    assert refused.code == 2
    assert "Error: The evaluation of baseline did not succeed: " in refused.output
    assert "OPENAI_API_KEY" in refused.output
    assert key not in refused.output
    assert "Traceback" not in refused.output
    with ScriptedServer(quote) as server:
        demo = processes.run(*arguments, "--base-url", server.url, timeout_s=DEMO_S)
    assert demo.code == 0, demo.output
    assert f"answered {QUESTIONS} of {QUESTIONS} questions" in demo.output
