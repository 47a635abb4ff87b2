"""Cases of Google's libraries: objects with an id of their own, in a list."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from windlass.errors import InputError
from windlass.evaluation.datasets import Row
from windlass.evaluation.formats.contents import Fields, named
from windlass.evaluation.formats.exact import KEY, restored


def rows_of_cases(
    path: Path, cases: list[object], identity: str, said_by: Callable[[Fields], Fields]
) -> Iterator[Row]:
    """Read each case by what it says and what was kept beside it. Raises InputError naming the case."""
    for number, case in enumerate(cases, start=1):
        fields = named(case)
        place = f"case {fields[identity]!r}" if fields.get(identity) else f"case {number}"
        if not isinstance(case, Mapping):
            raise InputError(f"{path}, {place}: a case is an object, this is a {type(case).__name__}.")
        try:
            yield Row(place, restored(said_by(fields), fields.get(KEY)))
        except InputError as error:
            raise InputError(f"{path}, {place}: {error.message}") from error
