"""Metrics that applications sent."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items
from windlass.telemetry.metric_points import MetricName
from windlass.telemetry.metric_queries import MetricGroup
from windlass.telemetry.queries import list_metrics, read_metric

router = APIRouter(prefix="/metrics", tags=["metrics"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]

_DAY = timedelta(days=1)


@router.get("/names")
def list_metric_names(principal: Reader, services: ServicesOf) -> Items[MetricName]:
    """List the metrics of which there are points."""
    return Items(items=list_metrics(services.warehouse, principal.project))


@router.get("")
def read_one_metric(
    name: Annotated[str, Query(description="The metric, for example gen_ai.client.operation.duration.")],
    principal: Reader,
    services: ServicesOf,
    since: Annotated[datetime | None, Query(alias="from", description="A day before `to`, unless given.")] = None,
    until: Annotated[datetime | None, Query(alias="to", description="Now, unless given.")] = None,
    group_by: Annotated[
        list[str] | None, Query(description="Attributes of points or resources; may be there several times.")
    ] = None,
) -> Items[MetricGroup]:
    """Add up a metric in a time range, by the values of attributes. Quantiles of histograms are estimates."""
    end = until or datetime.now(UTC)
    groups = read_metric(
        services.warehouse,
        principal.project,
        name,
        since=since or _a_day_before(end),
        until=end,
        group_by=group_by or [],
    )
    return Items(items=groups)


def _a_day_before(end: datetime) -> datetime:
    return max(end, datetime.min.replace(tzinfo=end.tzinfo) + _DAY) - _DAY
