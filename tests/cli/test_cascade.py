"""From two runs to a cascade that is evaluated, gated and served."""

from pathlib import Path

import pytest

from tests.agents.test_cascade import push_cascade
from tests.cli.conftest import Windlass
from tests.live import CAREFUL, Project

ITEMS = 60
EVALUATORS = ["exact_match", "input_tokens"]

FIT = ("cascade", "fit", "--cheap", "careless", "--strong", "careful", "--cost", "input_tokens")


@pytest.fixture
def measured(project: Project) -> None:
    """Runs of a careless release, which says how sure it is, and of a careful one that reads ten times as much."""
    push_cascade(project)
    project.push_release("careful", " ".join([CAREFUL] * 30))
    project.push_sums(items=ITEMS)
    for release in ("careless", "careful"):
        project.evaluate(release, evaluators=EVALUATORS, concurrency=16)


def test_a_cascade_is_fitted_pushed_evaluated_and_gated(
    windlass: Windlass, project: Project, measured: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Not enough items to show so little: nothing is pushed.
    done = windlass(*FIT, "--margin", "0.01", "--push", "fitted")
    assert (done.code, done.out.splitlines()[-1]) == (3, "nothing is pushed")
    with project.http() as http:
        assert http.get("/api/v1/artifacts/release/fitted").status_code == 404
    # The careful one says nothing of its confidence.
    done = windlass("cascade", "fit", "--cheap", "careful", "--strong", "careless", "--margin", "0.1")
    assert done.code == 2
    assert "have no confidence" in done.err

    done = windlass(*FIT, "--margin", "0.15", "--push", "fitted")
    assert done.code == 0
    first, *table = done.out.splitlines()
    assert first.startswith("Pass: escalating below a token probability of 0.65 (50% of the items) keeps it good")
    assert table[-1] == "release/fitted@1 pushed"
    assert windlass(*FIT, "--margin", "0.15", "--push", "fitted").out.splitlines()[-1].endswith("is there already")
    body = project.client.get("/artifacts/release/fitted/versions/latest")["body"]
    assert body["cascade"]["steps"][0]["escalate_below"] == 0.65

    evaluated = project.evaluate("fitted", evaluators=EVALUATORS, concurrency=16)
    fitted = project.client.post("/cascades/fit", {"cheap": "careless", "strong": "careful", "margin": 0.15})
    for metric in EVALUATORS:
        assert evaluated["metrics"][metric]["mean"] == pytest.approx(fitted["expected"][metric]["mean"])
    compared = windlass("compare", "careful", "fitted", "--reference", "careful", "--margin", "0.15")
    assert (compared.code, compared.out.split(":")[1].split()[0]) == (0, "fitted@1")

    rule = {"primary": {"metric": "exact_match", "kind": "non_inferiority", "margin": 0.15}}
    gated = {"candidate": "fitted@latest", "baseline": "careful@latest", "rule": rule}
    assert project.client.post("/gates", gated)["outcome"] == "pass"
    project.client.post(
        "/environments/production/promote", {"release": "fitted@latest", "expected": None, "reason": "x"}
    )
    assert project.ask("fitted@production", "What is 3 + 4?").json()["choices"][0]["message"]["content"] == "7"
    # A file of it makes the same version.
    monkeypatch.chdir(tmp_path)
    windlass("pull", "release/fitted")
    windlass("push", "fitted.yaml")
    assert project.client.get("/artifacts/release/fitted/versions/latest")["number"] == 1
