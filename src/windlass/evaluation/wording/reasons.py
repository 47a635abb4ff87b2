"""Why a value or a verdict is missing, in words; what an evaluator of somebody's own says stays as it is."""

from collections.abc import Mapping
from typing import Final

from windlass.evaluation.wording.language import say

REASONS: Final[Mapping[str, str]] = {
    "abstain": "abstained",
    "absent": "not sampled",
    "crashed": "evaluator crashed",
    "diverged": "left its record",
    "error": "evaluator failed",
    "failed": "failed",
    "memory": "evaluator out of memory",
    "no_claims": "nothing claimed",
    "no_media": "no picture or clip",
    "no_quorum": "no quorum of the jury",
    "refused": "refused by the provider",
    "timeout": "took too long",
    "undefined": "undefined",
    "unparsable": "no readable verdict",
    "unscored": "not scored",
}


def reason_words(reason: str) -> str:
    return say(REASONS.get(reason, reason))


def reasons_line(reasons: Mapping[str, int]) -> str:
    """Say how often each, such as "3 left its record, 1 undefined"."""
    return ", ".join(f"{n:,} {reason_words(reason)}" for reason, n in reasons.items())
