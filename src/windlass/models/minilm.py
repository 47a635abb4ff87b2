"""The forward pass of a six-layer BERT sentence encoder (MiniLM), in numpy.

Architecture: Devlin et al. 2019, "BERT"; weights: sentence-transformers/all-MiniLM-L6-v2. Sentences of a batch are
laid end to end without padding, so no work is spent on padding and no attention mask is needed.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from windlass.errors import ConfigurationError

Floats = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int64]

_LAYERS = 6
_HEADS = 12
_WIDTH = 384
_HEAD_WIDTH = _WIDTH // _HEADS
_LAYER_NORM_EPSILON = np.float32(1e-12)
_ATTENTION_CELLS = 1 << 19
"""Attention weights held at once (2 MB, to stay in cache): sentences of one length go together up to here."""
_GELU_CELLS = 1 << 15


class _Norm(NamedTuple):
    weight: Floats
    bias: Floats


class _Linear(NamedTuple):
    weight: Floats
    """(inputs, outputs)."""
    bias: Floats


class _Layer(NamedTuple):
    query_key_value: _Linear
    attention_output: _Linear
    attention_norm: _Norm
    expand: _Linear
    contract: _Linear
    output_norm: _Norm


class _Run(NamedTuple):
    """Neighbouring sentences of one length in the flat token axis."""

    start: int
    sentences: int
    length: int


class MiniLM:
    """Turns token ids into sentence vectors. Has no mutable state: any number of threads may use it."""

    def __init__(self, path: Path) -> None:
        """Read the weights. Raises ConfigurationError when the file is missing, damaged or of another model."""
        weights = _Weights(path)
        # Only the rows of words that occur are ever read, so the table stays in the mapped file.
        self._words = weights.mapped("embeddings.word_embeddings.weight", (None, _WIDTH))
        self._positions = (
            weights.copy("embeddings.position_embeddings.weight")
            + weights.copy("embeddings.token_type_embeddings.weight")[0]
        )
        self._norm = weights.norm("embeddings.LayerNorm")
        self._layers = [_read_layer(weights, f"encoder.layer.{number}") for number in range(_LAYERS)]

    def encode(self, sentences: Sequence[Tokens]) -> Floats:
        """Return (n, 384) mean-pooled vectors of length one. Sentences of equal length go faster side by side."""
        lengths = [len(sentence) for sentence in sentences]
        starts = np.cumsum([0, *lengths[:-1]])
        positions = np.concatenate([np.arange(length) for length in lengths])
        states = self._words[np.concatenate(sentences)] + self._positions[positions]
        _normalise(states, self._norm)
        runs = _runs(lengths)
        for layer in self._layers:
            states = _apply(layer, states, runs)
        pooled: Floats = np.add.reduceat(states, starts, axis=0)
        # The mean is the sum but for its length, which goes away here.
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        return pooled


class _Weights:
    """A safetensors file of 32-bit floats, mapped into memory.

    The format is read here and not by the safetensors package, which always copies: the word table alone is 47 MB.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
            size = int.from_bytes(self._bytes[:8].tobytes(), "little")
            self._header: dict[str, dict[str, object]] = json.loads(self._bytes[8 : 8 + size].tobytes())
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"The model weights {path} cannot be read: {error}. Install them again."
            ) from error
        self._data = 8 + size

    def mapped(self, name: str, shape: tuple[int | None, ...] | None = None) -> Floats:
        match self._header.get(name):
            case {"dtype": "F32", "shape": list(found), "data_offsets": [int(start), int(end)]}:
                pass
            case _:
                raise ConfigurationError(f"The model weights {self._path} have no 32-bit tensor {name!r}.")
        if shape is not None and not _fits(found, shape):
            raise ConfigurationError(f"The tensor {name!r} in {self._path} has the shape {found}, not {shape}.")
        raw = self._bytes[self._data + start : self._data + end]
        if raw.size != 4 * int(np.prod(found)):
            raise ConfigurationError(f"The model weights {self._path} are cut off; install them again.")
        return raw.view(np.float32).reshape(found)

    def copy(self, name: str) -> Floats:
        return np.array(self.mapped(name))

    def norm(self, name: str) -> _Norm:
        return _Norm(self.copy(f"{name}.weight"), self.copy(f"{name}.bias"))

    def linear(self, name: str) -> _Linear:
        return _Linear(np.ascontiguousarray(self.mapped(f"{name}.weight").T), self.copy(f"{name}.bias"))


