"""What a run must show, as the command line has it: `--require 'token_f1>=0.8'`."""

import re
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, Final, Literal, NamedTuple

from windlass.errors import InputError
from windlass.sdk.requirements import Bound, NotShown, require_bound

_REQUIREMENT: Final = re.compile(r"\s*([a-z0-9][a-z0-9._-]*)\s*(>=|<=)\s*([-+.\deE]+)\s*")
_MAX_MISSING: Final = 0.05


class Required(NamedTuple):
    metric: str
    bound: Bound


class Shown(NamedTuple):
    """What a run shows of one requirement."""

    outcome: Literal["pass", "fail", "not_enough_data"]
    sentence: str


def parse_requirement(text: str) -> Required:
    """Read `metric>=number` or `metric<=number`. Raises InputError."""
    found = _REQUIREMENT.fullmatch(text)
    try:
        value = float(found[3]) if found else float("nan")
    except ValueError:
        value = float("nan")
    if found is None or value != value:
        raise InputError(f"`--require {text}` is not METRIC>=NUMBER or METRIC<=NUMBER, such as 'token_f1>=0.8'.")
    return Required(found[1], Bound(value, found[2] == ">="))


def check_requirements(metrics: Mapping[str, Mapping[str, Any]], required: Iterable[Required]) -> list[Shown]:
    """Say of each requirement what a run's metrics show. Raises InputError for a metric that the run has not."""
    shown = []
    for metric, bound in required:
        if metric not in metrics:
            raise InputError(f"The run has no metric {metric!r}; it has {', '.join(metrics)}.")
        summary = SimpleNamespace(**metrics[metric])
        try:
            require_bound(metric, summary, bound, max_missing=_MAX_MISSING)
        except NotShown as error:
            shown.append(Shown(error.outcome, str(error)))
        else:
            interval = f"95 % interval {summary.low:.4g} to {summary.high:.4g}"
            shown.append(Shown("pass", f"Pass: {metric} is {summary.mean:.4g} ({interval}), {bound}."))
    return shown
