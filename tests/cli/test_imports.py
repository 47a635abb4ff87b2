"""Runs of other tools, brought to a server by `windlass import`."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Windlass
from tests.live import Project
from tests.real_data import real_data
from windlass.client import Client
from windlass.errors import Unavailable


def only_run(project: Project) -> dict[str, Any]:
    (run,) = project.client.get("/runs")["items"]
    found: dict[str, Any] = project.client.get(f"/runs/{run['id']}")
    return found


def test_tau_bench_s_runs_are_traces_with_its_rewards_and_pass_k(windlass: Windlass, project: Project) -> None:
    file = real_data("tau_bench/gpt-4o-airline.json")
    done = windlass("import", "tau-bench", file, "--model", "gpt-4o", "--evaluator", "trajectory_recall")
    assert (done.code, done.err) == (0, "")
    run = only_run(project)
    assert (run["state"], run["items"], run["repeats"], run["finished_items"]) == ("finished", 50, 4, 200)
    reward = run["metrics"]["reward"]
    assert (reward["n"], reward["repeats"]["missing"]) == (50, 0)
    passes = {each["k"]: each["pass_hat"] for each in reward["repeats"]["passes"]}
    assert [round(passes[k]["mean"], 3) for k in (1, 2, 3, 4)] == [0.42, 0.273, 0.22, 0.2]
    assert all(rate["low"] < rate["mean"] < rate["high"] for rate in passes.values())
    assert run["metrics"]["trajectory_recall"]["n"] > 0
    sample = next(iter(project.client.pages(f"/runs/{run['id']}/samples")))
    trace = project.client.get(f"/traces/{sample['trace_id']}")
    spans = trace["spans"]
    # The sample and its agent begin at one moment.
    assert {span["operation"] for span in spans[:2]} == {"", "invoke_agent"}
    assert spans[2]["operation"] == "chat"
    tools = [span for span in spans if span["operation"] == "execute_tool"]
    assert (tools[0]["tool"], tools[0]["input"]) == ("get_user_details", '{"user_id":"mia_li_3668"}')
    assert '"first_name":"Mia"' in tools[0]["output"].replace(": ", ":")
    chats = [span for span in spans if span["operation"] == "chat"]
    assert (chats[0]["request_model"], chats[0]["input_messages"][0]["role"]) == ("gpt-4o", "user")
    assert chats[0]["system_instructions"]
    scores = {score["name"]: score for score in trace["scores"]}
    assert (scores["reward"]["author"], scores["reward"]["source"]) == ("tau-bench", "code")
    assert scores["trajectory_recall"]["author"] != "tau-bench"
    again = windlass("import", "tau-bench", file, "--model", "gpt-4o", "--evaluator", "trajectory_recall")
    assert "nothing is new" in again.out
    assert only_run(project) == run


DATA = Path(__file__).parents[1] / "evaluation" / "imports" / "data"


def test_an_inspect_log_is_a_run_whose_traces_have_their_own_times(windlass: Windlass, project: Project) -> None:
    done = windlass("import", "inspect", DATA / "inspect.eval")
    assert (done.code, done.err) == (0, "")
    assert "4 of 4 samples, 0 failed" in done.out
    assert "pass^k" in done.out
    run = only_run(project)
    assert (run["release"]["name"], run["dataset"]["name"]) == ("sums-mockllm-model", "sums")
    assert run["metrics"]["includes"]["mean"] == 0.5
    assert run["metrics"]["model_graded_qa"]["missing_why"] == {"unscored": 2}
    sample = project.client.get(f"/runs/{run['id']}/samples")["items"][0]
    trace = project.client.get(f"/traces/{sample['trace_id']}")
    assert trace["start_time"].startswith("2026-11-28T")
    failed = [span for span in trace["spans"] if span["status"] == "error"]
    assert [(span["tool"], span["status_message"]) for span in failed] == [("look", "There is nothing at b.")]
    assert {score["name"]: score["source"] for score in trace["scores"]}["model_graded_qa"] == "judge"
    graph = project.client.get("/graph", run=run["id"])
    assert graph["nodes"]


def test_promptfoo_s_runs_share_their_dataset_and_can_be_compared(windlass: Windlass, project: Project) -> None:
    done = windlass("import", "promptfoo", DATA / "promptfoo.json", "--name", "greetings")
    assert (done.code, done.err) == (0, "")
    runs = project.client.get("/runs")["items"]
    assert len(runs) == 4
    assert len({run["dataset"]["digest"] for run in runs}) == 1
    own, echo = (
        next(run for run in runs if run["release"]["name"] == f"greetings-{name}-prompt-1")
        for name in ("own-model-1", "echo")
    )
    assert (own["failed_items"], echo["failed_items"]) == (2, 0)
    compared = project.client.get(f"/runs/{own['id']}/compare", baseline=echo["id"], metric="contains")
    assert compared["items_paired"] == 3
    twice = windlass(
        "import", "promptfoo", DATA / "promptfoo.json", DATA / "promptfoo.json", "--name", "greetings"
    )
    assert twice.out.count("imported before, nothing is new") == 8
    assert len(project.client.get("/runs")["items"]) == 4


def test_judgements_are_a_run_with_what_did_not_parse_missing(
    windlass: Windlass, project: Project, tmp_path: Path
) -> None:
    file = tmp_path / "winners.csv"
    file.write_text("question,winner\none,A\ntwo,?\nthree,B\n", encoding="utf-8")
    options = ("--column", "input=question", "--column", "verdict=winner", "--verdict", "A=1", "--verdict", "B=0")
    done = windlass("import", "judgements", file, *options)
    assert (done.code, done.err) == (0, "")
    metric = only_run(project)["metrics"]["verdict"]
    assert (metric["mean"], metric["n"], metric["missing_why"]) == (0.5, 2, {"unparsable": 1})
    refused = windlass("import", "judgements", file, "--verdict", "A")
    assert (refused.code, "is not VERDICT=NUMBER" in refused.err) == (2, True)


def test_an_import_that_broke_off_goes_on_and_makes_nothing_twice(
    windlass: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def break_off(client: Client, request: bytes) -> None:
        send(client, request)
        sent.append(request)
        raise Unavailable("The server went away.")

    # Each request holds a span below a sample, so that there are several for these few samples.
    monkeypatch.setattr("windlass.delivery.imports._BYTES_A_REQUEST", 1)
    send = Client.send_traces
    monkeypatch.setattr(Client, "send_traces", break_off)
    broken = windlass("import", "inspect", DATA / "inspect.eval")
    assert (broken.code, len(sent), only_run(project)["state"]) == (2, 1, "running")
    monkeypatch.setattr(Client, "send_traces", send)
    assert windlass("import", "inspect", DATA / "inspect.eval").code == 0
    run = only_run(project)
    assert (run["state"], run["finished_items"]) == ("finished", 4)
    traces = list(project.client.pages("/traces", limit=50, run=run["id"]))
    assert len(traces) == 4
    assert all(trace["span_count"] == 7 for trace in traces)
    once = project.client.get(f"/traces/{traces[0]['trace_id']}")["spans"]
    assert len(once) == len({span["span_id"] for span in once})
