"""Gates and their verdicts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from windlass.access.envelopes import Envelope
from windlass.access.principals import Principal
from windlass.access.signing import SigningKey
from windlass.artifacts.environments import PastPromotion
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.gates.power_curves import PowerCurve, power_curve
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.gates.signatures import get_envelope, sign_again
from windlass.evaluation.gates.told import told_in
from windlass.evaluation.gates.verdicts import get_verdict, list_verdicts
from windlass.server.caller import ServicesOf, allowed
from windlass.server.languages import LanguageOf
from windlass.server.paging import Cursor, Items, Limit, Page

router = APIRouter(tags=["gates"])

Reader = Annotated[Principal, Depends(allowed("verdict:read"))]
Writer = Annotated[Principal, Depends(allowed("verdict:write"))]
KeyManager = Annotated[Principal, Depends(allowed("key:manage"))]


class GateRequest(BaseModel):
    candidate: str
    """A release (`name@what`), whose newest finished run counts, or a run."""
    baseline: str
    dataset: str | None = None
    """Only runs on this dataset (`name@what`) count."""
    rule: GateRule | None = None
    """Left out: the first metric that both runs have must be better, and nothing else is asked."""


@router.post("/gates", status_code=201)
def give_one_verdict(body: GateRequest, principal: Writer, services: ServicesOf) -> Verdict:
    """Give a verdict on a candidate, recorded with its evidence in the audit chain."""
    return services.gates.decide(principal, body.candidate, body.baseline, dataset=body.dataset, rule=body.rule)


@router.get("/verdicts")
def list_all_verdicts(
    principal: Reader,
    services: ServicesOf,
    language: LanguageOf,
    release: str | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Verdict]:
    """List verdicts, newest first, in short: without slices and worst items.

    `release` is the name or digest of a candidate.
    """
    page = list_verdicts(services.database, principal.project, release=release, limit=limit, cursor=cursor)
    return Page(items=[told_in(each, language) for each in page.items], next=page.next)


@router.get("/verdicts/{verdict_id}")
def get_one_verdict(verdict_id: str, principal: Reader, services: ServicesOf, language: LanguageOf) -> Verdict:
    """Return a verdict with all its evidence.

    Its sentence and its warnings are in the language that is asked for; the digest is of the English ones.
    """
    return told_in(get_verdict(services.database, principal.project, verdict_id), language)


@router.get("/verdicts/{verdict_id}/attestation")
def get_attestation_of_verdict(
    verdict_id: str, principal: Reader, services: ServicesOf, response: Response
) -> Envelope:
    """Return the signed file of a verdict, to be verified elsewhere: an in-toto test result in a DSSE envelope."""
    envelope = get_envelope(services.database, principal.project, verdict_id)
    response.headers["content-disposition"] = f'attachment; filename="{verdict_id}.json"'
    return envelope


@router.post("/verdicts/{verdict_id}/signatures", status_code=201)
def sign_one_verdict(verdict_id: str, principal: Writer, services: ServicesOf) -> Envelope:
    """Sign a verdict with the key that signs now, beside the signatures that it has."""
    return sign_again(services.database, services.audit, services.signing, principal, verdict_id)


@router.get("/signing-keys")
def list_signing_keys(_principal: Reader, services: ServicesOf) -> Items[SigningKey]:
    """List the public keys that verdicts are signed with: the one that signs now, and those before it."""
    return Items(items=services.signing.public_keys())


@router.post("/signing-keys", status_code=201)
def rotate_signing_key(principal: KeyManager, services: ServicesOf) -> SigningKey:
    """Make another key, which signs from now on; what was signed before can still be verified."""
    return services.signing.rotate(services.database, services.audit, principal)


@router.get("/verdicts/{verdict_id}/power")
def get_power_of_verdict(verdict_id: str, principal: Reader, services: ServicesOf) -> Items[PowerCurve]:
    """Say of each check how probably more items would decide it, were the difference and the spread as seen."""
    verdict = get_verdict(services.database, principal.project, verdict_id)
    return Items(items=[curve for check in verdict.checks if (curve := power_curve(check)) is not None])


@router.get("/verdicts/{verdict_id}/promotions")
def list_promotions_on_verdict(verdict_id: str, principal: Reader, services: ServicesOf) -> Items[PastPromotion]:
    """List the promotions that were made on a verdict, newest first."""
    verdict = get_verdict(services.database, principal.project, verdict_id)
    return Items(items=services.environments.promotions_on(principal.project, verdict.id))
