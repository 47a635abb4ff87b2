"""Charts."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.telemetry.charts import Chart, ChartData
from windlass.telemetry.queries import measure_chart

router = APIRouter(prefix="/charts", tags=["charts"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]


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
