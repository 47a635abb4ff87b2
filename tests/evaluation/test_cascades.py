import csv
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from pydantic import ValidationError

from tests.real_data import real_data
from windlass.artifacts.cascades import Cascade, CascadeStep
from windlass.artifacts.kinds import Release, references_of
from windlass.errors import InputError
from windlass.evaluation.cascades.calibration import calibration_error, expected_quality, isotonic
from windlass.evaluation.cascades.fit import CascadeFit, CascadeQuestion, fit_cascade
from windlass.evaluation.cascades.routing import apgr
from windlass.evaluation.cascades.thresholds import ALWAYS, NEVER, Pairs, choose_threshold
from windlass.evaluation.gates.verdicts import Side
from windlass.evaluation.results import summarise
from windlass.evaluation.runs import Run, VersionName
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.statistics.paired import Floats
from windlass.models.completion import Confidence

Values = Sequence[float | None] | Floats


def side(name: str, values: Values, cost: float, sure: Values | None = None, failed: Sequence[int] = ()) -> Side:
    """A run with these qualities, an even cost, and the confidences of its answers."""
    samples = {}
    for place, value in enumerate(values):
        found = None if sure is None or sure[place] is None else Confidence("likeness", float(sure[place] or 0.0))
        broken = place in failed
        judgements = {"f1": Judgement(value), "cost_usd": Judgement(cost), "latency_s": Judgement(cost * 100)}
        samples[f"i{place}"] = SampleResult(
            item=f"i{place}",
            trace_id="t",
            span_id="s",
            start_ns=0,
            end_ns=1,
            prediction=None if broken else Prediction(output="x", confidence=found),
            error="broken" if broken else None,
            judgements={} if broken else judgements,
        )
    metrics = ["f1", "cost_usd", "latency_s"]
    run = Run(
        id=f"run-{name}",
        release=VersionName(name=name, number=1, digest=f"sha256:{'0' * 63}{len(name) % 10}"),
        dataset=VersionName(name="questions", number=1, digest="sha256:1"),
        evaluators=metrics,
        state="finished",
        error=None,
        created=datetime.now(UTC),
        started=None,
        finished=None,
        by="ada",
        items=len(values),
        finished_items=len(values),
        failed_items=len(failed),
        calls=None,
        metrics=summarise(samples, items_of(len(values)), metrics),
        project="p",
        concurrency=1,
        settings={"higher_is_better": {"f1": True, "cost_usd": False, "latency_s": False}},
    )
    return Side(run, samples)


