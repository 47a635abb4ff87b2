"""Parquet: a row an item, its columns as in CSV but with types of their own. Needs pyarrow."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.datasets import Row
from windlass.evaluation.formats.columns import JSON, NULL, check_header, from_json, mapped, table_of
from windlass.evaluation.formats.format import Columns
from windlass.evaluation.samples import Item

if TYPE_CHECKING:
    import pyarrow

_ROWS_AT_ONCE: Final = 1024
_LARGEST: Final = 2**63


def read_parquet(path: Path, columns: Columns) -> Iterator[Row]:
    _need_pyarrow()
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            batches = file.iter_batches(batch_size=_ROWS_AT_ONCE)
            yield from rows_of(batches, file.schema_arrow.names, columns, str(path))
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.") from error
    except (ArrowException, OSError) as error:
        raise InputError(f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}.") from error


def read_arrow(path: Path, columns: Columns) -> Iterator[Row]:
    """Read a stream of Arrow record batches, as Hugging Face `datasets` keeps them."""
    _need_pyarrow()
    from pyarrow import ArrowException, OSFile
    from pyarrow.ipc import open_stream

    try:
        with OSFile(str(path)) as file, open_stream(file) as batches:
            yield from rows_of(batches, batches.schema.names, columns, str(path))
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.") from error
    except (ArrowException, OSError) as error:
        raise InputError(f"{path} cannot be read as Arrow: {str(error).splitlines()[0]}.") from error


def write_parquet(items: Iterable[Item], file: IO[bytes], _name: str) -> None:
    _need_pyarrow()
    from pyarrow.parquet import write_table

    write_table(arrow_table(items), file)


def arrow_table(items: Iterable[Item]) -> "pyarrow.Table":
    """Return items as a table, each column of the type that all its values have. Raises ConfigurationError."""
    _need_pyarrow()
    import pyarrow

    columns = {}
    for name, cells in table_of(items).items():
        kind = None if name.endswith(JSON) else _type_of(cells)
        if kind is None:
            columns[name + JSON] = pyarrow.array([_json(cell) for cell in cells], pyarrow.string())
        else:
            columns[name] = pyarrow.array(cells, kind)
    return pyarrow.table(columns)


def rows_of(
    batches: Iterable["pyarrow.RecordBatch"], names: Sequence[str], columns: Columns, source: str
) -> Iterator[Row]:
    """Give the rows of record batches as items' fields. Raises InputError naming the row."""
    check_header(list(names), columns, source)
    number = 0
    for batch in batches:
        for cells in batch.to_pylist():
            number += 1
            place = f"row {number}"
            row = {
                name.removesuffix(JSON): _value(name, cell, f"{source}, {place}")
                for name, cell in cells.items()
                if cell is not None
            }
            yield Row(place, mapped(row, columns, f"{source}, {place}"))


def _need_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401 - asked for only here
    except ImportError as error:
        raise ConfigurationError(
            "Parquet and Arrow files need pyarrow: pip install 'windlass[server]'."
        ) from error


def _value(name: str, cell: object, place: str) -> object:
    if name.endswith(JSON) and isinstance(cell, str):
        return from_json(name, cell, place)
    return _plain(cell, name, place)


def _plain(cell: object, name: str, place: str) -> object:
    """Return a cell as JSON has it: moments as ISO 8601, decimals as text."""
    match cell:
        case dict():
            return {str(key): _plain(value, name, place) for key, value in cell.items()}
        case list():
            return [_plain(value, name, place) for value in cell]
        case datetime() | date() | time():
            return cell.isoformat()
        case Decimal():
            return str(cell)
        case None | bool() | int() | float() | str():
            return cell
        case _:
            raise InputError(
                f"{place}: the column {name!r} holds a {type(cell).__name__}, which an item cannot: leave it out."
            )


def _type_of(cells: Sequence[object]) -> Any:
    """Return the type of a column whose values all have it; None where they must be written as JSON."""
    import pyarrow

    types = {str: pyarrow.string(), bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {list} and all(isinstance(text, str) for cell in cells if isinstance(cell, list) for text in cell):
        return pyarrow.list_(pyarrow.string())
    if kinds == {int} and not all(-_LARGEST <= cell < _LARGEST for cell in cells if isinstance(cell, int)):
        return None
    return types.get(kinds.pop()) if len(kinds) == 1 else None


def _json(cell: object) -> str | None:
    return None if cell is None else json.dumps(None if cell is NULL else cell, ensure_ascii=False)
