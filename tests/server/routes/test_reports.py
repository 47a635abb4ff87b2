"""Reports of real runs over HTTP and the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Windlass, windlass, windlass_alone
from tests.evaluation.reports.reading import read_html
from tests.live import Project
from windlass.errors import InputError, NotFound

__all__ = ["windlass", "windlass_alone"]


@pytest.fixture
def runs(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    return project.evaluate_two(items=12)


def test_a_run_two_runs_and_several_become_files_and_are_read_in_a_terminal(
    project: Project, runs: tuple[dict[str, Any], dict[str, Any]], windlass: Windlass, tmp_path: Path
) -> None:
    careless, careful = (run["id"] for run in runs)
    file = tmp_path / "run.html"
    assert (
        windlass("report", careless, "--output", file).out == f"{file} holds the report: open it in a browser.\n"
    )
    page = read_html(file.read_text(encoding="utf-8"))
    assert "exact_match is 0.500 (12 items, 95 % interval" in page.text
    assert "Worst samples" in page.text
    assert page.outside == []
    with project.http() as http:
        answer = http.get(f"/api/v1/runs/{careless}/report.html")
    assert answer.headers["content-disposition"] == f'attachment; filename="{careless}.html"'
    # Opened in place it would be a page of this server: it runs nothing there.
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"

    shown = windlass("report", careless, careful).out
    assert "exact_match is better: +0.500 (0.500 → 1.000" in shown
    assert "Worst regressions" not in shown
    assert "exact_match 개선: +0.500(0.500 → 1.000" in windlass("report", careless, careful, "--lang", "ko").out
    back = windlass("report", careful, careless, "--format", "markdown").out
    assert back.startswith(f"# adder@{runs[0]['release']['number']} against adder@{runs[1]['release']['number']}")
    assert back.count("Candidate, adder@") == 5
    third = project.evaluate("adder@latest")["id"]
    several = windlass("report", careless, careful, third).out
    assert "3 runs on sums@1" in several
    assert "has the highest exact_match, 1.000" in several


def test_a_verdict_and_an_arena_have_reports(
    project: Project, runs: tuple[dict[str, Any], dict[str, Any]], windlass: Windlass
) -> None:
    careless, careful = (run["id"] for run in runs)
    rule = {"primary": {"metric": "exact_match", "kind": "non_inferiority", "margin": 0.1}}
    verdict = project.client.post("/gates", {"candidate": careful, "baseline": careless, "rule": rule})
    document = json.loads(windlass("report", "--verdict", verdict["id"], "--format", "json").out)
    assert (document["lead"], document["tone"]) == (verdict["sentence"], "good")
    plot = document["sections"][0]["blocks"][0]
    assert (plot["rows"][0]["limit"], plot["rows"][0]["refused"]) == (-0.1, "left")
    assert verdict["digest"] in windlass("report", "--verdict", verdict["id"], "--format", "html").out
    korean = read_html(windlass("report", "--verdict", verdict["id"], "--format", "html", "--lang", "ko").out).text
    assert "통과: exact_match 0.5 개선(0.5 → 1; " in korean
    assert "허용 한계(0.100) 이내" in korean
    assert "Baseline" not in korean
    # The report of the two runs knows what the gate asked.
    pair = json.loads(windlass("report", careless, careful, "--format", "json").out)
    assert pair["sections"][0]["blocks"][0]["rows"][0]["limit"] == -0.1

    project.client.post("/arenas", {"name": "sums", "runs": [careless, careful]})
    assert "Nobody has voted yet." in windlass("report", "--arena", "sums").out
    assert "아직 아무도 투표하지 않았습니다." in windlass("report", "--arena", "sums", "--lang", "ko").out
    battle = project.client.post("/arenas/sums/next", {})["battle"]
    project.client.put(f"/arenas/sums/battles/{battle['id']}/vote", {"verdict": "both_bad"})
    assert "1 both bad, counted as ties" in windlass("report", "--arena", "sums").out


def test_what_cannot_be_reported_is_said_in_one_sentence(
    project: Project, windlass: Windlass, tmp_path: Path
) -> None:
    run = "run-none"
    assert "Say what to report on" in windlass("report").err
    assert "Say what to report on" in windlass("report", run, "--verdict", "verdict-1").err
    assert "A terminal is no file" in windlass("report", run, "-o", tmp_path / "x", "--format", "terminal").err
    assert "names each run once" in windlass("report", run, run).err
    with pytest.raises(NotFound):
        project.client.get("/verdicts/verdict-none/report.json")
    with pytest.raises(InputError):
        project.client.get(f"/runs/{run}/report.pdf")
