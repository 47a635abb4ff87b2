"""Reports: what they say, and that nothing in a text becomes a mark, a tag or a request."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import Field

from tests.evaluation.reports.reading import read_html
from windlass.cli.report_view import print_report
from windlass.errors import InputError
from windlass.evaluation.gates.checks import Check
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.reports.axes import Axis, axis_of, bar, spark
from windlass.evaluation.reports.document import (
    Answer,
    Document,
    Histograms,
    IntervalRow,
    Intervals,
    Sample,
    Samples,
    Scatter,
    Section,
    Table,
    Text,
    plain_table,
)
from windlass.evaluation.reports.evaluated import Evaluated
from windlass.evaluation.reports.html import to_html
from windlass.evaluation.reports.markdown import to_markdown
from windlass.evaluation.reports.of_pair import pair_report
from windlass.evaluation.reports.of_run import run_report
from windlass.evaluation.reports.of_runs import runs_report
from windlass.evaluation.reports.of_verdict import verdict_report
from windlass.evaluation.runs import Run
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.models.completion import Usage

HOSTILE = '</div></style><script>alert(1)</script><img src=x onerror="alert(2)">{{ 7*7 }} &amp; \x1b[31m| a | `b`'
KOREAN = "반품은 배송 후 30일까지 가능합니다."
WHEN = datetime(2026, 11, 28, 12, tzinfo=UTC)
MADE = "windlass 0.1.0, 2026-11-28 12:00 UTC"


def run(name: str = "bot", number: int = 1, **more: Any) -> Run:
    fields = {
        "id": f"run-{name}-{number}",
        "release": {"name": name, "number": number, "digest": f"sha256:{name}{number}"},
        "dataset": {"name": "questions", "number": 3, "digest": "sha256:data"},
        "evaluators": ["token_f1", "latency_s"],
        "state": "finished",
        "error": None,
        "created": WHEN,
        "started": WHEN,
        "finished": WHEN,
        "by": "ada",
        "items": 8,
        "finished_items": 8,
        "failed_items": 0,
        "calls": {"answered": 8, "spent_usd": 0.02},
        "metrics": {},
        "project": "guide",
        "concurrency": 2,
        "settings": {"higher_is_better": {"token_f1": True, "latency_s": False}},
    }
    return Run.model_validate({**fields, **more})


def evaluated(scores: Sequence[float | None], *, output: str = "Thirty days.", **more: Any) -> Evaluated:
    """Return a run of items with scores; None is a sample that failed."""
    items = [
        Item(
            id=f"q{number}",
            input={"question": f"Question {number}? {KOREAN}"},
            reference="Thirty days.",
            metadata={"page": "returns.md" if number % 2 else "shipping.md"},
        )
        for number in range(len(scores))
    ]
    samples = []
    for number, score in enumerate(scores):
        found = (
            None
            if score is None
            else Prediction(output, usage=Usage(90, 10), cost_usd=0.002, latency_s=0.5 + number)
        )
        judgements = {} if score is None else {"token_f1": Judgement(score), "latency_s": Judgement(0.5 + number)}
        samples.append(
            SampleResult(
                item=f"q{number}",
                trace_id=f"{number:032x}",
                span_id="1",
                start_ns=0,
                end_ns=1,
                prediction=found,
                error=None if found else "TimeoutError: too slow",
                error_type="" if found else "TimeoutError",
                judgements=judgements,
            )
        )
    # What is repeated comes out the same each time.
    repeats = more.get("repeats", 1)
    return read(
        run(**more), items, [replace(each, repeat=1 + time) for time in range(repeats) for each in samples]
    )


def read(found: Run, items: Sequence[Item], samples: Sequence[SampleResult]) -> Evaluated:
    store, by_id = MemorySamples(), {item.id: item for item in items}
    store.write([(by_id[each.item], each) for each in samples])
    return Evaluated(found, items, store.scores(ItemIndex(by_id)), store)


def section(document: Document, title: str) -> Section:
    return next(each for each in document.sections if each.title == title)


def words_of(document: Document) -> str:
    return document.model_dump_json()


def test_a_run_says_its_means_spread_slices_coverage_cost_and_worst_samples() -> None:
    document = run_report(evaluated([0.1, 0.9, 0.4, 0.8, 0.2, 0.7, 0.3, 1.0, 0.6, 0.5, None]), MADE)
    assert document.lead.startswith("token_f1 is 0.550 (10 items, 95 % interval 0.333 to 0.767; 1 item without")
    titles = [each.title for each in document.sections]
    assert titles == [
        "Summary",
        "Distributions",
        "Slices",
        "Coverage",
        "Cost and time",
        "Worst samples",
        "Failed samples",
    ]
    assert '["token_f1","1"]' in words_of(document)  # one timeout, under its reason
    assert '"took too long"' in words_of(document)
    assert '["returns.md","0.780"' in words_of(document)
    costs = dict(section(document, "Cost and time").blocks[0].facts)  # type: ignore[union-attr]
    assert costs["Cost of a sample"] == "$0.002 at the mean, known of 10 of 11"
    assert costs["Tokens of a sample"] == "100 at the mean, 95 % interval 100 to 100"
    cards = section(document, "Worst samples").blocks[0]
    assert isinstance(cards, Samples)
    assert [each.name for each in cards.samples] == ["q0", "q4", "q6", "q2", "q9"]
    assert KOREAN in cards.samples[0].input


def test_a_run_of_which_nothing_came_has_a_report_too() -> None:
    document = run_report(evaluated([None, None], state="stopped", error="It came to its budget."), MADE)
    assert document.lead == "No item has a value yet."
    assert dict(document.facts)["State"] == "stopped: It came to its budget."
    assert [each.title for each in document.sections] == ["Summary", "Coverage", "Cost and time", "Failed samples"]
    assert "not known" in to_html(document)
    assert "TimeoutError: too slow" in to_markdown(run_report(evaluated([None]), MADE))


def test_repeats_say_how_often_all_tries_pass_and_any() -> None:
    repeated = evaluated([1.0, 0.0, 1.0, 1.0], settings={"higher_is_better": {"token_f1": True}}, repeats=2)
    table = section(run_report(repeated, MADE), "Repeats").blocks[0]
    assert isinstance(table, Table)
    assert [row[:2] for row in table.rows] == [["token_f1", "1"], ["token_f1", "2"]]
    assert table.rows[1][2].startswith("75 % (")


def test_two_runs_say_the_difference_and_where_most_was_lost() -> None:
    before = evaluated([1.0, 0.96, 0.92, 1.0, 0.96, 0.92, 1.0, 0.96])
    after = evaluated([0.04, 0.02, 0.0, 0.06, 0.02, 0.0, 0.04, None], number=2, output="I do not know.")
    document = pair_report(before, after, None, MADE)
    assert document.title == "bot@2 against bot@1"
    assert document.lead.startswith("token_f1 is worse: −0.940 (0.966 → 0.026, 95 % interval −0.966 to −0.145")
    assert document.tone == "bad"
    cards = section(document, "Worst regressions").blocks[0]
    assert isinstance(cards, Samples)
    assert cards.samples[0].note == "token_f1 −0.960"
    assert [each.name for each in cards.samples[0].answers] == ["Baseline, bot@1", "Candidate, bot@2"]
    broken = section(document, "Newly failed samples").blocks[0]
    assert isinstance(broken, Samples)
    assert broken.samples[0].answers[1].text == "TimeoutError: too slow"


def test_several_runs_stand_side_by_side_and_others_are_refused() -> None:
    runs = [evaluated([score] * 4 + [0.5] * 4, number=number) for number, score in ((1, 0.2), (2, 0.9), (3, 0.4))]
    document = runs_report(runs, MADE)
    assert document.lead.startswith("bot@2 has the highest token_f1, 0.700 (8 items")
    table = document.sections[0].blocks[0]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["bot@2", "bot@3", "bot@1"]
    # All take the same: there is nothing to trade.
    assert "Trade-offs" not in [each.title for each in document.sections]
    other = evaluated([0.1], dataset={"name": "others", "number": 1, "digest": "sha256:others"})
    with pytest.raises(InputError, match="different versions of data"):
        runs_report([runs[0], other, runs[1]], MADE)


def check(**more: Any) -> Check:
    fields: dict[str, Any] = {
        "metric": "token_f1",
        "role": "primary",
        "kind": "non_inferiority",
        "margin": 0.02,
        "higher_is_better": True,
        "baseline_mean": 0.5,
        "candidate_mean": 0.52,
        "difference": 0.02,
        "low": -0.01,
        "high": 0.05,
        "confidence": 0.95,
        "n": 90,
        "clusters": 90,
        "missing": 0,
        "undefined": 0,
        "method": "t",
        "p_value": 0.001,
        "outcome": "pass",
        "needed_n": None,
        "detectable": 0.04,
        "warning": None,
    }
    return Check.model_validate({**fields, **more})


class FutureVerdict(Verdict):
    """One that holds more than reports know of."""

    strata: list[dict[str, object]] = Field(default_factory=list)
    strategy: str = ""


def verdict(**more: Any) -> FutureVerdict:
    gated = {"name": "bot", "number": 2, "digest": "sha256:bot2", "run": "run-bot-2", "scores": "sha256:scores"}
    latency = check(
        metric="latency_s",
        role="guardrail",
        higher_is_better=False,
        margin=0.5,
        baseline_mean=2.0,
        difference=0.2,
        low=0.1,
        high=0.3,
        warning="the bootstrap interval is 1.40 times as wide",
    )
    fields: dict[str, Any] = {
        "id": "verdict-1",
        "digest": "sha256:verdict",
        "created": WHEN,
        "by": "ada",
        "outcome": "pass",
        "sentence": "Pass: token_f1 is better.",
        "candidate": gated,
        "baseline": {**gated, "number": 1, "run": "run-bot-1"},
        "dataset": {"name": "questions", "number": 3, "digest": "sha256:data"},
        "rule": {"primary": {"metric": "token_f1", "kind": "non_inferiority", "margin": 0.02}},
        "checks": [check(), latency],
        "pairs": {
            "items": 90,
            "paired": 90,
            "baseline_errors": 0,
            "candidate_errors": 0,
            "absent": 0,
            "errors_p_value": 1.0,
        },
        "evaluators": ["token_f1", "latency_s"],
        "seed": 1,
        "windlass": "0.1.0",
    }
    return FutureVerdict.model_validate({**fields, **more})


def test_a_verdict_draws_its_margins_on_the_side_that_is_refused() -> None:
    document = verdict_report(verdict(), MADE)
    assert (document.lead, document.tone) == ("Pass: token_f1 is better.", "good")
    scores, amounts = section(document, "Checks").blocks[:2]
    assert isinstance(scores, Intervals)
    assert isinstance(amounts, Intervals)
    assert (scores.rows[0].limit, scores.rows[0].refused) == (-0.02, "left")
    # Of amounts relative to the baseline: half a second of two.
    assert (amounts.rows[0].limit, amounts.rows[0].refused, amounts.rows[0].value) == (0.25, "right", 0.1)
    assert "latency_s: the bootstrap interval is 1.40 times as wide." in words_of(document)
    assert '"no worse than 0.020"' in words_of(document)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "at_most", "bound": 2.0, "percentile": 95}, "p95 at most 2.00 s"),
        ({"kind": "non_inferiority", "margin": 0, "margin_ratio": 0.1}, "no worse than 10.0 %"),
        ({"slice": {"field": "topic", "value": "cost"}}, "latency_s on topic=cost"),
    ],
)
def test_a_verdict_says_what_was_asked_of_what(asked: dict[str, object], said: str) -> None:
    document = verdict_report(verdict(checks=[check(metric="latency_s", **asked)]), MADE)
    assert said in words_of(document)


def test_whatever_else_a_verdict_holds_is_shown() -> None:
    held = verdict(strata=[{"field": "page", "value": KOREAN, "difference": -0.25}], strategy="group_sequential")
    document = verdict_report(held, MADE)
    table = section(document, "Strata").blocks[0]
    assert table.rows == [["page", KOREAN, "−0.25"]]  # type: ignore[union-attr]
    assert section(document, "Also").blocks[0].facts == [("Strategy", "group_sequential")]  # type: ignore[union-attr]


def hostile() -> Document:
    """Return a document that says the worst wherever somebody's text stands."""
    row = IntervalRow(name=HOSTILE, value=0.1, low=None, high=0.2, text=HOSTILE, limit=0.05, refused="right")
    chart = {"name": HOSTILE, "counts": [1, 0, 3], "low": HOSTILE, "high": "1", "text": HOSTILE}
    points = [{"name": HOSTILE, "x": 1, "y": 2, "low": 1, "high": 3}, {"name": "b", "x": 2, "y": 1}]
    scatter = Scatter(caption=HOSTILE, x=HOSTILE, y=HOSTILE, points=points, x_ends=("1", "2"), y_ends=("1", "3"))  # type: ignore[arg-type]
    answers = [Answer(name=HOSTILE, text=f"{HOSTILE}\n```\n{KOREAN}", note=HOSTILE, tone="bad")]
    sample = Sample(name=HOSTILE, note=HOSTILE, input=HOSTILE, reference=HOSTILE, answers=answers)
    blocks = [
        Text(text=HOSTILE, tone="warn"),
        plain_table(HOSTILE, "n", rows=[[HOSTILE, "1"]], right=("n",), caption=HOSTILE),
        Intervals(caption=HOSTILE, rows=[row], zero=True),
        Histograms.model_validate({"charts": [chart]}),
        scatter,
        Samples(samples=[sample]),
    ]
    return Document(
        title=HOSTILE,
        subtitle=HOSTILE,
        lead=HOSTILE,
        facts=[(HOSTILE, HOSTILE)],
        sections=[Section(title=HOSTILE, note=HOSTILE, blocks=blocks)],  # type: ignore[arg-type]
        made=MADE,
    )


