"""Gates by hand that evaluate what they decide on."""

import re
from pathlib import Path

from tests.cli.conftest import Windlass
from tests.live import CAREFUL, CARELESS, Project
from windlass.delivery.live_gates import describe_look

RULE = """
kind: gate
primary: {metric: exact_match, kind: superiority}
sequential: {mode: anytime}
"""


def test_a_gate_evaluates_both_releases_until_it_is_decided(
    windlass: Windlass, project: Project, tmp_path: Path
) -> None:
    project.push_sums(items=30)
    for instructions in (CARELESS, CAREFUL):
        project.push_release(instructions=instructions)
    rule = tmp_path / "gate.yaml"
    rule.write_text(RULE, encoding="utf-8")
    gate = ("gate", "--candidate", "adder@2", "--baseline", "adder@1", "--config", rule)
    done = windlass(*gate, "--dataset", "sums", "--until-decided", "--evaluator", "exact_match")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Pass: exact_match is better by")
    assert "of 30 items; the" in done.out.splitlines()[0]

    done = windlass(*gate, "--dataset", "sums", "--until-decided", "--max-tokens", 10)
    assert done.code == 2
    assert "is stopped: It is undecided, and run-" in done.err

    stopped = re.search(r"gate-\w+", done.err)
    assert stopped is not None
    done = windlass("gate", "--resume", stopped[0], "--dataset", "sums")
    assert (done.code, "keeps what it was started with" in done.err) == (2, True)
    done = windlass("gate", "--resume", stopped[0], "--max-tokens", 1_000_000)
    assert (done.code, done.out.startswith("Pass: exact_match is better by")) == (0, True)
    # It is decided by now: its verdict is shown again.
    assert windlass("gate", "--resume", stopped[0]).out == done.out
    done = windlass("gate", "--candidate", "adder@2")
    assert (done.code, "Name both releases or runs" in done.err) == (2, True)

    done = windlass(*gate, "--until-decided")
    assert (done.code, "Name the dataset" in done.err) == (2, True)
    done = windlass(*gate, "--dataset", "sums", "--until-decided", "--tools", "some")
    assert (done.code, "tools: Input should be 'read', 'all' or 'none'" in done.err) == (2, True)
    done = windlass(*gate, "--concurrency", 2)
    assert (done.code, "add `--until-decided`" in done.err) == (2, True)


def test_a_look_is_told_in_one_line() -> None:
    check = {"metric": "f1", "bound": -0.02, "looks": []}
    assert describe_look({"checks": [check]}) == "f1: no item yet"
    looks = [{"n": 1, "difference": 0.1, "low": None, "high": None}]
    assert describe_look({"checks": [{**check, "looks": looks}]}) == ("f1: difference not known yet, asked -0.020")
    looks = [{"n": 9, "difference": 0.1, "low": -0.3, "high": 0.5}]
    assert describe_look({"checks": [{**check, "looks": looks}]}) == (
        "f1: difference between -0.300 and +0.500, asked -0.020"
    )
