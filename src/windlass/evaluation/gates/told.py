"""The whole sentence of a verdict, from its evidence: when it is given, and again in another language."""

from windlass.evaluation.calibration.gating import judge_sentence
from windlass.evaluation.gates.checks import Check
from windlass.evaluation.gates.evidence import Evidence, Verdict
from windlass.evaluation.gates.sentences import gate_sentence, passed_words
from windlass.evaluation.sequential.decision import looks_sentence
from windlass.evaluation.wording.language import Language, say, say_count, speaking


def verdict_sentence(evidence: Evidence) -> str:
    """Say in the language that is spoken what was decided, on what grounds, and what to know about them."""
    judges = " ".join(filter(None, map(judge_sentence, evidence.judges)))
    looks = "" if evidence.sequential is None else looks_sentence(evidence.sequential)
    if judges and _is_withheld_for_judges(evidence):
        first = say(
            "Not enough data: the gate asks for calibrated judges. {judges} By its scores {found}",
            judges=judges,
            found=f"{passed_words(evidence.checks)}.",
        )
        said = [first, looks]
    else:
        said = [_by_scores(evidence), looks, judges]
    if evidence.unapproved:
        said.append(
            say_count(
                evidence.unapproved,
                "{n} synthetic item that nobody approved was left out.",
                "{n} synthetic items that nobody approved were left out.",
            )
        )
    return " ".join(each for each in said if each)


def told_in(verdict: Verdict, language: Language) -> Verdict:
    """Return a verdict with its sentence and warnings in a language; in English as they were digested."""
    if language == "en":
        return verdict
    with speaking(language):
        judges = {each.metric: judge_sentence(each) for each in verdict.judges}
        checks = [each.model_copy(update={"warning": _warning(each, judges)}) for each in verdict.checks]
        return verdict.model_copy(update={"sentence": verdict_sentence(verdict), "checks": checks})


def _warning(check: Check, judges: dict[str, str]) -> str | None:
    if check.caution is not None:
        return check.caution.words
    return (judges.get(check.metric) or check.warning) if check.warning else None


def _by_scores(evidence: Evidence) -> str:
    pairs = evidence.pairs
    errors = (pairs.candidate_errors, pairs.baseline_errors) if _errors_decide(evidence) else None
    return gate_sentence(evidence.outcome, evidence.checks, items=pairs.items, more_errors=errors)


def _errors_decide(evidence: Evidence) -> bool:
    # A gate that looks early tests errors at each look, so that the p value of its end does not tell.
    if evidence.sequential is not None:
        return evidence.pairs.errors_decide
    return evidence.pairs.errors_p_value <= evidence.rule.tail


def _is_withheld_for_judges(evidence: Evidence) -> bool:
    return (
        evidence.outcome == "not_enough_data"
        and evidence.rule.calibrated_judges == "require"
        and not _errors_decide(evidence)
        and all(each.outcome == "pass" for each in evidence.checks if each.blocking)
    )
