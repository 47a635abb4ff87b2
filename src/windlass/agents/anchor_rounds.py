"""Anchors judged again by themselves: when their time has come, and when the judge became another one."""

import threading
from dataclasses import replace
from datetime import datetime
from typing import Final

from windlass.access.audit import AuditChain
from windlass.access.principals import SYSTEM, Principal
from windlass.agents.calibrations import Calibrations
from windlass.artifacts.registry import Registry
from windlass.errors import WindlassError
from windlass.evaluation.calibration.records import is_being_measured
from windlass.evaluation.calibration.schedules import (
    AnchorSchedule,
    Owed,
    ScheduleRequest,
    claim,
    note_judged,
    put_schedule,
    schedules,
)
from windlass.evaluation.calibration.standing import standing_of
from windlass.evaluation.evaluator_descriptions import describe_evaluator
from windlass.storage.database import Database, now

_DUE: Final = "its time has come"
_CHANGED: Final = "the judge changed"


class AnchorRounds:
    """Looks to the schedules of one server's judges."""

    def __init__(
        self, database: Database, audit: AuditChain, *, registry: Registry, calibrations: Calibrations
    ) -> None:
        self._database = database
        self._audit = audit
        self._registry = registry
        self._calibrations = calibrations

    def schedule(self, principal: Principal, evaluator: str, request: ScheduleRequest) -> AnchorSchedule:
        """Have a judge's anchors judged again by themselves.

        Raises NotFound, ConfigurationError for a model without a key, and InputError for a judge without a
        calibration whose items could be, and for a ceiling of money without a price.
        """
        last = self._calibrations.check_watch(principal, evaluator, request.ref, request.limits)
        return put_schedule(self._database, self._audit, principal, evaluator, request, last)

    def look(self, stopping: threading.Event, *, time: datetime | None = None) -> None:
        """Begin to judge the anchors that are to be judged now."""
        for owed in schedules(self._database):
            if stopping.is_set():
                return
            try:
                self._look(owed, time or now())
            except WindlassError as error:
                note_judged(self._database, owed, error=error.message)

    def _look(self, owed: Owed, time: datetime) -> None:
        project, schedule = owed.project, owed.schedule
        judge = describe_evaluator(self._registry, project, schedule.evaluator, schedule.ref)
        version = judge.version.digest if judge.version else ""
        is_another = (version, judge.prompt) != (owed.version, owed.prompt)
        if not is_another and schedule.due > time:
            return
        standing = standing_of(self._database, project, schedule.evaluator, version, judge.prompt)
        # One that drifted is to be measured anew, which costs people's time: until then there is nothing to learn.
        if standing.state == "drifted" or is_being_measured(self._database, project, schedule.evaluator):
            return
        principal = replace(SYSTEM, project=project)
        why = _CHANGED if is_another else _DUE
        if not claim(self._database, self._audit, principal, owed, (version, judge.prompt), why):
            return
        begun = self._calibrations.watch(principal, schedule.evaluator, what=schedule.ref, limits=schedule.limits)
        note_judged(self._database, owed, calibration=begun.id)
