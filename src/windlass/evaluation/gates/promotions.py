"""Promotion on the strength of a verdict."""

from windlass.access.principals import Principal
from windlass.artifacts.environments import Deployment, Environments
from windlass.artifacts.registry import ANY
from windlass.errors import Conflict
from windlass.evaluation.gates.verdicts import get_verdict
from windlass.storage.database import Database


def promote_release(
    database: Database,
    environments: Environments,
    principal: Principal,
    environment: str,
    release: str,
    *,
    expected: object = ANY,
    reason: str = "",
    verdict_id: str | None = None,
) -> Deployment:
    """Promote a release; where a verdict is named, only the release that it passed.

    Raises Conflict for a verdict that did not pass or is about another release, and what
    `Environments.promote` raises.
    """
    if verdict_id is not None:
        verdict = get_verdict(database, principal.project, verdict_id)
        version = environments.resolve(principal.project, release)
        if verdict.candidate.digest != version.digest:
            raise Conflict(
                f"{verdict_id} is about release/{verdict.candidate.name} {verdict.candidate.number}, not about "
                f"release/{version.name} {version.number}: gate this one first."
            )
        if verdict.outcome != "pass":
            raise Conflict(
                f"{verdict_id} says {verdict.outcome.replace('_', ' ')}: release/{version.name} {version.number} "
                f"may not go to {environment!r} on it."
            )
        release = f"{version.name}@{version.digest}"
    return environments.promote(
        principal, environment, release, expected=expected, reason=reason, verdict_id=verdict_id
    )
