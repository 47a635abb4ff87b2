"""Whether a judge is calibrated: by its newest calibration on each set of labels."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import select

from windlass.evaluation.calibration.tables import calibrations
from windlass.evaluation.wording.language import say
from windlass.storage.database import Database

StandingState = Literal["calibrated", "failed", "not_enough_data", "none"]


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

    The newest calibration on each set of labels counts. One that failed, or drifted, is enough to say no; else one
    that passed is enough to say yes.
    """
    c = calibrations.c
    query = select(c.id, c.data, c.outcome, c.digest).where(
        c.project == project,
        c.evaluator == evaluator,
        c.version == version,
        c.prompt == prompt,
        c.state == "finished",
    )
    newest: dict[str, Standing] = {}
    with database.read() as tx:
        for row in tx.execute(query.order_by(c.finished.desc(), c.id.desc())):
            newest.setdefault(
                row.data, Standing(state=_STATES[row.outcome], calibration=row.id, digest=row.digest)
            )
    for state in ("failed", "calibrated", "not_enough_data"):
        for standing in newest.values():
            if standing.state == state:
                return standing
    return Standing(state="none")


_STATES: Mapping[str, StandingState] = {
    "pass": "calibrated",
    "fail": "failed",
    "not_enough_data": "not_enough_data",
}
