"""How the command line prints: tables, numbers, the missing."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from windlass.errors import InputError

if TYPE_CHECKING:
    from rich.text import Text

MISSING = "–"

_PIPE_WIDTH = 240

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Print rows under their columns, as wide as they need to be; `right` names the columns of numbers."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else plain(str(cell)) for cell in row))
    # In a pipe or a file nobody sees a width: rows shall stay rows there.
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    # One blank between columns where two would break words.
    wanted = console.measure(table, options=console.options.update(max_width=_PIPE_WIDTH)).maximum
    table.collapse_padding = wanted > console.width
    console.print(table)


@contextmanager
def written(output: Path | None) -> Iterator[IO[bytes]]:
    """Give what to write bytes into: standard output, or a file that is there only when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    temporary = output.with_name(f".{output.name}.part")
    try:
        with temporary.open("wb") as file:
            yield file
        temporary.replace(output)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def plain(text: str) -> "Text":
    """Return a text as it is: brackets are no markup, and what a trace holds cannot steer the terminal."""
    from rich.text import Text

    return Text(_CONTROL.sub(" ", text))


def number(value: float | None, digits: int = 3) -> str:
    return MISSING if value is None else f"{value:.{digits}f}"


def signed(value: float | None, digits: int = 3) -> str:
    return MISSING if value is None else f"{value:+.{digits}f}"


def short(digest: str) -> str:
    """Return the first twelve digits of a digest."""
    return digest.removeprefix("sha256:")[:12]


def moment(text: str) -> str:
    """Return an ISO 8601 time in the local zone, to the second."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def seconds(value: float | None) -> str:
    if value is None:
        return MISSING
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def dollars(value: float | None) -> str:
    return "no price" if value is None else f"${value:.4f}"


def cost_of(value: float | None, *, has_no_price: bool) -> str:
    """Return what was spent; where that is not known, what has no price differs from what has no tokens."""
    return dollars(value) if value is not None or has_no_price else MISSING
