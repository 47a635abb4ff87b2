"""Verdicts: a gate's decision with its evidence, kept for good and bound into the audit chain."""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Row, insert, or_, select

from windlass.access.audit import AuditChain
from windlass.access.envelopes import Envelope
from windlass.access.principals import Principal
from windlass.access.signing import SigningKeys
from windlass.canonical import canonical_json, digest_bytes
from windlass.errors import InputError, NotFound
from windlass.evaluation.calibration.gating import weigh_judges
from windlass.evaluation.compare import shared_cluster
from windlass.evaluation.gates.comparisons import NO_LABELS, SEED
from windlass.evaluation.gates.deciding import decide
from windlass.evaluation.gates.evidence import Evidence, GatedRelease, Verdict
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.gates.signatures import envelope_of, sign_verdict
from windlass.evaluation.gates.told import verdict_sentence
from windlass.evaluation.human.labels import PairLabels
from windlass.evaluation.items_by_id import VersionItems
from windlass.evaluation.result_columns import Results
from windlass.evaluation.runs import UNFINISHED, Run
from windlass.evaluation.samples import Item
from windlass.evaluation.score_digests import digest_of_scores
from windlass.evaluation.scored_samples import ScoredItems
from windlass.evaluation.sequential.sides import done_items
from windlass.evaluation.tables import verdicts
from windlass.storage.database import Database, now
from windlass.storage.keyset import below, write_cursor
from windlass.version import __version__


class VerdictPage(NamedTuple):
    items: list[Verdict]
    next: str | None


class Side(NamedTuple):
    """A finished run and its samples by item."""

    run: Run
    samples: Results

    def without(self, items: Collection[str]) -> "Side":
        """Return it without the samples of some items."""
        if isinstance(self.samples, ScoredItems):
            return Side(self.run, self.samples.without(items))
        return Side(self.run, {item: sample for item, sample in self.samples.items() if item not in items})


def give_verdict(
    database: Database,
    audit: AuditChain,
    signing: SigningKeys,
    principal: Principal,
    *,
    candidate: Side,
    baseline: Side,
    items: Mapping[str, Item],
    rule: GateRule,
    unapproved: Collection[str] = (),
    labels: Mapping[str, PairLabels] = NO_LABELS,
) -> Verdict:
    """Decide, sign the verdict, and record it with its audit entry in one transaction.

    ``unapproved`` are items that may not decide: they are left out, and the verdict says how many. Equal grounds
    give the verdict that is there already. Where the rule names no cluster, the one that both runs name counts.
    Raises InputError when the runs cannot be compared (another dataset
    version, not finished, the same run twice, or a metric of two versions of its evaluator), and when no item is
    left.
    """
    _check_comparable(candidate.run, baseline.run, rule)
    _check_evaluators(candidate.run, baseline.run, rule)
    if unapproved:
        items = _others(items, unapproved)
        _refuse_nothing(items, candidate.run, len(unapproved))
        candidate, baseline = candidate.without(unapproved), baseline.without(unapproved)
    if rule.cluster is None and (cluster := shared_cluster(baseline.run, candidate.run)) is not None:
        rule = rule.model_copy(update={"cluster": cluster})
    directions = shared_directions(candidate.run, baseline.run)
    decision = decide(
        baseline.samples,
        candidate.samples,
        rule,
        items=items,
        higher_is_better=directions,
        seed=candidate.run.dataset.digest,
        done=[done_items(side.run, side.samples) for side in (baseline, candidate)],
        labels=labels,
    )
    decision, judges = weigh_judges(database, principal.project, rule, decision, candidate.run, candidate.samples)
    evidence = Evidence(
        outcome=decision.outcome,
        sentence="",
        candidate=_gated(candidate),
        baseline=_gated(baseline),
        dataset=candidate.run.dataset,
        rule=rule,
        checks=decision.checks,
        pairs=decision.pairs,
        sequential=decision.sequential,
        slices=decision.slices,
        worst=decision.worst,
        evaluators=sorted(directions),
        unapproved=len(unapproved),
        judges=judges,
        seed=SEED,
        windlass=__version__,
    )
    evidence.sentence = verdict_sentence(evidence)
    return _record(database, audit, signing, principal, evidence)


def get_verdict(database: Database, project: str, verdict_id: str) -> Verdict:
    """Return a verdict. Raises NotFound."""
    query = select(verdicts).where(verdicts.c.project == project, verdicts.c.id == verdict_id)
    with database.read() as tx:
        row = tx.execute(query).one_or_none()
        envelope = envelope_of(tx, verdict_id)
    if row is None:
        raise NotFound(f"There is no verdict {verdict_id!r} in the project {project!r}.")
    return _verdict(row, _signed_by(envelope))


def list_verdicts(
    database: Database, project: str, *, release: str | None = None, limit: int = 50, cursor: str | None = None
) -> VerdictPage:
    """Return a page of verdicts, newest first; `release` is the name or digest of a candidate.

    They stand there without their slices and worst items, which are most of a verdict.
    """
    query = select(verdicts).where(verdicts.c.project == project)
    if release:
        query = query.where(or_(verdicts.c.release_name == release, verdicts.c.release_digest == release))
    if cursor:
        query = query.where(below(verdicts, cursor))
    with database.read() as tx:
        rows = tx.execute(query.order_by(verdicts.c.created.desc(), verdicts.c.id.desc()).limit(limit + 1)).all()
    following = write_cursor(rows[limit - 1].created, rows[limit - 1].id) if len(rows) > limit else None
    return VerdictPage([_in_short(_verdict(row)) for row in rows[:limit]], following)


