"""The overview."""

from typing import Annotated

from fastapi import APIRouter, Depends

from windlass.access.principals import Principal
from windlass.monitoring.overview import Overview
from windlass.server.caller import ServicesOf, allowed
from windlass.server.languages import LanguageOf

router = APIRouter(prefix="/overview", tags=["overview"])


@router.get("")
def get_overview(
    principal: Annotated[Principal, Depends(allowed("trace:read"))],
    services: ServicesOf,
    language: LanguageOf,
) -> Overview:
    """Return what runs where, how it does, and what waits for somebody."""
    return services.overviews.make(principal.project, language)
