"""The audit chain."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from windlass.access.audit import AuditEntry, AuditVerification, list_entries
from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit, Page, cursor_number

router = APIRouter(prefix="/audit", tags=["audit"])

Reader = Annotated[Principal, Depends(allowed("audit:read"))]


@router.get("")
def list_audit_entries(
    principal: Reader,
    services: ServicesOf,
    action: Annotated[str | None, Query(max_length=200, pattern="^[a-z_]+:[a-z_]+$")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditEntry]:
    """List the project's entries, of one action such as `erasure:create` if it is named, newest first."""
    before_seq = cursor_number(cursor)
    entries = list_entries(
        services.database, principal.project, action=action, before_seq=before_seq, limit=limit + 1
    )
    return Page(items=entries[:limit], next=str(entries[limit - 1].seq) if len(entries) > limit else None)


@router.get("/verification")
def verify_audit_chain(_principal: Reader, services: ServicesOf) -> AuditVerification:
    """Recompute the whole chain and name every entry that was changed, removed or moved."""
    return services.audit.verify(services.database)
