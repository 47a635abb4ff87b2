"""`windlass replay`."""

from pathlib import Path

import pytest

from tests.agents.shop import clerk, push_shop
from tests.cli.conftest import Windlass, rows
from tests.evaluation.targets.agents import asked, completion
from tests.evaluation.targets.test_mcp_tool import orders
from tests.live import Project
from tests.sdk.test_replaying import record
from tests.telemetry.sending import trace_id
from windlass.models.scripted import ScriptedServer, asking

CANDIDATE = """
def answer(question, tools):
    order = int(question.strip("?").split()[-1])
    return str(tools.call("find", order=order)["state"]) + str(tools.call("find", order=order + 10))
"""


def test_traces_are_drawn_replayed_and_their_divergences_printed(
    windlass: Windlass, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(project)
    (tmp_path / "replayed_shop.py").write_text(CANDIDATE)
    monkeypatch.chdir(tmp_path)
    done = windlass("replay", "replayed_shop:answer", "--dataset", "recordings", "--draw", "--text", trace_id(2))
    assert done.code == 0, done.err
    assert done.err.splitlines()[0] == "1 of 1 traces drawn, 1 new."
    assert "1 of 1 replays left their record; tool calls: 1 recorded, 0 simulated, 0 live; 0 recorded" in done.out
    last = done.out.splitlines()[-1].split()
    assert last == [trace_id(2), "2", "–", "find(order=12)", "stopped"]
    with orders() as url:
        live = ["--policy", "live", "--tools", url, "--safe", "find"]
        done = windlass("replay", "replayed_shop:answer", "--dataset", "recordings", *live)
        assert "tool calls: 1 recorded, 0 simulated, 1 live" in done.out
        assert done.out.splitlines()[-1].split()[-2:] == ["went", "on"]
        live[-1] = "lose"
        lost = windlass("replay", "replayed_shop:answer", "--dataset", "recordings", *live)
    assert (lost.code, "has no tool 'lose'; its tools are find, greet" in lost.err) == (2, True)


def test_a_model_simulates_what_the_record_does_not_have(
    windlass: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(project, traces=1)
    answers = [
        completion(None, ("find", {"order": 2})),
        completion("made up"),
    ]
    with ScriptedServer(lambda _: '{"result": "lost"}') as model, asked(lambda _: answers.pop(0)) as agent:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        at = ["--target", f"{agent.url}/v1", "--model", "shop"]
        simulate = ["--policy", "simulate", "--simulator", "openai:m"]
        done = windlass("replay", "--dataset", "seen", *at, *simulate, "--evaluator", "exact_match")
    assert done.code == 0, done.err
    assert "tool calls: 0 recorded, 1 simulated, 0 live; 1 recorded not made" in done.out
    assert agent.bodies[1]["messages"][-1]["content"] == "lost"
    assert [call.model for call in model.calls] == ["m"]


@pytest.mark.slow
def test_a_release_is_replayed_by_the_server(
    windlass: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(project)
    monkeypatch.setattr(project.live.provider, "_answer", clerk)
    # Nothing answers there, and nothing is called there.
    push_shop(project, "http://127.0.0.1:9/mcp")
    done = windlass("replay", "release/shop@latest", "--dataset", "seen")
    assert done.code == 0, done.err
    assert "0 of 2 replays left their record; tool calls: 2 recorded, 0 simulated, 0 live" in done.out
    monkeypatch.setattr(project.live.provider, "_answer", lambda _messages: asking(("find", {"order": 1})))
    done = windlass("replay", "shop@latest", "--dataset", "seen")
    assert "2 of 2 replays left their record" in done.out
    assert [trace_id(2), "1", "find(order=2)", "find(order=1)", "stopped"] in rows(done)
    live = windlass("replay", "shop@latest", "--dataset", "seen", "--policy", "live", "--safe", "refund")
    assert (live.code, "The effect of refund is write" in live.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "Name the candidate: a release as `name@what`, a function as"),
        (["no_module"], "names no function; write module:function, or name@what for a release"),
        (["shop@latest", "--tools", "http://127.0.0.1:9"], "A release brings its tools; leave `--tools` out"),
        (["shop@latest", "--name", "other"], "The candidate is a release already, which has its name"),
        (["prompt/shop@1"], "'prompt/shop@1' is a prompt, but a release is needed here"),
        (["no_module_of_mine:answer"], "cannot be loaded: No module named"),
        (["json:answer"], "cannot be loaded: module 'json' has no attribute 'answer'"),
        (["json:loads", "--policy", "wild"], "no policy of a replay"),
        (["json:loads", "--policy", "live", "--safe", "find"], "give both `--tools URL` and `--safe NAME`"),
        (["json:loads", "--draw", "--text", "nothing"], "No trace is meant or drawn (0 meant)"),
        (["json:loads", "--target", "http://127.0.0.1:9"], "Name the candidate"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    windlass: Windlass, project: Project, options: list[str], sentence: str
) -> None:
    done = windlass("replay", "--dataset", "none", *options)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err


def test_why_samples_failed_is_said(
    windlass: Windlass, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unable.py").write_text("def answer(question):\n    return 'no tools asked for'\n")
    monkeypatch.chdir(tmp_path)
    recording = {"trace_id": "ab" * 16, "inputs": ["Where is it?"]}
    project.client.post(
        "/datasets/seen", {"items": [{"id": "a", "input": "?", "metadata": {"recording": recording}}]}
    )
    done = windlass("replay", "unable:answer", "--dataset", "seen", "--evaluator", "latency_s")
    assert "1 of 1 samples, 1 failed" in done.out
    assert "a failed: " in done.out
    assert "answer() takes 1 positional argument but 2 were given" in done.out
    assert ["latency_s", "–", "–", "0", "1"] in rows(done)