def _fits(found: list[object], shape: tuple[int | None, ...]) -> bool:
    return len(found) == len(shape) and all(want in (None, have) for have, want in zip(found, shape, strict=True))


def _read_layer(weights: _Weights, name: str) -> _Layer:
    query, key, value = (weights.linear(f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
    scale = np.float32(_HEAD_WIDTH**-0.5)
    return _Layer(
        query_key_value=_Linear(
            np.concatenate([query.weight * scale, key.weight, value.weight], axis=1),
            np.concatenate([query.bias * scale, key.bias, value.bias]),
        ),
        attention_output=weights.linear(f"{name}.attention.output.dense"),
        attention_norm=weights.norm(f"{name}.attention.output.LayerNorm"),
        expand=weights.linear(f"{name}.intermediate.dense"),
        contract=weights.linear(f"{name}.output.dense"),
        output_norm=weights.norm(f"{name}.output.LayerNorm"),
    )


def _runs(lengths: Sequence[int]) -> list[_Run]:
    runs: list[_Run] = []
    start = 0
    for length in lengths:
        last = runs[-1] if runs else None
        if last and last.length == length and (last.sentences + 1) * _HEADS * length**2 <= _ATTENTION_CELLS:
            runs[-1] = last._replace(sentences=last.sentences + 1)
        else:
            runs.append(_Run(start, 1, length))
        start += length
    return runs


def _apply(layer: _Layer, states: Floats, runs: Sequence[_Run]) -> Floats:
    attended = _project(_attend(_project(states, layer.query_key_value), runs), layer.attention_output)
    attended += states
    _normalise(attended, layer.attention_norm)
    expanded = _project(attended, layer.expand)
    _gelu(expanded)
    output = _project(expanded, layer.contract)
    output += attended
    _normalise(output, layer.output_norm)
    return output


def _project(states: Floats, linear: _Linear) -> Floats:
    projected: Floats = states @ linear.weight
    projected += linear.bias
    return projected


def _attend(query_key_value: Floats, runs: Sequence[_Run]) -> Floats:
    """Softmax attention of each sentence over itself; the queries are already scaled."""
    attended = np.empty((len(query_key_value), _WIDTH), np.float32)
    for start, sentences, length in runs:
        rows = slice(start, start + sentences * length)
        parts = query_key_value[rows].reshape(sentences, length, 3, _HEADS, _HEAD_WIDTH).transpose(2, 0, 3, 1, 4)
        query, key, value = parts
        weights = query @ key.swapaxes(-1, -2)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        # Dividing after the product touches 32 numbers a row instead of one for each token.
        mixed = weights @ value
        mixed /= weights.sum(axis=-1, keepdims=True)
        attended[rows].reshape(sentences, length, _HEADS, _HEAD_WIDTH)[:] = mixed.transpose(0, 2, 1, 3)
    return attended


def _normalise(states: Floats, norm: _Norm) -> None:
    """Layer normalisation (Ba et al. 2016), in place."""
    states -= states.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", states, states) / np.float32(_WIDTH)
    states *= (1 / np.sqrt(variance + _LAYER_NORM_EPSILON))[:, None]
    states *= norm.weight
    states += norm.bias


def _gelu(states: Floats) -> None:
    """x·Φ(x), in place: exact to 1e-7.

    Φ through the error function, by formula 7.1.26 of Abramowitz and Stegun. numpy has no erf, and scipy's takes
    five times as long as these passes over blocks that stay in cache.
    """
    block = max(1, _GELU_CELLS // states.shape[1])
    scratch = np.empty((3, min(block, len(states)), states.shape[1]), np.float32)
    for start in range(0, len(states), block):
        x = states[start : start + block]
        size, t, tail = scratch[:, : len(x)]
        np.abs(x, out=size)
        np.multiply(size, np.float32(0.3275911 * 0.5**0.5), out=t)
        t += np.float32(1)
        np.reciprocal(t, out=t)
        np.multiply(t, np.float32(1.061405429), out=tail)
        for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
            tail += np.float32(coefficient)
            tail *= t
        np.multiply(x, x, out=t)
        t *= np.float32(-0.5)
        np.exp(t, out=t)
        tail *= t
        # tail is now erfc(|x|/√2) = 2·Φ(−|x|), and x·Φ(x) = max(x, 0) − |x|·Φ(−|x|).
        tail *= size
        tail *= np.float32(0.5)
        np.maximum(x, np.float32(0), out=x)
        x -= tail
