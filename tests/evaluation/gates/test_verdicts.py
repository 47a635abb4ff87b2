import json

import pytest
from sqlalchemy import select

from windlass.access.audit import AuditChain, list_entries
from windlass.access.principals import Principal
from windlass.access.signing import SigningKeys
from windlass.canonical import digest
from windlass.errors import InputError, NotFound
from windlass.evaluation.compare import Comparison, ReadBoth, compare_runs, pair_runs
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.gates.evidence import Evidence, Verdict
from windlass.evaluation.gates.power_curves import power_curve
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.gates.verdicts import Side, get_verdict, give_verdict, list_verdicts
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.run_states import finish_run
from windlass.evaluation.runs import Run, VersionName, create_run, get_run
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.tables import verdicts
from windlass.storage.database import Database

EDITOR = Principal(id="key-ed", kind="key", role="editor")
ITEMS = {f"i{number}": Item(id=f"i{number}", input=f"q{number}") for number in range(40)}
RULE = GateRule(primary=Requirement(metric="f1", kind="superiority"))
EVALUATORS = [
    Evaluator("f1", lambda sample: 0),
    Evaluator("latency_s", lambda sample: 0, higher_is_better=False),
]


def side(
    database: Database, audit: AuditChain, release: str, shift: float, *, data: int = 1, finish: bool = True
) -> Side:
    run = create_run(
        database,
        audit,
        EDITOR,
        release=VersionName(name=release, number=1, digest=f"sha256:{release}"),
        dataset=VersionName(name="questions", number=data, digest=f"sha256:questions-{data}"),
        items=len(ITEMS),
        evaluators=EVALUATORS,
        concurrency=1,
    )
    if finish:
        finish_run(database, run.id, {})
    return Side(
        get_run(database, "default", run.id), {item: result(item, n, shift) for n, item in enumerate(ITEMS)}
    )


def result(item: str, number: int, shift: float) -> SampleResult:
    value = 0.3 + 0.01 * number + shift * (1 + 0.1 * (number % 3))
    judgements = {"f1": Judgement(value), "latency_s": Judgement(1.0 + shift)}
    return SampleResult(
        item, f"{number:032x}", "a" * 16, 0, 1, Prediction(output=f"{value:.2f}"), judgements=judgements
    )


def give(database: Database, audit: AuditChain, signing: SigningKeys, candidate: Side, baseline: Side) -> Verdict:
    return give_verdict(
        database, audit, signing, EDITOR, candidate=candidate, baseline=baseline, items=ITEMS, rule=RULE
    )


def test_a_verdict_is_kept_with_its_evidence(database: Database, audit: AuditChain, signing: SigningKeys) -> None:
    better, base = side(database, audit, "better", 0.1), side(database, audit, "base", 0.0)
    verdict = give(database, audit, signing, better, base)
    assert (verdict.outcome, verdict.by) == ("pass", "key-ed")
    assert (verdict.candidate.name, verdict.candidate.run) == ("better", better.run.id)
    assert (verdict.baseline.digest, verdict.dataset.digest) == ("sha256:base", "sha256:questions-1")
    assert get_verdict(database, "default", verdict.id) == verdict
    with database.read() as tx:
        row = tx.execute(select(verdicts)).one()
    assert digest(json.loads(row.evidence)) == row.digest == verdict.digest


def test_the_audit_chain_holds_the_verdict(database: Database, audit: AuditChain, signing: SigningKeys) -> None:
    verdict = give(
        database, audit, signing, side(database, audit, "worse", -0.1), side(database, audit, "base", 0.0)
    )
    entry = list_entries(database, "default")[0]
    assert (entry.action, entry.resource) == ("verdict:give", f"verdict/{verdict.id}")
    assert (entry.before, entry.after, entry.reason) == ("sha256:base", "sha256:worse", verdict.sentence)
    (key,) = signing.public_keys()
    assert entry.details == {"outcome": "fail", "evidence": verdict.digest, "signed_by": [key.id]}
    assert audit.verify(database).ok


def test_equal_grounds_have_one_verdict(database: Database, audit: AuditChain, signing: SigningKeys) -> None:
    better, base = side(database, audit, "better", 0.1), side(database, audit, "base", 0.0)
    first = give(database, audit, signing, better, base)
    entries = len(list_entries(database, "default"))
    assert give(database, audit, signing, better, base) == first
    assert len(list_entries(database, "default")) == entries
    other = {**better.samples, "i0": result("i0", 0, 0.2)}
    assert give(database, audit, signing, Side(better.run, other), base).id != first.id


def test_runs_that_cannot_be_compared_are_refused(
    database: Database, audit: AuditChain, signing: SigningKeys
) -> None:
    better, base = side(database, audit, "better", 0.1), side(database, audit, "base", 0.0)
    with pytest.raises(InputError, match="the same run"):
        give(database, audit, signing, base, base)
    with pytest.raises(InputError, match="is queued; a gate needs two finished runs"):
        give(database, audit, signing, side(database, audit, "early", 0.1, finish=False), base)
    with pytest.raises(InputError, match="different versions of data: questions 2 and questions 1"):
        give(database, audit, signing, side(database, audit, "better", 0.1, data=2), base)
    with pytest.raises(NotFound, match="no verdict 'verdict-1'"):
        get_verdict(database, "default", "verdict-1")
    assert list_verdicts(database, "default").items == []
    assert better.run.state == "finished"