def test_nothing_in_a_text_becomes_html_or_leaves_the_file() -> None:
    page = to_html(hostile())
    read = read_html(page)
    assert read.outside == []
    assert not read.tags & {"script", "img", "link", "iframe", "a", "form"}
    assert read.text.count("<script>alert(1)</script>") >= 15
    assert "{{ 7*7 }}" in read.text
    assert KOREAN in read.text
    assert "http" not in page.replace("http-equiv", "")
    for look in ("prefers-color-scheme: dark", "@media print", 'charset="utf-8"', "default-src 'none'"):
        assert look in page


def test_nothing_in_a_text_becomes_markdown() -> None:
    written = to_markdown(hostile())
    outside_fences = re.sub(r"(`{3,})text\n.*?\n\1\n", "", written, flags=re.DOTALL)
    assert "<script" not in outside_fences.replace("\\<script", "")
    assert "\\| a \\|" in outside_fences
    # The fence is longer than the one in the answer.
    assert f"````text\n{HOSTILE}\n```\n{KOREAN}\n````" in written


def test_nothing_in_a_text_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(hostile())
    shown = capsys.readouterr().out
    assert "\x1b[31m" not in shown
    assert "<script>alert(1)</script>" in shown


def test_charts_of_characters_show_interval_zero_limit_and_value() -> None:
    row = IntervalRow(name="a", value=0.5, low=0.25, high=0.75, text="", limit=-0.5)
    chart = Intervals(caption="", rows=[row], zero=True)
    drawn = bar(chart, Axis(-1, 1), 0, 16)
    assert drawn == "····┊···│·──●──·"
    assert axis_of(chart).low == -axis_of(chart).high
    assert spark([0, 1, 4, 8]) == " ▁▄█"
    assert Axis(0, 1).ticks() == [0, 0.25, 0.5, 0.75, 1.0]
    assert axis_of(Intervals(caption="", rows=[])).place(3) == 100
