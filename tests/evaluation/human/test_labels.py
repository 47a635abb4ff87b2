"""Gates and runs whose judged metrics people corrected, and where their labels are found."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from sqlalchemy import insert

from tests.evaluation.reviews.conftest import Labelling
from windlass.access.audit import AuditChain
from windlass.errors import InputError, NotFound
from windlass.evaluation.gates.deciding import Decision, decide
from windlass.evaluation.gates.rules import GateRule, Requirement, parse_rule
from windlass.evaluation.human.labels import HumanLabels, PairLabels, parse_labels
from windlass.evaluation.human.metrics import correct_metric, judged_metric
from windlass.evaluation.results import summarise
from windlass.evaluation.reviews.run_labels import labels_of_rule, read_labels, sources_of_run
from windlass.evaluation.reviews.tables import review_items
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.storage.database import Database

HUMAN = HumanLabels(queue="answers", question="good")
ALONE = GateRule(primary=Requirement(metric="good", kind="superiority"))
CORRECTED = GateRule(primary=Requirement(metric="good", kind="superiority", human=HUMAN))

Values = Sequence[float | None]


def results(values: Values, source: str = "judge") -> dict[str, SampleResult]:
    return {
        f"i{number}": SampleResult(
            f"i{number}",
            "t",
            "s",
            0,
            1,
            Prediction(output="x"),
            judgements={"good": Judgement(value, source="judge" if source == "judge" else "code")},
        )
        for number, value in enumerate(values)
    }


def items(count: int, **metadata: Sequence[object]) -> dict[str, Item]:
    return {
        f"i{number}": Item(
            id=f"i{number}", input="?", metadata={name: values[number] for name, values in metadata.items()}
        )
        for number in range(count)
    }


def gate(
    baseline: Values, candidate: Values, rule: GateRule, labels: PairLabels | None = None, *, source: str = "judge"
) -> Decision:
    return decide(
        results(baseline, source),
        results(candidate, source),
        rule,
        items=items(len(baseline)),
        higher_is_better={"good": True},
        labels={} if labels is None else {"good": labels},
    )


class Flattered:
    """A judge that likes the candidate's style, which is no better than the baseline in truth."""

    def __init__(self, n: int = 400, seed: int = 3) -> None:
        generator = np.random.default_rng(seed)
        before, after = generator.normal(0.6, 0.15, n), generator.normal(0.6, 0.15, n)
        self.before, self.after = before.tolist(), after.tolist()
        self.judged_before = (before + generator.normal(0, 0.05, n)).tolist()
        self.judged_after = (after + 0.1 + generator.normal(0, 0.05, n)).tolist()

    def labels(self, count: int) -> PairLabels:
        return PairLabels(
            {f"i{number}": self.before[number] for number in range(count)},
            {f"i{number}": self.after[number] for number in range(count)},
        )


def test_a_judge_that_flatters_the_candidate_passes_it_alone_and_not_beside_people() -> None:
    seen = Flattered()
    alone = gate(seen.judged_before, seen.judged_after, ALONE)
    assert alone.outcome == "pass"
    assert (alone.checks[0].judge_only, alone.checks[0].human) == (True, None)
    assert "400 items, judge-only)" in alone.sentence

    corrected = gate(seen.judged_before, seen.judged_after, CORRECTED, seen.labels(80))
    (check,) = corrected.checks
    assert (corrected.outcome, check.method, check.judge_only) == ("not_enough_data", "prediction-powered", False)
    assert check.low is not None
    assert check.high is not None
    assert check.low < 0 < check.high
    assert check.human is not None
    assert (check.human.labelled, check.human.unlabelled) == (80, 320)
    assert check.human.judge_low is not None
    assert check.human.judge_low > 0.05
    assert check.human.weight is not None
    assert 0.5 < check.human.weight < 1
    assert check.human.effective_labels is not None
    assert check.human.effective_labels > 160
    assert "400 items, 80 of them labelled by people)" in corrected.sentence
    # What is short is labels, not items.
    assert check.needed_n is None
    assert check.human.needed_labels is not None
    assert check.human.needed_labels > 80
    assert f"; about {check.human.needed_labels:,} labels of people would decide" in corrected.sentence


def test_the_means_of_a_corrected_check_differ_by_its_difference() -> None:
    seen = Flattered()
    (check,) = gate(seen.judged_before, seen.judged_after, CORRECTED, seen.labels(80)).checks
    assert check.baseline_mean is not None
    assert check.candidate_mean is not None
    assert check.difference == pytest.approx(check.candidate_mean - check.baseline_mean)


def test_lower_is_better_turns_a_corrected_check_around() -> None:
    seen = Flattered()
    kept = decide(
        results(seen.judged_before),
        results(seen.judged_after),
        CORRECTED,
        items=items(400),
        higher_is_better={"good": False},
        labels={"good": seen.labels(80)},
    )
    (check,), (usual,) = (
        kept.checks,
        gate(seen.judged_before, seen.judged_after, CORRECTED, seen.labels(80)).checks,
    )
    assert (check.difference, check.low, check.high) == pytest.approx((usual.difference, usual.low, usual.high))
    assert check.human == usual.human


