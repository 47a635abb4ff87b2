"""Sentences of verdicts: every kind, in English and in Korean, from what is digested."""

from datetime import UTC, datetime
from typing import Any

import pytest

from windlass.evaluation.calibration.gating import JudgeOfMetric
from windlass.evaluation.gates.cautions import Caution
from windlass.evaluation.gates.checks import Check, Outcome
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.gates.sentences import gate_sentence
from windlass.evaluation.gates.told import told_in, verdict_sentence
from windlass.evaluation.sequential.report import SequentialReport
from windlass.evaluation.wording.language import speaking

MISSING = Caution(kind="one_side_only", there=9, items=60, allowed=0.05)
HUMAN = {
    "labels": {"queue": "answers"},
    "labelled": 30,
    "unlabelled": 30,
    "weight": 0.5,
    "effective_labels": 40.0,
    "judge_difference": 0.1,
    "judge_low": 0.0,
    "judge_high": 0.2,
    "needed_labels": 90,
    "digest": "sha256:labels",
}


def check(**given: Any) -> Check:
    fields: dict[str, Any] = {
        "metric": "f1",
        "role": "primary",
        "kind": "superiority",
        "margin": 0.0,
        "higher_is_better": True,
        "baseline_mean": 0.5,
        "candidate_mean": 0.6,
        "difference": 0.1,
        "low": 0.02,
        "high": 0.18,
        "confidence": 0.95,
        "n": 60,
        "clusters": 60,
        "missing": 0,
        "undefined": 0,
        "method": "t",
        "p_value": 0.01,
        "outcome": "pass",
        "needed_n": None,
        "detectable": 0.08,
        "warning": None,
    }
    found = {**fields, **given}
    caution = found.get("caution")
    if caution is not None:
        found["warning"] = caution.words
    return Check.model_validate(found)


def guardrail(**given: Any) -> Check:
    return check(**{"metric": "safe", "role": "guardrail", "kind": "non_inferiority", "margin": 0.02, **given})


WORSE = {"candidate_mean": 0.4, "difference": -0.1, "low": -0.18, "high": -0.02, "outcome": "fail"}
OPEN = {"candidate_mean": 0.52, "difference": 0.02, "low": -0.04, "high": 0.08, "outcome": "not_enough_data"}
BOUND = {"metric": "latency_s", "kind": "at_most", "bound": 2.0, "higher_is_better": False, "difference": None}

