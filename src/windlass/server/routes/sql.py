"""Read-only SQL."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items
from windlass.telemetry.sql.columns import SqlTable, sql_tables
from windlass.telemetry.sql.guard import LONGEST
from windlass.telemetry.sql.query import FileFormat, SqlAnswer

router = APIRouter(prefix="/sql", tags=["sql"])

Asker = Annotated[Principal, Depends(allowed("sql:query"))]

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


class SqlRequest(BaseModel):
    query: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    """One SELECT over `spans`, `traces` and `scores`."""


class SqlFileRequest(SqlRequest):
    format: FileFormat


@router.get("/tables", dependencies=[Depends(allowed("sql:query"))])
def list_sql_tables() -> Items[SqlTable]:
    """List the tables that a SELECT may name, with their columns."""
    return Items(items=list(sql_tables()))


@router.post("")
def run_sql(body: SqlRequest, principal: Asker, services: ServicesOf) -> SqlAnswer:
    """Run a SELECT over the project's spans, traces and scores; a long answer is cut, and says so."""
    return services.sql.query(principal.project, body.query)


@router.post("/file", response_class=Response)
def run_sql_to_file(body: SqlFileRequest, principal: Asker, services: ServicesOf) -> Response:
    """Run a SELECT and return its whole result as a file; one with too many rows is refused."""
    data = services.sql.download(principal.project, body.query, body.format)
    headers = {"content-disposition": f'attachment; filename="result.{body.format}"'}
    return Response(data, media_type=_MEDIA_TYPES[body.format], headers=headers)