def test_a_pair_counts_as_labelled_when_both_sides_are() -> None:
    seen = Flattered()
    known = seen.labels(80)
    some = PairLabels(known.baseline, {item: known.candidate[item] for item in list(known.candidate)[40:]})
    (check,) = gate(seen.judged_before, seen.judged_after, CORRECTED, some).checks
    assert check.human is not None
    assert (check.human.labelled, check.human.unlabelled) == (40, 360)


@pytest.mark.parametrize("labelled", [0, 1])
def test_a_rule_that_asks_for_labels_decides_nothing_without_them(labelled: int) -> None:
    seen = Flattered()
    decision = gate(seen.judged_before, seen.judged_after, CORRECTED, seen.labels(labelled))
    assert decision.outcome == "not_enough_data"
    assert decision.checks[0].low is None
    assert f"{labelled} of them labelled by people" in decision.sentence


def test_an_interval_of_a_corrected_check_never_contradicts_its_outcome() -> None:
    generator = np.random.default_rng(5)
    for round_ in range(60):
        seen = Flattered(int(generator.integers(12, 60)), seed=round_)
        margin = float(generator.uniform(0.01, 0.1))
        requirement = Requirement(metric="good", kind="non_inferiority", margin=margin, human=HUMAN)
        rule = GateRule(primary=requirement)
        (check,) = gate(seen.judged_before, seen.judged_after, rule, seen.labels(8)).checks
        assert check.low is not None
        assert check.high is not None
        expected = "pass" if check.low > -margin else "fail" if check.high < -margin else "not_enough_data"
        assert check.outcome == expected


def test_a_metric_of_code_carries_no_mark_and_its_verdict_keeps_its_form() -> None:
    seen = Flattered()
    decision = gate(seen.judged_before, seen.judged_after, ALONE, source="code")
    dumped = decision.checks[0].model_dump(mode="json")
    assert "judge-only" not in decision.sentence
    assert not {"human", "judge_only"} & dumped.keys()
    assert "human" not in ALONE.model_dump(mode="json")["primary"]


def test_the_labels_are_part_of_the_evidence() -> None:
    seen = Flattered()
    first, second = (
        gate(seen.judged_before, seen.judged_after, CORRECTED, seen.labels(count)).checks[0].human
        for count in (80, 81)
    )
    assert first is not None
    assert second is not None
    assert first.digest != second.digest