KINDS: list[tuple[Outcome, list[Check], str, str]] = [
    (
        "pass",
        [check()],
        "Pass: f1 is better by 0.1 (0.5 → 0.6; 95 % interval +0.02 to +0.18; 60 items).",
        "통과: f1 0.1 개선(0.5 → 0.6; 95% 구간 +0.02 ~ +0.18; 항목 60개).",
    ),
    (
        "pass",
        [
            check(clusters=12),
            guardrail(),
            guardrail(slice={"field": "topic", "value": "tax"}, blocking=False, outcome="not_enough_data"),
        ],
        (
            "Pass: f1 is better by 0.1 (0.5 → 0.6; 95 % interval +0.02 to +0.18; 60 items in 12 clusters), and the "
            "guardrail held (safe); 1 slice of too few items has no say."
        ),
        (
            "통과: f1 0.1 개선(0.5 → 0.6; 95% 구간 +0.02 ~ +0.18; 군집 12개의 항목 60개), 가드레일도 지켜짐(safe); "
            "항목이 너무 적은 부분 집합 1개는 판정에서 빠짐."
        ),
    ),
    (
        "pass",
        [
            check(difference=0.0, candidate_mean=0.5, low=None, high=None),
            guardrail(slice={"field": "topic", "value": "tax"}),
            check(
                **{
                    **BOUND,
                    "percentile": 95,
                    "role": "guardrail",
                    "level": {"value": 1.5, "low": 1.2, "high": 1.9},
                }
            ),
        ],
        (
            "Pass: f1 is unchanged (0.5 → 0.5; too few items for an interval; 60 items), and all 2 guardrails held "
            "(safe on topic=tax, latency_s at its 95th percentile)."
        ),
        (
            "통과: f1 변화 없음(0.5 → 0.5; 구간을 내기에는 항목이 너무 적음; 항목 60개), 가드레일 2개 모두 "
            "지켜짐(safe(topic=tax), latency_s의 95번째 백분위수)."
        ),
    ),
    (
        "fail",
        [check(**WORSE)],
        (
            "Fail: f1 is worse by 0.1 (0.5 → 0.4; 95 % interval −0.18 to −0.02; 60 items), not the improvement that "
            "the gate asks for."
        ),
        "실패: f1 0.1 악화(0.5 → 0.4; 95% 구간 −0.18 ~ −0.02; 항목 60개), 게이트가 요구하는 개선이 아님.",
    ),
    (
        "fail",
        [check(**WORSE, margin=0.05), guardrail(**WORSE)],
        (
            "Fail: f1 is worse by 0.1 (0.5 → 0.4; 95 % interval −0.18 to −0.02; 60 items), not the improvement of more "
            "than 0.05 that the gate asks for; safe is worse by 0.1 (0.5 → 0.4; 95 % interval −0.18 to −0.02; 60 "
            "items), worse than the 0.02 allowed."
        ),
        (
            "실패: f1 0.1 악화(0.5 → 0.4; 95% 구간 −0.18 ~ −0.02; 항목 60개), 게이트가 요구하는 0.05 초과의 개선에 못 "
            "미침; safe 0.1 악화(0.5 → 0.4; 95% 구간 −0.18 ~ −0.02; 항목 60개), 허용 한계(0.02)보다 더 나빠짐."
        ),
    ),
    (
        "fail",
        [check(**BOUND, outcome="fail", level={"value": 2.5, "low": 2.2, "high": None})] * 6,
        "; ".join(
            ["Fail: latency_s is 2.5 (95 % interval from 2.2; 60 items), not at most 2"]
            + ["latency_s is 2.5 (95 % interval from 2.2; 60 items), not at most 2"] * 3
        )
        + "; and 2 more checks likewise.",
        "; ".join(
            ["실패: latency_s 2.5(95% 구간 2.2 이상; 항목 60개), 요구한 2 이하에 어긋남"]
            + ["latency_s 2.5(95% 구간 2.2 이상; 항목 60개), 요구한 2 이하에 어긋남"] * 3
        )
        + "; 그 밖의 검사 2개도 같음.",
    ),
    (
        "not_enough_data",
        [check(**OPEN, needed_n=1200), guardrail(**OPEN, judge_only=True)],
        (
            "Not enough data: f1 is better by 0.02 (0.5 → 0.52; 95 % interval −0.04 to +0.08; 60 items), which neither "
            "shows nor rules out an improvement; about 1,200 items would decide; safe is better by 0.02 (0.5 → 0.52; "
            "95 % interval −0.04 to +0.08; 60 items, judge-only), which neither shows nor rules out no worse than "
            "0.02."
        ),
        (
            "데이터 부족: f1 0.02 개선(0.5 → 0.52; 95% 구간 −0.04 ~ +0.08; 항목 60개), 개선인지 아닌지 아직 알 수 없음; "
            "항목이 약 1,200개면 판정 가능; safe 0.02 개선(0.5 → 0.52; 95% 구간 −0.04 ~ +0.08; 항목 60개, 심판의 "
            "판단만), 허용 한계(0.02) 이내인지 아닌지 아직 알 수 없음."
        ),
    ),
    (
        "not_enough_data",
        [
            check(
                **OPEN,
                margin_ratio=0.1,
                ratio={"value": 1.04, "low": 0.92, "high": 1.16},
                needed_n=90,
                slice={"field": "topic", "value": "tax"},
                withheld=True,
                caution=MISSING,
            )
        ],
        (
            "Not enough data: f1 on topic=tax is better by 0.02 (0.5 → 0.52; +4 % of the baseline; 95 % interval −8 % "
            "to +16 %; 60 items), which neither shows nor rules out an improvement of more than 10 %; about 90 items "
            "of that slice would decide; and 9 of 60 items have a value on one side only, more than the 5% allowed: "
            "what is left may flatter one side."
        ),
        (
            "데이터 부족: f1(topic=tax) 0.02 개선(0.5 → 0.52; 기준 대비 +4%; 95% 구간 −8% ~ +16%; 항목 60개), 10% 초과의 "
            "개선인지 아닌지 아직 알 수 없음; 그 부분 집합의 항목이 약 90개면 판정 가능; 또한 항목 60개 중 9개는 한쪽에만 "
            "값이 있어 허용된 5%보다 많음. 남은 항목이 한쪽에 유리할 수 있음."
        ),
    ),
    (
        "not_enough_data",
        [
            check(outcome="not_enough_data", withheld=True, caution=MISSING),
            guardrail(outcome="not_enough_data", human=HUMAN),
        ],
        (
            "Not enough data: f1 is better by 0.1 (0.5 → 0.6; 95 % interval +0.02 to +0.18; 60 items), but 9 of 60 "
            "items have a value on one side only, more than the 5% allowed: what is left may flatter one side; safe is "
            "better by 0.1 (0.5 → 0.6; 95 % interval +0.02 to +0.18; 60 items, 30 of them labelled by people), which "
            "neither shows nor rules out no worse than 0.02; about 90 labels of people would decide."
        ),
        (
            "데이터 부족: f1 0.1 개선(0.5 → 0.6; 95% 구간 +0.02 ~ +0.18; 항목 60개). 다만 항목 60개 중 9개는 한쪽에만 값이 "
            "있어 허용된 5%보다 많음. 남은 항목이 한쪽에 유리할 수 있음; safe 0.1 개선(0.5 → 0.6; 95% 구간 +0.02 ~ +0.18; "
            "항목 60개, 그중 30개는 사람이 라벨링), 허용 한계(0.02) 이내인지 아닌지 아직 알 수 없음; 사람의 라벨이 약 "
            "90개면 판정 가능."
        ),
    ),
    (
        "not_enough_data",
        [
            check(difference=None, outcome="not_enough_data"),
            check(**{**BOUND, "kind": "at_least"}, outcome="not_enough_data", level=None),
        ],
        (
            "Not enough data: f1 has no item with a value in both runs, which neither shows nor rules out an "
            "improvement; latency_s has no item with a value of the candidate, which neither shows nor rules out at "
            "least 2."
        ),
        (
            "데이터 부족: f1: 두 실행 모두에 값이 있는 항목 없음, 개선인지 아닌지 아직 알 수 없음; latency_s: 후보의 값이 "
            "있는 항목 없음, 2 이상인지 아닌지 아직 알 수 없음."
        ),
    ),
]


