"""The files of Inspect: a log as one JSON, or as a zip archive with a member or a folder for each sample."""

import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.formats.format import load_json
from windlass.evaluation.imports.imported import refuse
from windlass.evaluation.imports.inspect_chunks import folders_of, is_within, join_chunks

# Inspect packs its logs in zstd today, which Python's own zipfile knows from 3.14.
if sys.version_info >= (3, 14):
    import zipfile
else:
    try:
        from backports.zstd import zipfile
    except ImportError:
        import zipfile  # type: ignore[no-redef]

_HEADER: Final = "header.json"
_SAMPLES: Final = "samples/"
_LARGEST_MEMBER: Final = 512 * 2**20
"""A sample that unpacks to more is no sample that anybody reads."""


def load_log(path: Path) -> dict[str, Any]:
    """Return a log with all its samples. Raises InputError, and ConfigurationError where zstd is not installed."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    with path.open("rb") as file:
        packed = file.read(2) == b"PK"
    log = _unpack(path) if packed else load_json(path)
    if not isinstance(log, dict) or not isinstance(log.get("eval"), dict):
        raise refuse(path, "the whole file", "a log of Inspect is an object with `eval`, and this is none.")
    if log.get("status") == "started":
        raise refuse(path, "status", "the evaluation is not finished; import its log when it is.")
    if not log.get("samples"):
        raise refuse(path, "samples", "the log has no samples; it was written without them.")
    return log


def _unpack(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if _HEADER not in names:
                raise refuse(path, _HEADER, "it is not there: the evaluation was not finished, or this is no log.")
            log: dict[str, Any] = _member(path, archive, _HEADER)
            return {**log, "samples": list(_samples(path, archive, names))}
    except NotImplementedError as error:
        raise ConfigurationError("Logs in zstd need a package: pip install 'windlass[server]'.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise refuse(path, "the archive", f"it cannot be unpacked ({error}).") from error


def _samples(path: Path, archive: Any, names: Sequence[str]) -> Iterator[Any]:
    """Give the samples of a log: of either shape, one member or a folder of chunks."""

    def read(name: str) -> Any:
        return _member(path, archive, name)

    folders = folders_of(names)
    for name in sorted(names):
        if name.startswith(_SAMPLES) and name.endswith(".json") and not is_within(folders, name):
            yield read(name)
    for folder, members in sorted(folders.items()):
        if sum(archive.getinfo(name).file_size for name in members) > _LARGEST_MEMBER:
            raise refuse(path, folder, f"it unpacks to more than {_LARGEST_MEMBER // 2**20} MiB.")
        yield join_chunks(path, folder, members, read)


def _member(path: Path, archive: Any, name: str) -> Any:
    file: IO[bytes]
    with archive.open(name) as file:
        content = file.read(_LARGEST_MEMBER + 1)
    if len(content) > _LARGEST_MEMBER:
        raise refuse(path, name, f"it unpacks to more than {_LARGEST_MEMBER // 2**20} MiB.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise refuse(path, name, f"this is not JSON: {error}.") from error
