"""Whether a judge still judges frozen items as it did: McNemar's test on the verdicts that changed."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pydantic import BaseModel

from windlass.evaluation.calibration.judged import JudgedItem
from windlass.evaluation.statistics.binary_pairs import mcnemar_exact

LEVEL: Final = 0.05
"""How often a judge that does not change may be said to have drifted, however often it is watched."""
_TESTS: Final = 2


def level_of(watch: int) -> float:
    """Return the level of a watch, the first one being 1: those of all together come to 5 %."""
    return LEVEL / (watch * (watch + 1))


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
    watch: int = 1
    """How often the judge judged these anchors again, this time included."""
    level: float = LEVEL
    """Of both tests together: the levels of all watches come to 5 %, for each is another chance to err."""
    drifted: bool
    """Whether either test shows a change, both at half of the level."""


def measure_drift(
    anchor: str, former: Sequence[JudgedItem], now: Sequence[JudgedItem], *, same_judge: bool, watch: int = 1
) -> Drift:
    """Compare verdicts item by item; ``watch`` counts how often that was done, this time included."""
    level = level_of(watch)
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
        watch=watch,
        level=level,
        drifted=min(p_shift, p_agreement) <= level / _TESTS,
    )


class _Value(NamedTuple):
    value: float
    right: bool


def _values(item: JudgedItem) -> _Value | None:
    value = item.verdict.value
    return None if value is None else _Value(value, value == item.reference)
