"""Datasets that come as one file over the wire, and go out as one."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from windlass.errors import InputError
from windlass.evaluation.formats.files import read_items, write_to
from windlass.evaluation.formats.format import Columns, Format
from windlass.evaluation.formats.registry import format_named, format_of
from windlass.evaluation.samples import Item

_PIECE_BYTES: Final = 2**20
_NAME: Final = re.compile(r"[^\w.-]+")


def read_upload(
    file: IO[bytes], filename: str, *, data_format: str | None = None, columns: Columns | None = None
) -> tuple[Format, Iterator[Item]]:
    """Read a file under the name that it has where it comes from: the format it is in, and its items.

    Raises InputError that names the file and the place in it.
    """
    # Of the sender's name only what a file may be called here: a path in it would lead out of the folder.
    shown = _NAME.sub("_", Path(filename).name).lstrip(".") or "dataset"
    folder = tempfile.TemporaryDirectory(prefix="windlass-import-")
    try:
        path = Path(folder.name) / shown
        _copy(file, path)
        form = format_named(data_format) if data_format else format_of(path)
        return form, _renamed(read_items(path, form, columns), folder, shown)
    except InputError as error:
        folder.cleanup()
        raise _named(error, folder.name, shown) from error
    except BaseException:
        folder.cleanup()
        raise


def written(items: Iterable[Item], form: Format, *, name: str) -> Iterator[bytes]:
    """Give a dataset as a file of a format, in pieces. Raises InputError for a format that is only read."""
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        # Before the first piece is asked for: what is wrong can still be answered then.
        write_to(items, file, form, name=name)
        file.seek(0)
        return _pieces(file, opened.pop_all())


def file_name(name: str, form: Format) -> str:
    return f"{name}{form.suffixes[0] if form.suffixes else ''}"


def _copy(file: IO[bytes], path: Path) -> None:
    with path.open("wb") as copy:
        while piece := file.read(_PIECE_BYTES):
            copy.write(piece)


def _renamed(items: Iterator[Item], folder: "tempfile.TemporaryDirectory[str]", shown: str) -> Iterator[Item]:
    with folder:
        try:
            yield from items
        except InputError as error:
            raise _named(error, folder.name, shown) from error


def _named(error: InputError, folder: str, shown: str) -> InputError:
    """Return an error that speaks of the sender's file and not of the copy of it."""
    return InputError(error.message.replace(f"{folder}/{shown}", shown))


def _pieces(file: IO[bytes], opened: ExitStack) -> Iterator[bytes]:
    with opened:
        while piece := file.read(_PIECE_BYTES):
            yield piece
