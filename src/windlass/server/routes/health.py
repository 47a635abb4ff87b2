"""Health: is the process alive, and can it serve?"""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from windlass.server.caller import ServicesOf

router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    status: str
    problems: dict[str, str] = {}
    """Each engine that cannot serve, with why."""


@router.get("/live")
def is_live() -> Health:
    """Answer as long as the process does."""
    return Health(status="live")


@router.get("/ready")
def is_ready(response: Response, services: ServicesOf) -> Health:
    """Answer 200 when every engine answers, 503 with what does not."""
    problems = services.check()
    response.status_code = 503 if problems else 200
    return Health(status="unavailable" if problems else "ready", problems=problems)