@pytest.mark.parametrize(("outcome", "checks", "english", "korean"), KINDS)
def test_every_kind_of_sentence_is_said_in_both_languages(
    outcome: Outcome, checks: list[Check], english: str, korean: str
) -> None:
    assert gate_sentence(outcome, checks, items=60, more_errors=None) == english
    with speaking("ko"):
        assert gate_sentence(outcome, checks, items=60, more_errors=None) == korean


def verdict(**given: Any) -> Verdict:
    release = {"name": "bot", "number": 1, "digest": "sha256:a", "run": "run-1", "scores": "sha256:s"}
    fields: dict[str, Any] = {
        "outcome": "pass",
        "sentence": "",
        "candidate": release,
        "baseline": release,
        "dataset": {"name": "questions", "number": 1, "digest": "sha256:d"},
        "rule": {"primary": {"metric": "f1", "kind": "superiority"}},
        "checks": [check()],
        "pairs": {
            "items": 60,
            "paired": 60,
            "baseline_errors": 0,
            "candidate_errors": 9,
            "absent": 0,
            "errors_p_value": 0.5,
        },
        "evaluators": ["f1"],
        "seed": 1,
        "windlass": "0.1.0",
        "id": "verdict-1",
        "digest": "sha256:v",
        "created": datetime(2026, 11, 29, tzinfo=UTC),
        "by": "ada",
    }
    found = Verdict.model_validate({**fields, **given})
    return found.model_copy(update={"sentence": verdict_sentence(found)})


