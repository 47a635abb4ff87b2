"""The loop by hand: push, evaluate, gate, promote, roll back, look."""

from pathlib import Path

import pytest

from tests.cli.conftest import Windlass, rows
from tests.live import CAREFUL, CARELESS, Project
from tests.telemetry.sending import request, span, trace_id

RULE = """kind: gate
primary: {metric: exact_match, kind: superiority}
"""


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with two releases and their data."""
    for label, instructions in (("careless", CARELESS), ("careful", CAREFUL)):
        write(
            tmp_path,
            f"{label}.md",
            f"---\nname: {label}\ninput:\n  question: {{type: string}}\n---\n"
            f"[system]\n{instructions}\n\n[user]\n{{{{ question }}}}\n",
        )
        write(
            tmp_path,
            f"release-{label}.yaml",
            f"kind: release\nname: adder\nlabels: [{label}]\n"
            f"prompts: {{answer: prompt/{label}}}\nmodel: model/scripted\n",
        )
    write(tmp_path, "model.yaml", "kind: model\nname: scripted\nmodel: openai:scripted\n")
    lines = (f'{{"id": "i{n}", "input": "What is {n} + 4?", "reference": "{n + 4}"}}' for n in range(16))
    write(tmp_path, "sums.jsonl", "\n".join(lines))
    write(tmp_path, "README.md", "# Not ours\n")
    write(tmp_path, "gate.yaml", RULE)
    return tmp_path


def test_push_prints_what_became_of_each_file(windlass: Windlass, folder: Path) -> None:
    first = windlass("push", folder, "--message", "the first")
    assert first.code == 0
    assert [row[0] for row in rows(first)] == [
        "prompt/careful",
        "prompt/careless",
        "dataset/sums",
        "model/scripted",
        "release/adder",
        "release/adder",
    ]
    assert {row[-1] for row in rows(first)} == {"new"}
    assert {row[-1] for row in rows(windlass("push", folder))} == {"unchanged"}


def test_the_folder_where_one_stands_is_pushed(
    windlass: Windlass, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    done = windlass("push", ".")
    assert (done.code, len(rows(done))) == (0, 6)


def test_pull_writes_a_file_that_is_pushed_as_the_same_version(
    windlass: Windlass, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windlass("push", folder)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for version in ("prompt/careful", "dataset/sums@1", "model/scripted", "release/adder@careless"):
        assert windlass("pull", version).code == 0
    assert sorted(file.name for file in elsewhere.iterdir()) == [
        "adder.yaml",
        "careful.md",
        "scripted.yaml",
        "sums.jsonl",
    ]
    assert {row[-1] for row in rows(windlass("push", elsewhere))} == {"unchanged"}
    assert windlass("pull", "prompt/careful", "-o", elsewhere / "none" / "x.md").err.startswith("Error: ")


def test_a_broken_file_is_one_sentence_and_nothing_is_pushed(
    windlass: Windlass, folder: Path, project: Project
) -> None:
    write(folder, "broken.md", "---\nname: broken\n---\n{{ nothing }}\n")
    done = windlass("push", folder)
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "broken.md" in done.err
    assert "`input` does not declare" in done.err
    assert project.client.get("/artifacts")["items"] == []


def test_the_loop(windlass: Windlass, folder: Path) -> None:
    windlass("push", folder)
    for label in ("careless", "careful"):
        done = windlass(
            "eval", f"adder@{label}", "--dataset", "sums", "--evaluator", "exact_match", "--concurrency", 4
        )
        assert done.code == 0
        assert ": finished, 16 of 16 samples, 0 failed" in done.out
    unknown = windlass("eval", "adder@careful", "--dataset", "sums", "--cluster", "page")
    assert (unknown.code, "clustered by 'page', and item" in unknown.err) == (2, True)
    gate = ("--baseline", "adder@careless", "--dataset", "sums@latest", "--config", folder / "gate.yaml")
    passed = windlass("gate", "--candidate", "adder@careful", *gate)
    assert passed.code == 0
    assert "(pass)" in passed.out
    verdict = passed.out.splitlines()[-1].split()[1]
    told = windlass("gate", "--candidate", "adder@careful", *gate, "--output", folder / "verdict.json")
    assert told.code == 0
    assert f"The file holds: {verdict}, given " in windlass("verdicts", "verify", folder / "verdict.json").out
    failed = windlass("gate", "--candidate", "adder@careless", "--baseline", "adder@careful")
    assert (failed.code, "(fail)" in failed.out, "worst items" in failed.out) == (1, True, True)

    refused = windlass("promote", "adder@careless", "--to", "production", "--verdict", verdict)
    assert (refused.code, "gate this one first" in refused.err) == (2, True)
    promoted = windlass(
        "promote", "adder@careful", "--to", "production", "--verdict", verdict, "--reason", "better"
    )
    assert (promoted.code, promoted.out.startswith("adder ")) == (0, True)
    raced = windlass("promote", "adder@careless", "--to", "production", "--expected", "none")
    assert (raced.code, "somebody else was first" in raced.err) == (2, True)
    assert windlass("promote", "adder@careless", "--to", "production").code == 0
    back = windlass("rollback", "adder", "--reason", "it adds wrongly")
    assert (back.code, back.out.endswith("runs in production again.\n")) == (0, True)

    audit = windlass("audit", "list", "--limit", 2)
    assert [row[4] for row in rows(audit)] == ["environment:rollback", "environment:promote"]
    assert "it adds wrongly" in audit.out
    assert windlass("audit", "verify").out.startswith("The chain holds: ")


def test_a_gate_on_too_few_samples_is_exit_3(windlass: Windlass, project: Project) -> None:
    careless, careful = project.evaluate_two(items=4)
    done = windlass("gate", "--candidate", careful["id"], "--baseline", careless["id"])
    assert (done.code, "(not enough data)" in done.out) == (3, True)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("primary: [", "line 1: this is not YAML"),
        ("[]", "a mapping of names to values is needed"),
        ("primary: {metric: charm}", "body.rule.primary.kind"),
    ],
)
def test_a_gate_with_a_broken_rule_is_exit_2(windlass: Windlass, tmp_path: Path, rule: str, sentence: str) -> None:
    config = write(tmp_path, "gate.yaml", rule)
    done = windlass("gate", "--candidate", "adder@2", "--baseline", "adder@1", "--config", config)
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert sentence in done.err


def test_an_evaluation_that_cannot_be_is_one_sentence(windlass: Windlass, project: Project) -> None:
    project.push_release()
    project.push_sums(items=2)
    done = windlass("eval", "adder", "--dataset", "sums", "--evaluator", "recall_at_5")
    assert (done.code, "'recall_at_5' needs 'metadata.page', item 'i000' has none" in done.err) == (2, True)


def test_a_run_that_is_cancelled_meanwhile_is_exit_2(
    windlass: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.push_release()
    project.push_sums(items=1)

    project.live.asked.clear()
    project.live.answering.clear()

    def follow(client: object, run_id: str, title: str) -> object:
        assert project.live.asked.wait(30)
        project.client.post(f"/runs/{run_id}/cancel", {})
        project.live.answering.set()
        return project.await_run(run_id)

    monkeypatch.setattr("windlass.delivery.runs.follow_run", follow)
    done = windlass("eval", "adder", "--dataset", "sums", "--evaluator", "exact_match")
    assert done.code == 2
    assert "is cancelled: somebody ended it; `windlass runs resume" in done.err


def test_keys_are_made_listed_and_revoked(windlass: Windlass, project: Project) -> None:
    made = windlass("keys", "create", "shop", "--role", "application")
    key = made.out.strip()
    assert key.startswith("wl_")
    key_id = key.split("_")[1]
    assert [row[1:3] for row in rows(windlass("keys", "list")) if row[0] == key_id] == [["shop", "application"]]
    assert key.split("_", 2)[2] not in windlass("keys", "list").out
    assert windlass("keys", "revoke", key_id).out == f"The key {key_id} is revoked.\n"
    with project.http(key) as http:
        assert http.get("/api/v1/session").status_code == 401


def test_traces_are_listed_and_shown_as_they_are_named(windlass: Windlass, project: Project) -> None:
    assert "There are no such traces" in windlass("traces", "list").out
    spans = [
        span(1, 1, name="buy [/bold] \x1b[31m", attributes={"input.value": "[red]two[/] cats [/INST]"}),
        span(1, 2, parent=1, name="[b]pay[/b]", error=True),
        span(1, 3, parent=9, name="orphan"),
    ]
    project.send_traces(request(*spans).SerializeToString())
    listed = windlass("traces", "list", "--limit", 5)
    assert listed.code == 0
    assert "[red]two[/] cats [/INST]" in listed.out
    assert "\x1b" not in listed.out
    assert windlass("traces", "list", "--release", "none").out.startswith("There are no such traces")
    score = {"trace_id": trace_id(1), "name": "helpful", "value": 0.5, "source": "human", "explanation": "[half]"}
    project.client.post("/scores", {"items": [score]})
    shown = windlass("traces", "show", trace_id(1)).out
    assert "buy [/bold]" in shown
    assert "└── [b]pay[/b]" in shown or "├── [b]pay[/b]" in shown
    assert "orphan" in shown
    assert "helpful 0.500 [half]" in shown
    assert "\x1b" not in shown


def test_eval_repeats_items_and_prints_pass_k(windlass: Windlass, folder: Path) -> None:
    windlass("push", folder)
    done = windlass("eval", "adder@careless", "--dataset", "sums", "--evaluator", "exact_match", "--repeats", 2)
    assert (done.code, done.err) == (0, "")
    assert "32 of 32 samples, 0 failed" in done.out
    k_rows = [row for row in rows(done) if row[:2] in (["exact_match", "1"], ["exact_match", "2"])]
    assert [row[2] for row in k_rows] == ["0.500", "0.500"]
    assert "pass^k" in done.out


def test_eval_scores_recorded_outputs_without_a_release(windlass: Windlass, project: Project) -> None:
    items = [{"input": "1 + 1", "reference": "2", "metadata": {"gpt": "2"}}]
    project.client.post("/datasets/recorded", {"items": items})
    done = windlass("eval", "--dataset", "recorded", "--outputs", "gpt", "--evaluator", "exact_match")
    assert (done.code, done.err) == (0, "")
    assert "1 of 1 samples, 0 failed" in done.out
    (run,) = project.client.get("/runs")["items"]
    assert run["release"]["name"] == "recorded-gpt"
    refused = windlass("eval", "--dataset", "recorded")
    assert (refused.code, "Name the release to evaluate" in refused.err) == (2, True)
