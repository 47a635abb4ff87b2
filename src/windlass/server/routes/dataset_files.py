"""Datasets as files: uploads and downloads in the formats there are."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Final, Literal, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.artifacts.references import Selector, check_name
from windlass.errors import InputError
from windlass.evaluation.formats.registry import format_named
from windlass.evaluation.formats.uploads import file_name, read_upload, written
from windlass.evaluation.item_lines import item_of_line
from windlass.evaluation.samples import Item
from windlass.server.caller import ServicesOf, allowed
from windlass.server.routes.artifacts import VersionDetail, detail_of
from windlass.server.services import Services

router = APIRouter(prefix="/datasets", tags=["datasets"])

Reader = Annotated[Principal, Depends(allowed("artifact:read"))]
Writer = Annotated[Principal, Depends(allowed("artifact:write"))]

_IN_MEMORY: Final = 2**20
_SHOWN: Final = 20


class ImportAnswer(BaseModel):
    data_format: str
    """The format that the file was read as."""
    count: int
    splits: dict[str, int]
    first: list[Item]
    """Some items, to see whether the file was understood."""
    version: VersionDetail | None
    """Null for a look that changed nothing."""


class ImportOptions(BaseModel):
    filename: str
    """It says the format, where `format` does not."""
    data_format: str | None
    column: list[str]
    mode: Literal["replace", "add"]
    look: bool
    message: str


async def options_of(
    filename: Annotated[str, Query(description="The file's name, whose end says its format.")] = "dataset.jsonl",
    data_format: Annotated[
        str | None, Query(alias="format", description="jsonl, json, csv, tsv, parquet, promptfoo, adk or vertex.")
    ] = None,
    column: Annotated[
        list[str] | None, Query(description="FIELD=COLUMN: the column that is an item's field.")
    ] = None,
    mode: Annotated[
        Literal["replace", "add"],
        Query(description="Whether the version has these items only, or those before too."),
    ] = "replace",
    look: Annotated[bool, Query(description="Only read the file and say what is in it.")] = False,
    message: str = "",
) -> ImportOptions:
    return ImportOptions(
        filename=filename, data_format=data_format, column=column or [], mode=mode, look=look, message=message
    )


@router.post(
    "/{name}/import",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def import_dataset(
    name: str,
    request: Request,
    principal: Writer,
    services: ServicesOf,
    options: Annotated[ImportOptions, Depends(options_of)],
) -> ImportAnswer:
    """Add a version made of a file, which is the body."""
    with SpooledTemporaryFile(_IN_MEMORY) as spooled:
        file = cast(IO[bytes], spooled)
        async for piece in request.stream():
            await run_in_threadpool(file.write, piece)
        file.seek(0)
        return await run_in_threadpool(_import, services, principal, name, file, options)


@router.get("/{name}/export", response_class=StreamingResponse)
def export_dataset(
    name: str,
    principal: Reader,
    services: ServicesOf,
    what: Annotated[str, Query(alias="ref")] = "latest",
    data_format: Annotated[
        str, Query(alias="format", description="jsonl, json, csv, tsv, parquet, promptfoo, adk or vertex.")
    ] = "jsonl",
) -> Response:
    """Return a version as a file."""
    form = format_named(data_format)
    version, lines = services.datasets.lines(principal.project, Selector("dataset", name, what))
    pieces = written(map(item_of_line, lines.lines()), form, name=name)
    disposition = f'attachment; filename="{file_name(f"{name}-{version.number}", form)}"'
    return StreamingResponse(
        pieces, media_type="application/octet-stream", headers={"content-disposition": disposition}
    )


def _import(
    services: Services, principal: Principal, name: str, file: IO[bytes], options: ImportOptions
) -> ImportAnswer:
    check_name(name, "a dataset")
    form, read = read_upload(
        file, options.filename, data_format=options.data_format, columns=_columns(options.column)
    )
    seen = _Seen()
    items = seen.passing(read)
    version = None
    if options.look:
        deque(items, maxlen=0)
    else:
        version = _push(services, principal, name, items, options)
    return ImportAnswer(
        data_format=form.name,
        count=seen.splits.total(),
        splits=dict(seen.splits),
        first=seen.first,
        version=version,
    )


class _Seen:
    """What is said of items that are not all in memory at once."""

    def __init__(self) -> None:
        self.splits: Counter[str] = Counter()
        self.first: list[Item] = []

    def passing(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            self.splits[item.split] += 1
            if len(self.first) < _SHOWN:
                self.first.append(item)
            yield item


def _push(
    services: Services, principal: Principal, name: str, items: Iterable[Item], options: ImportOptions
) -> VersionDetail:
    if options.mode == "add":
        pushed = services.datasets.add(principal, name, list(items), message=options.message).pushed
    else:
        pushed = services.datasets.push(principal, name, items, message=options.message)
    return detail_of(services, principal, pushed.version, is_new=pushed.is_new)


def _columns(options: list[str]) -> dict[str, str]:
    columns = dict(option.partition("=")[::2] for option in options)
    if not all(field and column for field, column in columns.items()):
        raise InputError("`column` is FIELD=COLUMN, such as input=question.")
    return columns
