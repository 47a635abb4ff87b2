"""Whether a judge is calibrated: by its newest calibration on each set of labels."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from windlass.evaluation.calibration.tables import calibrations
from windlass.evaluation.wording.language import say
from windlass.storage.database import Database

StandingState = Literal["calibrated", "drifted", "failed", "not_enough_data", "none"]


class Standing(BaseModel):
    """How a judge stands: a version that is told the same."""

    state: StandingState
    calibration: str | None = None
    """What says so: the newest that passed, failed, or left it open."""
    digest: str | None = Field(default=None, exclude_if=lambda value: value is None)

    @property
    def why(self) -> str:
        match self.state:
            case "calibrated":
                return say("is calibrated")
            case "drifted":
                return say(
                    "no longer judges its anchors as it did ({calibration}), so it drifted",
                    calibration=self.calibration,
                )
            case "failed":
                return say("failed its calibration ({calibration})", calibration=self.calibration)
            case "not_enough_data":
                return say(
                    "has no calibration with enough labels to tell ({calibration})", calibration=self.calibration
                )
            case "none":
                return say("has not been calibrated")


def standing_of(database: Database, project: str, evaluator: str, version: str, prompt: str) -> Standing:
    """Return how a judge stands.

    The newest calibration on each set of labels counts. One that failed is enough to say no; else one that passed
    is enough to say yes. A drift stays one, whatever was judged again since, until the judge is measured anew.
    """
    c = calibrations.c
    query = select(c.id, c.data, c.outcome, c.digest, c.anchor).where(
        c.project == project,
        c.evaluator == evaluator,
        c.version == version,
        c.prompt == prompt,
        c.state == "finished",
    )
    newest: dict[str, Standing] = {}
    measured: set[str] = set()
    with database.read() as tx:
        for row in tx.execute(query.order_by(c.finished.desc(), c.id.desc())).all():
            if row.data in measured:
                continue
            if row.anchor is None:
                measured.add(row.data)
            drifted = row.anchor is not None and row.outcome == "fail" and _drifted(tx, row.id)
            state: StandingState = "drifted" if drifted else _STATES[row.outcome]
            standing = Standing(state=state, calibration=row.id, digest=row.digest)
            if drifted or row.data not in newest:
                newest[row.data] = standing
    for state in _ORDER:
        for standing in newest.values():
            if standing.state == state:
                return standing
    return Standing(state="none")


def _drifted(tx: Connection, calibration: str) -> bool:
    content = tx.execute(select(calibrations.c.content).where(calibrations.c.id == calibration)).scalar_one()
    drift = json.loads(content)["result"]["drift"]
    return bool(drift and drift["same_judge"] and drift["drifted"])


_ORDER: Final[Sequence[StandingState]] = ("drifted", "failed", "calibrated", "not_enough_data")
"""Which of several sets of labels has the say."""

_STATES: Mapping[str, StandingState] = {
    "pass": "calibrated",
    "fail": "failed",
    "not_enough_data": "not_enough_data",
}
