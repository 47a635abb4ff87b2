"""What a gate makes of a judge that was not measured against people."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, Field

from windlass.evaluation.calibration.standing import Standing, StandingState, standing_of
from windlass.evaluation.gates.deciding import Decision
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.result_columns import Results, is_judged
from windlass.evaluation.runs import Run
from windlass.evaluation.wording.language import say
from windlass.storage.database import Database

ELSEWHERE: Final = "elsewhere"


class JudgeOfMetric(BaseModel):
    """A judge whose scores decided in a gate, and the calibration that speaks for it."""

    metric: str
    version: str
    """The digest of its version; empty where its scores came from elsewhere."""
    standing: StandingState | Literal["elsewhere"]
    calibration: str | None = Field(default=None, exclude_if=lambda value: value is None)
    digest: str | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of that calibration."""


class Weighed(NamedTuple):
    """A decision with what it owes to its judges."""

    decision: Decision
    judges: list[JudgeOfMetric]


def weigh_judges(
    database: Database, project: str, rule: GateRule, decision: Decision, run: Run, samples: Results
) -> Weighed:
    """Look up the calibration of every judge that a rule rests on, and say what is missing.

    Where the rule warns, the checks say which judge is not calibrated; where it requires calibration, nothing
    better than "not enough data" comes of it. A failure stays one: it needs no judge to be believed in. The
    decision's own sentence is of its scores alone.
    """
    if rule.calibrated_judges == "ignore":
        return Weighed(decision, [])
    metrics = dict.fromkeys(each.metric for each in (rule.primary, *rule.guardrails))
    standings = {
        metric: _standing(database, project, run, metric)
        for metric in metrics
        if metric in run.judge_prompts or is_judged(samples, metric)
    }
    judges = [
        JudgeOfMetric(
            metric=metric,
            version=run.evaluator_versions.get(metric, ""),
            standing=ELSEWHERE if standing is None else standing.state,
            calibration=None if standing is None else standing.calibration,
            digest=None if standing is None else standing.digest,
        )
        for metric, standing in standings.items()
    ]
    return Weighed(_told(decision, rule, judges), judges)


def judge_sentence(judge: JudgeOfMetric) -> str:
    """Say what speaks against a judge; empty of one that is calibrated."""
    if judge.standing == "elsewhere":
        return say("The judge of {metric} is not known here: its scores came from elsewhere.", metric=judge.metric)
    if judge.standing == "calibrated":
        return ""
    return say(
        "The judge of {metric} {why}: measure it against people with `windlass judges calibrate {metric} --queue "
        "QUEUE`.",
        metric=judge.metric,
        why=Standing(state=judge.standing, calibration=judge.calibration).why,
    )


def _standing(database: Database, project: str, run: Run, metric: str) -> Standing | None:
    """Return how the judge of a metric stands; None where its scores came from elsewhere."""
    version = run.evaluator_versions.get(metric)
    if version is None:
        return None
    return standing_of(database, project, metric, version, run.judge_prompts.get(metric, ""))


def _told(decision: Decision, rule: GateRule, judges: Sequence[JudgeOfMetric]) -> Decision:
    sentences = {each.metric: said for each in judges if (said := judge_sentence(each))}
    if not sentences:
        return decision
    checks = [
        check.model_copy(update={"warning": check.warning or sentences.get(check.metric)})
        for check in decision.checks
    ]
    withheld = rule.calibrated_judges == "require" and decision.outcome == "pass"
    outcome = "not_enough_data" if withheld else decision.outcome
    return decision.model_copy(update={"outcome": outcome, "checks": checks})
