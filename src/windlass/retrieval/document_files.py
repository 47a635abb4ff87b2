"""Documents in files: one each, or those of a folder."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from windlass.errors import InputError
from windlass.retrieval.documents import Document
from windlass.text_files import read_text

_SUFFIXES: Final = (".md", ".txt")


def read_documents(paths: Iterable[Path]) -> list[Document]:
    """Read files, and the `*.md` and `*.txt` of folders, named by their places there. Raises InputError."""
    paths = list(paths)
    found: list[Document] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
            found += [Document(name=file.relative_to(path).as_posix(), text=read_text(file)) for file in inside]
        else:
            found.append(Document(name=path.name, text=read_text(path)))
    if not found:
        raise InputError(f"There are no *.md or *.txt in {', '.join(map(str, paths))}.")
    return found
