"""The digest of a run's scores: that of the canonical JSON of every error and value by item.

A run of very many samples has them as columns. Then the same bytes are written from the columns, a block of items
at a time, and no sample is made.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain, repeat
from typing import Final, TypeAlias, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from windlass.canonical import canonical_json
from windlass.evaluation.repeats import RepeatedResult
from windlass.evaluation.result_columns import Results
from windlass.evaluation.run_scores import Floats, Mask, RunScores, ScoreColumn
from windlass.evaluation.samples import SampleResult
from windlass.evaluation.scored_samples import ScoredItems
from windlass.evaluation.sorted_ids import IdBlock, canonical_text

T = TypeVar("T")

Rows: TypeAlias = NDArray[np.int64]
Texts: TypeAlias = Iterable[bytes]
"""One for each of some samples; or the same for all of them, without end."""

_PLAIN: Final = (1e-4, 1e15)
"""Numbers between are written by orjson as RFC 8785 has them, but for the fraction of whole ones."""
_IN_DIGITS: Final = (1e-6, 1e21)
"""Numbers between are written without an exponent."""


def digest_of_scores(samples: Results) -> str:
    """Return the digest of every value and error by item; of repeats, those of each."""
    if isinstance(samples, ScoredItems):
        return _digest_of_columns(samples)
    return digest_of_items(
        samples,
        lambda result: (
            list(map(_scores, result.repeats)) if isinstance(result, RepeatedResult) else _scores(result)
        ),
    )


def digest_of_items(items: Mapping[str, T], value: Callable[[T], object]) -> str:
    """Return the digest of the canonical JSON of an object with the same keys and these values."""
    hashed = hashlib.sha256(b"{")
    # RFC 8785 has the members in the order of their names' UTF-16 code units.
    for number, key in enumerate(sorted(items, key=lambda name: name.encode("utf-16-be"))):
        comma = b"," if number else b""
        hashed.update(comma + canonical_json(key) + b":" + canonical_json(value(items[key])))
    hashed.update(b"}")
    return "sha256:" + hashed.hexdigest()


def _scores(result: SampleResult) -> dict[str, object]:
    return {
        "error": result.error,
        "scores": {name: judgement.value for name, judgement in result.judgements.items()},
    }


def _digest_of_columns(samples: ScoredItems) -> str:
    hashed = hashlib.sha256(b"{")
    rows = _Rows(samples.scores)
    first = True
    for block in samples.sorted_ids.blocks():
        if members := rows.members(block):
            hashed.update((b"" if first else b",") + members)
            first = False
    hashed.update(b"}")
    return "sha256:" + hashed.hexdigest()


class _Rows:
    """Writes the samples of items as members of an object."""

    def __init__(self, scores: RunScores) -> None:
        self._scores = scores
        names = sorted(scores.columns, key=lambda name: name.encode("utf-16-be"))
        self._columns = [(canonical_json(name) + b":", scores.columns[name]) for name in names]
        self._errors = [canonical_text(text) for text in scores.errors.texts]

    def members(self, block: IdBlock) -> bytes:
        """Return the members of the items that have samples, with commas between them."""
        starts, ends = self._scores.bounds[block.positions], self._scores.bounds[block.positions + 1]
        there = ends > starts
        ids = [item for item, is_there in zip(block.written, there.tolist(), strict=True) if is_there]
        if not ids:
            return b""
        if self._scores.is_repeated:
            return b",".join(self._of_repeats(ids, starts[there], ends[there]))
        written = zip(ids, repeat(b":"), *self._samples(starts[there]), repeat(b","), strict=False)
        return b"".join(chain.from_iterable(written))[:-1]

    def _of_repeats(self, ids: list[bytes], starts: Rows, ends: Rows) -> Iterator[bytes]:
        counts = ends - starts
        # The rows of each item in turn, wherever they stand.
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        samples = map(b"".join, zip(*self._samples(np.repeat(starts, counts) + within), strict=False))
        for item, count in zip(ids, counts.tolist(), strict=True):
            repeats = [next(samples) for _ in range(count)]
            yield item + b":" + (repeats[0] if count == 1 else b"[" + b",".join(repeats) + b"]")

    def _samples(self, rows: Rows) -> list[Texts]:
        """Return the parts of which the object of each of some samples is made, side by side."""
        parts: list[Texts] = [
            repeat(b'{"error":'),
            self._written_errors(rows),
            repeat(b',"scores":{'),
        ]
        before = np.zeros(rows.size, dtype=np.bool_)
        for name, column in self._columns:
            judged = column.judged[rows]
            parts += [_names(name, judged, before), _values(column, rows, judged)]
            before |= judged
        return [*parts, repeat(b"}}")]

    def _written_errors(self, rows: Rows) -> Texts:
        answered = self._scores.answered[rows]
        if answered.all():
            return repeat(b"null")
        codes = self._scores.errors.codes[rows].tolist()
        return [
            b"null" if well else self._errors[code] for code, well in zip(codes, answered.tolist(), strict=True)
        ]


def _names(name: bytes, judged: Mask, before: Mask) -> Texts:
    """Return a member's name for each sample that has it, after a comma where another stands before it."""
    if judged.all() and (before.all() or not before.any()):
        return repeat(b"," + name if before.all() else name)
    wanted = np.where(judged, 1 + before, 0).tolist()
    return list(map((b"", name, b"," + name).__getitem__, wanted))


def _values(column: ScoreColumn, rows: Rows, judged: Mask) -> list[bytes]:
    written = canonical_numbers(column.values[rows])
    if judged.all():
        return written
    return [value if there else b"" for value, there in zip(written, judged.tolist(), strict=True)]


def canonical_numbers(values: Floats) -> list[bytes]:
    """Return the canonical JSON of each number; null for NaN. Raises InputError for an infinite one."""
    if not values.size:
        return []
    # Zero has no sign there.
    text: bytes = orjson.dumps(values + 0.0, option=orjson.OPT_SERIALIZE_NUMPY)
    written = (text[1:-1] + b",").replace(b".0,", b",")[:-1].split(b",")
    sizes = np.abs(values)
    for place in np.flatnonzero(((sizes < _PLAIN[0]) & (sizes > 0)) | (sizes >= _PLAIN[1])).tolist():
        written[place] = _number(float(values[place]))
    return written


def _number(value: float) -> bytes:
    if _IN_DIGITS[0] <= abs(value) < _IN_DIGITS[1]:
        return format(Decimal(repr(value)), "f").removesuffix(".0").encode()
    return canonical_json(value)