@pytest.mark.parametrize(
    ("human", "message"),
    [
        ({}, "human names a queue with a question, or a field"),
        ({"queue": "a", "field": "b"}, "human names a queue with a question, or a field"),
        ({"queue": "a", "baseline_field": "b"}, "baseline_field only beside a field"),
        ({"queue": "a", "answers": 1}, r"human\.answers: Extra inputs"),
    ],
)
def test_a_rule_names_one_place_of_labels(human: Mapping[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_rule({"primary": {"metric": "good", "kind": "superiority", "human": human}})


def test_a_run_s_metric_is_the_judge_s_alone_or_corrected() -> None:
    seen = Flattered()
    run = results(seen.judged_after)
    assert summarise(run, list(items(400).values()), ["good"])["good"].judged is True
    alone = judged_metric("good", run, [])
    assert alone.judge_only is True
    assert alone.judge_mean == pytest.approx(np.mean(seen.judged_after))
    assert alone.judge_low is not None
    assert alone.judge_low > 0.65
    labels = dict(zip(items(50), seen.after, strict=False))
    found = correct_metric("good", HUMAN, labels, run, items(400).values())
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.6 < found.high
    assert (found.labelled, found.unlabelled) == (50, 350)
    assert found.human_mean == pytest.approx(np.mean(seen.after[:50]))
    assert judged_metric("good", run, [found]).judge_only is False
    assert correct_metric("good", HUMAN, {}, run, items(400).values()) is None


def test_an_item_that_the_judge_has_no_verdict_on_is_not_left_out() -> None:
    values: list[float | None] = [0.0, 1.0] * 20
    values[0] = None
    run = results(values)
    run["i39"] = SampleResult("i39", "t", "s", 0, 1, prediction=None, error="broken", error_type="ValueError")
    labels = {f"i{number}": float(number % 2) for number in range(10)}
    found = correct_metric("good", HUMAN, labels, run, items(40).values())
    assert found is not None
    # What failed was never answered; what was answered counts, judged or not.
    assert (found.labelled, found.unlabelled) == (10, 29)


def test_labels_in_the_dataset_are_about_one_side() -> None:
    rule = GateRule(
        primary=Requirement(
            metric="good",
            kind="superiority",
            human=HumanLabels(field="labels.new", baseline_field="old", values={"yes": 1, "no": 0}),
        )
    )
    labelled = items(3, labels=[{"new": "yes"}, {"new": "no"}, {}], old=["no", None, "yes"])
    known = {"project": "guide", "baseline": "run-a", "candidate": "run-b", "items": list(labelled.values())}
    found = labels_of_rule(None, rule=rule, **known)  # type: ignore[arg-type]
    assert found == {"good": PairLabels({"i0": 0.0, "i2": 1.0}, {"i0": 1.0, "i1": 0.0})}
    one_sided = GateRule(primary=Requirement(metric="good", kind="superiority", human=HumanLabels(field="old")))
    with pytest.raises(InputError, match=r"about one side's outputs: name the field of the other"):
        labels_of_rule(None, rule=one_sided, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "values", "message"),
    [("fine", {}, "'fine' in 'old' is no number"), ("fine", {"bad": 0.0}, "'fine' in 'old' has no value")],
)
def test_a_label_that_is_no_number_needs_a_value(value: str, values: dict[str, float], message: str) -> None:
    human = HumanLabels(field="old", values=values)
    with pytest.raises(InputError, match=message):
        read_labels(None, "guide", "run-a", "good", human, items(1, old=[value]).values())  # type: ignore[arg-type]


def test_where_labels_are_is_read_as_a_query_names_it() -> None:
    found = parse_labels(queue="answers", question="fault", field=None, values=["none=1", "made up=0"])
    assert found == HumanLabels(queue="answers", question="fault", values={"none": 1.0, "made up": 0.0})
    assert parse_labels(queue=None, question=None, field=None, values=()) is None
    with pytest.raises(InputError, match="'none' does not say what an answer is worth"):
        parse_labels(queue="answers", question=None, field=None, values=["none"])
    with pytest.raises(InputError, match="Say where the labels are"):
        parse_labels(queue=None, question="good", field=None, values=())
    with pytest.raises(InputError, match="name one of the two"):
        parse_labels(queue="a", question=None, field="b", values=())


@pytest.fixture
def labelling(sqlite_url: str, audit: AuditChain) -> Labelling:
    """On one kind of database: the queries are those of the queues, which are tested on each."""
    return Labelling(Database(sqlite_url), audit)


def fill(labelling: Labelling, run: str, *, repeats: int = 1, count: int = 3) -> list[str]:
    """Add samples of a run to the queue."""
    ids = [f"{run}-{number}-{repeat}" for number in range(count) for repeat in range(repeats)]
    with labelling.database.write() as tx:
        for position, each in enumerate(ids):
            item = each.split("-")[2]
            output = {"trace_id": f"{position:032x}", "run": run}
            source = {"kind": "run", "dataset": "d", "item": f"i{item}", "outputs": [output]}
            tx.execute(
                insert(review_items).values(
                    id=each,
                    project="guide",
                    queue=labelling.name,
                    position=position,
                    source=source,
                    digest=f"sha256:{each}",
                    state="open",
                    adjudicated=False,
                    comment="",
                    scores_due=False,
                )
            )
    return ids


def test_settled_answers_about_a_run_s_samples_are_its_labels(labelling: Labelling) -> None:
    fault = {"name": "fault", "type": "choice", "choices": ["none", "made up"]}
    remark = {"name": "remark", "type": "text", "required": False}
    labelling.save(labels_per_item=1, questions=[{"name": "good", "type": "boolean"}, fault, remark])
    twice, _ = fill(labelling, "run-a", repeats=2), fill(labelling, "run-b")
    for number, each in enumerate(twice[:4]):
        labelling.label("ada", each, good=number != 1, fault="none" if number else "made up")

    def read(**human: object) -> Mapping[str, float]:
        place = HumanLabels.model_validate({"queue": "answers", **human})
        return read_labels(labelling.database, "guide", "run-a", "good", place, ())

    # The question that is called as the metric is; of an item labelled twice, the mean.
    assert read() == {"i0": 0.5, "i1": 1.0}
    assert read(question="fault", values={"none": 1, "made up": 0}) == {"i0": 0.5, "i1": 1.0}
    (source,) = sources_of_run(labelling.database, "guide", "run-a", "good")
    assert source == ("answers", "good", 2)
    assert sources_of_run(labelling.database, "guide", "run-b", "good") == []
    assert sources_of_run(labelling.database, "guide", "run-a", "fault") == []
    with pytest.raises(InputError, match=r"are words \(none, made up\); give each a number"):
        read(question="fault")
    with pytest.raises(InputError, match="are no measure of one output"):
        read(question="remark")
    with pytest.raises(InputError, match="does not ask 'charm'; it asks good, fault, remark"):
        read(question="charm")
    with pytest.raises(NotFound, match="There is no review queue 'none'"):
        read_labels(labelling.database, "guide", "run-a", "good", HumanLabels(queue="none"), ())
