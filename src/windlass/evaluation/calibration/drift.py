"""Whether a judge still judges frozen items as it did: McNemar's test on the verdicts that changed."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pydantic import BaseModel

from windlass.evaluation.calibration.judged import JudgedItem
from windlass.evaluation.statistics.binary_pairs import mcnemar_exact

LEVEL: Final = 0.05
_TESTS: Final = 2


class Drift(BaseModel):
    """The verdicts on the anchors against those of the calibration that froze them."""

    anchor: str
    """That calibration."""
    same_judge: bool
    """Whether it is the same version, told the same: what changed is then the model behind it."""
    items: int
    """Anchors with a verdict both times."""
    gone: int
    """Anchors that could not be judged again: what they were is not there any more."""
    raised: int
    """Items whose value rose."""
    lowered: int
    p_shift: float
    """McNemar's exact p, two-sided, of raised against lowered: whether the judge became kinder or stricter."""
    gained: int
    """Items on which it now says what people say, and did not."""
    lost: int
    """Items on which it no longer does."""
    p_agreement: float
    """McNemar's exact p of gained against lost."""
    drifted: bool
    """Whether either test shows a change, both at half of 5 %."""


def measure_drift(
    anchor: str, former: Sequence[JudgedItem], now: Sequence[JudgedItem], *, same_judge: bool
) -> Drift:
    """Compare verdicts item by item."""
    again = {item.item: item for item in now}
    pairs = [(_values(item), _values(again[item.item])) for item in former if item.item in again]
    known = [(before, after) for before, after in pairs if before is not None and after is not None]
    raised = sum(after.value > before.value for before, after in known)
    lowered = sum(after.value < before.value for before, after in known)
    gained = sum(after.right and not before.right for before, after in known)
    lost = sum(before.right and not after.right for before, after in known)
    p_shift, p_agreement = mcnemar_exact(raised, lowered), mcnemar_exact(gained, lost)
    return Drift(
        anchor=anchor,
        same_judge=same_judge,
        items=len(known),
        gone=len(former) - len(pairs),
        raised=raised,
        lowered=lowered,
        p_shift=p_shift,
        gained=gained,
        lost=lost,
        p_agreement=p_agreement,
        drifted=min(p_shift, p_agreement) <= LEVEL / _TESTS,
    )


class _Value(NamedTuple):
    value: float
    right: bool


def _values(item: JudgedItem) -> _Value | None:
    value = item.verdict.value
    return None if value is None else _Value(value, value == item.reference)