def test_more_errors_than_the_baseline_are_told_before_any_score() -> None:
    pairs = {**verdict().pairs.model_dump(), "errors_p_value": 0.001}
    erring = verdict(outcome="fail", pairs=pairs)
    assert erring.sentence == (
        "Fail: the candidate fails on 9 of 60 items and the baseline on 0, more than chance explains."
    )
    assert told_in(erring, "ko").sentence == (
        "실패: 항목 60개 중 후보는 9개, 기준은 0개에서 오류가 났습니다. 우연으로 설명되는 것보다 많습니다."
    )
    # A gate that looked early tested errors as they came: the p value of the end does not tell there.
    looked = SequentialReport(mode="anytime", n=60, of=60, saved=0, decided=True, checks=[])
    assert verdict(pairs=pairs, sequential=looked).sentence.startswith("Pass: f1")
    early = verdict(outcome="fail", pairs={**pairs, "errors_decide": True}, sequential=looked)
    assert early.sentence.startswith("Fail: the candidate fails")


def test_what_is_said_after_the_finding_has_both_languages() -> None:
    looked = SequentialReport(mode="anytime", n=1200, of=2000, saved=800, decided=True, checks=[])
    judges = [
        JudgeOfMetric(metric="f1", version="sha256:j", standing="failed", calibration="calibration-1"),
        JudgeOfMetric(metric="safe", version="", standing="elsewhere"),
        JudgeOfMetric(metric="kind", version="sha256:k", standing="calibrated"),
    ]
    given = verdict(sequential=looked, judges=judges, unapproved=1)
    assert given.sentence.removeprefix(KINDS[0][2]) == (
        " Decided after 1,200 of 2,000 items; the 800 others were not needed. The judge of f1 failed its "
        "calibration (calibration-1): measure it against people with `windlass judges calibrate f1 --queue QUEUE`. "
        "The judge of safe is not known here: its scores came from elsewhere. 1 synthetic item that nobody "
        "approved was left out."
    )
    assert told_in(given, "ko").sentence.removeprefix(KINDS[0][3]) == (
        " 항목 2,000개 중 1,200개에서 판정했습니다. 나머지 800개는 필요하지 않았습니다. f1의 심판은 보정에서 "
        "떨어졌습니다(calibration-1). `windlass judges calibrate f1 --queue QUEUE`로 사람과 비교해 측정하세요. "
        "safe의 심판은 이곳에 없습니다. 점수가 다른 곳에서 왔습니다. 아무도 승인하지 않은 합성 항목 1개는 뺐습니다."
    )
    rest = [SequentialReport(mode="anytime", n=n, of=9, saved=0, decided=False, checks=[]) for n in (9, 4)]
    assert [told_in(verdict(sequential=each), "ko").sentence.split(". ", 1)[1] for each in rest] == [
        "항목 9개를 모두 보았습니다.",
        "항목 9개 중 4개를 보았습니다.",
    ]


def test_a_pass_that_is_withheld_for_its_judge_says_both() -> None:
    rule = {"primary": {"metric": "f1", "kind": "superiority"}, "calibrated_judges": "require"}
    judges = [JudgeOfMetric(metric="f1", version="sha256:j", standing="none")]
    warned = check(warning="The judge of f1 has not been calibrated: …")
    given = verdict(outcome="not_enough_data", rule=rule, judges=judges, checks=[warned])
    found = KINDS[0][2].removeprefix("Pass: ")
    assert given.sentence == (
        "Not enough data: the gate asks for calibrated judges. The judge of f1 has not been calibrated: measure it "
        f"against people with `windlass judges calibrate f1 --queue QUEUE`. By its scores {found}"
    )
    korean = told_in(given, "ko")
    judge = "f1의 심판은 보정된 적이 없습니다. `windlass judges calibrate f1 --queue QUEUE`로 사람과 비교해 측정하세요."
    assert korean.checks[0].warning == judge
    assert korean.sentence == (
        f"데이터 부족: 게이트가 보정된 심판을 요구합니다. {judge} 점수로만 보면 {KINDS[0][3].removeprefix('통과: ')}"
    )


def test_english_is_what_was_digested_and_warnings_are_translated_by_their_figures() -> None:
    given = verdict(
        checks=[check(caution=Caution(kind="bootstrap", ratio=1.5)), guardrail(warning="as it was said")]
    )
    assert told_in(given, "en") is given
    korean = told_in(given, "ko")
    assert [each.warning for each in korean.checks] == [
        "부트스트랩 구간의 폭이 1.50배임. 점수가 치우쳤거나 적으므로 주의해서 읽을 것",
        "as it was said",
    ]
    assert (korean.digest, korean.pairs) == (given.digest, given.pairs)
