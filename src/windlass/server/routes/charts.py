"""Charts, and the dashboard of a project."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.monitoring.dashboards import Charts, Dashboard, read_dashboard, save_dashboard
from windlass.server.caller import ServicesOf, allowed
from windlass.telemetry.charts import Chart, ChartData
from windlass.telemetry.queries import measure_chart

router = APIRouter(prefix="/charts", tags=["charts"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]
Editor = Annotated[Principal, Depends(allowed("dashboard:write"))]


class DashboardRequest(BaseModel):
    charts: Charts
    expected: int
    """The version that was read (0 before the first save); 409 when another is there now."""


@router.get("")
def get_dashboard(principal: Reader, services: ServicesOf) -> Dashboard:
    """Return the charts of the project's dashboard in their order."""
    return read_dashboard(services.database, principal.project)


@router.put("")
def set_dashboard(body: DashboardRequest, principal: Editor, services: ServicesOf) -> Dashboard:
    """Replace the charts of the project's dashboard."""
    return save_dashboard(services.database, services.audit, principal, body.charts, expected=body.expected)


@router.post("/measure")
def measure_one_chart(
    chart: Chart,
    principal: Reader,
    services: ServicesOf,
    since: Annotated[datetime | None, Query(alias="from", description="A day before `to`, if left out.")] = None,
    until: Annotated[datetime | None, Query(alias="to", description="Now, if left out.")] = None,
) -> ChartData:
    """Return what a chart shows of a period."""
    end = until or datetime.now(UTC)
    return measure_chart(
        services.warehouse,
        principal.project,
        chart,
        since=since or end - timedelta(days=1),
        until=end,
        lists=services.price_book,
    )