def items_of(count: int) -> list[Item]:
    return [Item(id=f"i{place}", input="?", metadata={"page": str(place // 5)}) for place in range(count)]


def fit(cheap: Side, strong: Side, margin: float = 0.05, **more: object) -> CascadeFit:
    items = {item.id: item for item in items_of(cheap.run.items)}
    return fit_cascade(cheap, strong, CascadeQuestion.model_validate({"margin": margin, **more}), items=items)


def answers(n: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """Confidences, cheap qualities that are right as often as these say, and strong qualities."""
    drawn = np.random.default_rng(seed)
    sure = np.round(drawn.uniform(0, 1, n), 6)
    cheap = (drawn.uniform(0, 1, n) < sure).astype(float)
    return sure, cheap, np.maximum(cheap, (drawn.uniform(0, 1, n) < 0.8).astype(float))


def test_a_cascade_keeps_the_quality_and_saves_what_the_sure_answers_cost() -> None:
    sure, cheap, strong = answers(600)
    found = fit(side("small", cheap, 0.001, sure), side("large", strong, 0.01))
    assert (found.outcome, found.measure, found.items, found.unsure) == ("pass", "likeness", 600, 0)
    assert found.escalate_below is not None
    assert 0.4 < found.escalate_below < 0.95
    escalated = found.expected["escalated"].mean
    assert escalated == pytest.approx(found.escalate_below, abs=0.1)
    assert escalated is not None
    assert found.expected["cost_usd"].mean == pytest.approx(0.001 + 0.01 * escalated)
    assert found.expected["latency_s"].mean == pytest.approx(0.1 + 1.0 * escalated)
    assert found.check.low is not None
    assert found.check.low > -0.05
    assert found.cost_difference is not None
    assert found.cost_difference.high is not None
    assert found.cost_difference.high < 0
    assert found.apgr is not None
    assert found.apgr > 0.6
    assert found.calibration_error is not None
    assert found.calibration_error < 0.1
    assert found.sentence.startswith("Pass: escalating below a likeness of 0.")
    assert found.sentence.endswith(f", for ${found.expected['cost_usd'].mean:.3g} an item instead of $0.01.")


def test_the_same_runs_give_the_same_fit() -> None:
    sure, cheap, strong = answers(200)
    runs = side("small", cheap, 0.001, sure), side("large", strong, 0.01)
    first, second = fit(*runs), fit(*runs)
    assert first == second


def test_the_release_of_a_fit_binds_both_and_decides_as_it_was_fitted() -> None:
    sure, cheap, strong = answers(400)
    found = fit(side("small", cheap, 0.001, sure), side("large", strong, 0.01))
    release = Release.model_validate(found.release)
    assert [(role, reference.name) for role, reference in references_of(release)] == [
        ("cascade.1", "small"),
        ("cascade.2", "large"),
    ]
    assert release.cascade is not None
    first = release.cascade.steps[0]
    assert (first.confidence, first.escalate_below) == ("likeness", found.escalate_below)
    # The calibration rises with the confidence, from nothing to nearly always right.
    assert first.expected(0.02) == pytest.approx(0.02, abs=0.1)
    assert first.expected(0.98) == pytest.approx(0.98, abs=0.1)


def test_a_confidence_that_tells_nothing_recovers_no_more_than_chance() -> None:
    sure, cheap, strong = answers(800)
    shuffled = np.random.default_rng(5).permutation(sure)
    blind = fit(side("small", cheap, 0.001, shuffled), side("large", strong, 0.01))
    seeing = fit(side("small", cheap, 0.001, sure), side("large", strong, 0.01))
    assert blind.apgr == pytest.approx(0.5, abs=0.06)
    assert blind.expected["escalated"].mean > seeing.expected["escalated"].mean + 0.15  # type: ignore[operator]


def test_a_cheap_release_that_is_as_good_needs_no_cascade() -> None:
    sure, _, strong = answers(400)
    found = fit(side("small", strong, 0.001, sure), side("large", strong, 0.01))
    assert (found.outcome, found.release, found.escalate_below) == ("pass", None, None)
    assert found.sentence.startswith("Pass: small@1 is good enough by itself, and needs no cascade: f1 ")
    assert found.apgr is None


def test_few_items_are_not_enough_and_say_how_many_are() -> None:
    sure, cheap, strong = answers(40)
    found = fit(side("small", cheap, 0.001, sure), side("large", strong, 0.01), margin=0.01)
    assert (found.outcome, found.release) == ("not_enough_data", None)
    assert found.needed_n is not None
    assert found.needed_n > 40
    assert found.sentence.startswith("Not enough data: no threshold is shown to keep within 0.01 of large@1")


def test_a_cheap_release_that_is_far_too_bad_fails() -> None:
    sure, cheap, _ = answers(600)
    found = fit(side("small", 0 * cheap, 0.001, sure), side("large", 1 + 0 * cheap, 0.01), margin=0.01)
    assert (found.outcome, found.release) == ("fail", None)
    assert found.sentence == (
        "Fail: small@1 is too bad beside large@1: even a cascade that escalates 19 of 20 items is shown to lose "
        "more than 0.01."
    )


def test_a_cheap_release_that_costs_as_much_saves_nothing() -> None:
    sure, cheap, strong = answers(400)
    found = fit(side("small", cheap, 0.01, sure), side("large", strong, 0.01))
    assert (found.outcome, found.release) == ("fail", None)
    assert "save nothing" in found.sentence


def test_answers_without_a_confidence_and_failed_ones_always_escalate() -> None:
    sure, cheap, strong = answers(400)
    known: list[float | None] = list(sure)
    known[3] = None
    found = fit(side("small", cheap, 0.001, known, failed=[5, 6]), side("large", strong, 0.01))
    assert (found.items, found.unsure) == (400, 3)
    everything = fit(side("small", cheap, 0.001, sure), side("large", strong, 0.01))
    assert found.expected["escalated"].mean == pytest.approx(everything.expected["escalated"].mean, abs=0.05)


def test_many_items_without_a_quality_keep_it_from_passing() -> None:
    sure, cheap, strong = answers(400)
    values: list[float | None] = list(strong)
    values[:40] = [None] * 40
    found = fit(side("small", cheap, 0.001, sure), side("large", values, 0.01))
    assert (found.outcome, found.items, found.missing, found.release) == ("not_enough_data", 360, 40, None)
    assert found.sentence.startswith("Not enough data: 40 of 400 items have no value of f1")


def test_a_cost_that_is_not_known_is_refused() -> None:
    sure, cheap, strong = answers(40)
    small, large = side("small", cheap, 0.001, sure), side("large", strong, 0.01)
    large.run.metrics["cost_usd"].mean = None
    with pytest.raises(InputError, match="run-large has no value of cost_usd: choose another cost"):
        fit(small, large, cost="cost_usd")


def test_runs_that_say_nothing_of_their_confidence_are_refused_with_what_to_do() -> None:
    _, cheap, strong = answers(40)
    with pytest.raises(InputError, match=r"run-small have no confidence.*logprobs: true"):
        fit(side("small", cheap, 0.001), side("large", strong, 0.01))
    with pytest.raises(InputError, match="on 20 items only"):
        fit(side("small", cheap[:20], 0.001, cheap[:20]), side("large", strong[:20], 0.01))


def test_groups_stay_together_when_items_are_held_out() -> None:
    sure, cheap, strong = answers(400)
    found = fit(side("small", cheap, 0.001, sure), side("large", strong, 0.01), cluster="page")
    assert found.check.clusters == 80


def test_a_threshold_beyond_one_that_is_not_shown_is_not_reached() -> None:
    """Whatever lower thresholds would show, the sequence ends where the loss is first too great."""
    sure = np.arange(200) / 200
    strong = np.ones(200)
    cheap = np.where(sure > 0.5, 1.0, 0.0)
    chosen = choose_threshold(Pairs(sure, cheap, strong, None), margin=0.06, tail=0.025)
    assert 0.45 < chosen.threshold <= 0.55
    nobody = choose_threshold(Pairs(sure, np.zeros(200), strong, None), margin=0.01, tail=0.025)
    assert nobody.threshold == ALWAYS
    alike = choose_threshold(Pairs(sure, strong, strong, None), margin=0.06, tail=0.025)
    assert alike.threshold == NEVER


def test_answers_that_are_equally_sure_are_not_parted() -> None:
    sure = np.array([0.4] * 58 + [0.9] * 42)
    strong, cheap = np.ones(100), (sure > 0.5).astype(float)
    chosen = choose_threshold(Pairs(sure, cheap, strong, None), margin=0.1, tail=0.025)
    assert chosen.threshold == pytest.approx(0.65)


def test_a_cascade_on_the_margin_passes_no_more_often_than_promised() -> None:
    """Items alike in all: at every threshold the loss is the share kept times 0.1, and the margin is 0.04."""
    wrong = 0
    for seed in range(400):
        drawn = np.random.default_rng(seed)
        strong = (drawn.uniform(0, 1, 300) < 0.8).astype(float)
        cheap = np.where(drawn.uniform(0, 1, 300) < 0.125, 0.0, strong)
        chosen = choose_threshold(
            Pairs(drawn.uniform(0, 1, 300), cheap, strong, None), margin=0.04, tail=0.025
        ).threshold
        kept = 1.0 if chosen == NEVER else 0.0 if chosen == ALWAYS else 1 - chosen
        wrong += 0.1 * kept > 0.04
    assert wrong <= 0.05 * 400


def test_isotonic_regression_pools_what_would_fall() -> None:
    levels = isotonic(np.array([0.1, 0.2, 0.3, 0.4, 0.4]), np.array([0.0, 1.0, 0.0, 1.0, 0.0]))
    assert [tuple(level) for level in levels] == [(0.1, 0.0), (0.2, 0.5)]
    assert list(expected_quality(levels, np.array([0.0, 0.15, 0.2, 9.0]))) == [0.0, 0.0, 0.5, 0.5]
    assert calibration_error(np.array([0.5] * 20), np.array([1.0, 0.0] * 10)) == pytest.approx(0.0)
    assert calibration_error(np.array([0.9] * 20), np.zeros(20)) == pytest.approx(0.9)


def test_isotonic_regression_is_that_of_scipy() -> None:
    from scipy.optimize import isotonic_regression

    drawn = np.random.default_rng(3)
    confidence, quality = np.sort(drawn.uniform(0, 1, 300)), drawn.uniform(0, 1, 300)
    ours = expected_quality(isotonic(confidence, quality), confidence)
    assert ours == pytest.approx(isotonic_regression(quality).x)


def test_an_oracle_recovers_the_gap_at_once_and_chance_half_of_it() -> None:
    weak, strong = np.array([0.0, 1.0, 0.0, 1.0]), np.ones(4)
    assert apgr(weak, weak, strong) == pytest.approx(0.75)
    assert apgr(-weak, weak, strong) == pytest.approx(0.25)
    with pytest.raises(InputError, match="no gap"):
        apgr(weak, strong, weak)


def test_on_gsm8k_the_length_of_the_prompt_recovers_three_fifths_of_the_gap() -> None:
    file = real_data("gsm8k_two_models/gsm8k_responses.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    weak, strong = (
        np.array([float(row[model] == "True") for row in rows])
        for model in ("mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview")
    )
    # The long ones first.
    assert apgr([-len(row["prompt"]) for row in rows], weak, strong) == pytest.approx(0.60, abs=0.005)
    by_chance = [apgr(np.random.default_rng(seed).uniform(size=len(rows)), weak, strong) for seed in range(30)]
    assert np.mean(by_chance) == pytest.approx(0.50, abs=0.01)


REFERENCE = {"kind": "release", "name": "small", "digest": "sha256:" + "0" * 64}


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([{"release": REFERENCE}], "at least 2 items"),
        ([{"release": REFERENCE}] * 2, "every step but the last says its `confidence`"),
        ([{"release": REFERENCE, "confidence": "likeness", "escalate_below": 0.5}] * 2, "always counts"),
    ],
)
def test_a_cascade_that_cannot_decide_is_refused(steps: list[dict[str, object]], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        Cascade.model_validate({"steps": steps})


def test_a_cascade_binds_nothing_else() -> None:
    steps = [
        {"release": REFERENCE, "confidence": "likeness", "escalate_below": 0.5},
        {"release": REFERENCE},
    ]
    model = {"kind": "model", "name": "m", "digest": "sha256:" + "0" * 64}
    with pytest.raises(ValidationError, match="a cascade binds releases"):
        Release.model_validate({"cascade": {"steps": steps}, "model": model})
    assert CascadeStep.model_validate(steps[0]).expected(0.5) is None