def test_verdicts_are_listed_newest_first(database: Database, audit: AuditChain, signing: SigningKeys) -> None:
    base = side(database, audit, "base", 0.0)
    given = [give(database, audit, signing, side(database, audit, f"r{n}", 0.1), base).id for n in range(3)]
    first = list_verdicts(database, "default", limit=2)
    rest = list_verdicts(database, "default", limit=2, cursor=first.next)
    assert [verdict.id for verdict in first.items + rest.items] == given[::-1]
    assert rest.next is None
    assert [verdict.id for verdict in list_verdicts(database, "default", release="r1").items] == [given[1]]
    assert list_verdicts(database, "another").items == []


def comparison_of(base: Side, changed: Side, metric: str | None = None) -> Comparison:
    before, after = stored(base), stored(changed)
    index = ItemIndex(ITEMS)
    pairing = pair_runs(base.run, changed.run, before.scores(index), after.scores(index), metric)
    return compare_runs(pairing, list(ITEMS.values()), ReadBoth(before.of_items, after.of_items))


def stored(side: Side) -> MemorySamples:
    store = MemorySamples()
    store.write([(ITEMS[item], sample) for item, sample in side.samples.items()])
    return store


def test_a_comparison_puts_the_greatest_losses_first(
    database: Database, audit: AuditChain, signing: SigningKeys
) -> None:
    base, changed = side(database, audit, "base", 0.0), side(database, audit, "changed", 0.01)
    samples = dict(changed.samples)
    samples["i7"], samples["i9"] = result("i7", 7, -0.5), result("i9", 9, -0.2)
    samples["i3"] = SampleResult("i3", "3" * 32, "a" * 16, 0, 1, None, error="broken")
    del samples["i5"]
    comparison = comparison_of(base, Side(changed.run, samples), "f1")
    assert [sample.item for sample in comparison.samples[:2]] == ["i7", "i9"]
    assert {sample.item for sample in comparison.samples[-2:]} == {"i3", "i5"}
    assert (comparison.items_paired, comparison.items_missing) == (39, 1)
    f1, latency = comparison.metrics
    assert (f1.name, f1.n, f1.higher_is_better, latency.higher_is_better) == ("f1", 38, True, False)
    worst = comparison.samples[0]
    assert worst.candidate is not None
    assert worst.baseline is not None
    assert worst.difference == pytest.approx(worst.candidate.scores["f1"] - worst.baseline.scores["f1"])  # type: ignore[operator]
    assert comparison.next is None
    assert comparison.tally.model_dump() == {"worse": 2, "equal": 0, "better": 36, "unknown": 2}
    line = [point.difference for point in comparison.differences]
    assert (line[0], len(line), line) == (worst.difference, 38, sorted(line))
    by_time = comparison_of(base, Side(changed.run, samples), "latency_s")
    assert by_time.samples[0].difference == pytest.approx(0.01)


def test_a_comparison_needs_a_shared_metric_and_the_same_data(
    database: Database, audit: AuditChain, signing: SigningKeys
) -> None:
    base = side(database, audit, "base", 0.0)
    with pytest.raises(InputError, match="both have the metric 'bleu'; they share f1, latency_s"):
        comparison_of(base, base, "bleu")
    other = side(database, audit, "other", 0.0, data=2)
    with pytest.raises(InputError, match="different versions of data"):
        comparison_of(base, other)


def test_a_run_without_directions_has_none(database: Database, audit: AuditChain, signing: SigningKeys) -> None:
    run: Run = side(database, audit, "base", 0.0).run.model_copy(update={"settings": {}})
    assert run.higher_is_better == {}


BEFORE = """{"baseline":{"digest":"sha256:base","name":"base","number":1,"run":"run-1","scores":"sha256:s"},
"candidate":{"digest":"sha256:better","name":"better","number":1,"run":"run-2","scores":"sha256:t"},
"checks":[{"baseline_mean":0.5,"candidate_mean":0.6,"clusters":40,"confidence":0.95,"detectable":0.01,
"difference":0.1,"high":0.12,"higher_is_better":true,"kind":"superiority","low":0.08,"margin":0.0,"method":"t",
"metric":"f1","missing":0,"n":40,"needed_n":null,"outcome":"pass","p_value":0.001,"role":"primary","undefined":0,
"warning":null}],"dataset":{"digest":"sha256:questions-1","name":"questions","number":1},"evaluators":["f1"],
"outcome":"pass","pairs":{"absent":0,"baseline_errors":0,"candidate_errors":0,"errors_p_value":1.0,"items":40,
"paired":40},"rule":{"cluster":null,"confidence":0.95,"guardrails":[],"max_missing":0.05,
"primary":{"kind":"superiority","margin":0.0,"metric":"f1"}},"seed":20080911,"sentence":"Pass: f1 is better.",
"unapproved":0,"windlass":"0.1.0"}"""


def test_a_verdict_that_was_given_before_is_read_and_keeps_its_digest() -> None:
    stored = json.loads(BEFORE)
    evidence = Evidence.model_validate(stored)
    assert evidence.model_dump(mode="json") == stored
    assert digest(evidence.model_dump(mode="json")) == digest(stored)
    # It does not say what the power of more items goes by.
    assert power_curve(evidence.checks[0]) is None