def shared_directions(candidate: Run, baseline: Run) -> dict[str, bool]:
    """Return of the metrics that two runs both have whether higher is better."""
    directions = {**baseline.higher_is_better, **candidate.higher_is_better}
    shared = set(baseline.evaluators) & set(candidate.evaluators)
    return {name: value for name, value in directions.items() if name in shared}


def same_evaluators(candidate: Run, baseline: Run, metrics: Iterable[str]) -> bool:
    """Tell whether metrics were scored by the same versions of their evaluators in both runs."""
    return all(_evaluator_of(candidate, metric) == _evaluator_of(baseline, metric) for metric in metrics)


def _others(items: Mapping[str, Item], unapproved: Collection[str]) -> Mapping[str, Item]:
    if isinstance(items, VersionItems):
        return items.without(unapproved)
    return {item: each for item, each in items.items() if item not in unapproved}


def _refuse_nothing(items: Collection[str], run: Run, unapproved: int) -> None:
    if not items:
        raise InputError(
            f"All {unapproved} items of {run.dataset.name} {run.dataset.number} are synthetic and nobody approved "
            "one: label them in the review queue of the dataset, then gate again."
        )


def _check_comparable(candidate: Run, baseline: Run, rule: GateRule) -> None:
    if candidate.id == baseline.id:
        raise InputError(f"Candidate and baseline are the same run, {candidate.id}; evaluate both releases.")
    for run in (candidate, baseline):
        # A sequential rule holds whenever samples end to come; any other asks for all of them.
        if run.state != "finished" and (rule.sequential is None or run.state in UNFINISHED):
            raise InputError(f"{run.id} is {run.state}; a gate needs two finished runs.")
    if candidate.dataset.digest != baseline.dataset.digest:
        raise InputError(
            f"The runs are on different versions of data: {candidate.dataset.name} "
            f"{candidate.dataset.number} and {baseline.dataset.name} {baseline.dataset.number}. "
            "Evaluate both releases on one dataset version."
        )
    if not candidate.asks_as(baseline):
        raise InputError(
            f"The runs did not ask alike: {candidate.id} {_manner(candidate)}, and {baseline.id} "
            f"{_manner(baseline)}. Evaluate both releases in one way."
        )


def _manner(run: Run) -> str:
    if run.replay is not None:
        return f"replays recordings ({', '.join(str(value) for value in run.replay.values())})"
    return "calls no tools" if run.tools in {None, "none"} else f"calls tools (`--tools {run.tools}`)"


def _check_evaluators(candidate: Run, baseline: Run, rule: GateRule) -> None:
    for metric in rule.metrics:
        if _evaluator_of(candidate, metric) != _evaluator_of(baseline, metric):
            raise InputError(
                f"{metric} was scored by two versions of that evaluator, one in {candidate.id} and another in "
                f"{baseline.id}. Evaluate both releases with the same."
            )


def _evaluator_of(run: Run, metric: str) -> tuple[str | None, str | None]:
    return run.evaluator_versions.get(metric), run.judge_prompts.get(metric)


def _gated(side: Side) -> GatedRelease:
    return GatedRelease(**side.run.release.model_dump(), run=side.run.id, scores=digest_of_scores(side.samples))


def _record(
    database: Database, audit: AuditChain, signing: SigningKeys, principal: Principal, evidence: Evidence
) -> Verdict:
    content = canonical_json(evidence.model_dump(mode="json"))
    found = digest_bytes(content)
    same = select(verdicts).where(verdicts.c.project == principal.project, verdicts.c.digest == found)
    with database.write() as tx:
        row = tx.execute(same).one_or_none()
        if row is None:
            verdict_id = f"verdict-{secrets.token_hex(8)}"
            tx.execute(
                insert(verdicts).values(
                    id=verdict_id,
                    project=principal.project,
                    outcome=evidence.outcome,
                    release_name=evidence.candidate.name,
                    release_digest=evidence.candidate.digest,
                    digest=found,
                    evidence=content.decode(),
                    created=now(),
                    by=principal.id,
                )
            )
            row = tx.execute(same).one()
            signed_by = sign_verdict(tx, signing, row).key_ids
            audit.append(
                tx,
                principal,
                "verdict:give",
                f"verdict/{verdict_id}",
                before=evidence.baseline.digest,
                after=evidence.candidate.digest,
                reason=evidence.sentence,
                details={"outcome": evidence.outcome, "evidence": found, "signed_by": signed_by},
            )
        else:
            signed_by = _signed_by(envelope_of(tx, row.id))
    return _verdict(row, signed_by)


def _signed_by(envelope: Envelope | None) -> list[str]:
    return [] if envelope is None else envelope.key_ids


def _verdict(row: Row[tuple[object, ...]], signed_by: Sequence[str] = ()) -> Verdict:
    kept = {"id": row.id, "digest": row.digest, "created": row.created, "by": row.by, "signed_by": signed_by}
    return Verdict.model_validate({**json.loads(row.evidence), **kept})


def _in_short(verdict: Verdict) -> Verdict:
    return verdict.model_copy(update={"slices": [], "worst": []})
