"""Items of traces: what was asked, and what was answered as the reference to be corrected."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from windlass.canonical import canonical_json
from windlass.evaluation.samples import Item
from windlass.telemetry.drawn import Drawn
from windlass.telemetry.messages import read_messages
from windlass.telemetry.models import Message

TRACE: Final = "trace_id"
SPAN: Final = "span_id"
PROBABILITY: Final = "sampling_probability"
"""In an item's metadata: how likely its trace was to be drawn, its sender's own sampling included.

One over it is how many traces the item stands for. An item without it was chosen and not drawn: it stands
for none.
"""
SEED: Final = "sampling_seed"


def is_drawn(trace_id: str, seed: int, probability: float) -> bool:
    """Tell whether a trace is in the sample: the same every time, and with a higher probability still so."""
    hashed = blake2b(f"{seed}:{trace_id}".encode(), digest_size=8).digest()
    return int.from_bytes(hashed) < probability * 2**64


def item_of_trace(drawn: Drawn, project: str, *, probability: float, seed: int, split: str) -> Item | None:
    """Return a trace as an item; None where it does not say what was asked."""
    asked = _said(drawn.input, "user")
    if asked in (None, "", {}):
        return None
    origin: dict[str, object] = {
        TRACE: drawn.trace_id,
        SPAN: drawn.span_id,
        "project": project,
        "release": drawn.release,
        "release_name": drawn.release_name,
        "environment": drawn.environment,
    }
    sampling: dict[str, object] = {SEED: seed}
    if drawn.weight > 0:
        sampling[PROBABILITY] = probability / drawn.weight
    return Item(
        id=drawn.trace_id,
        input=asked,
        reference=_said(drawn.output, "assistant") or None,
        metadata={name: value for name, value in origin.items() if value} | sampling,
        split=split,
    )


def with_probability(item: Item, drawn: Item) -> Item:
    """Return an item that is there already with the probability it has now that it could be drawn once more.

    All draws into a dataset share a seed, so that a trace is in the sample from some probability on: of several
    draws that could have taken it, the one with the highest probability decides.
    """
    before, now = item.metadata.get(PROBABILITY), drawn.metadata.get(PROBABILITY)
    highest = max((each for each in (before, now) if isinstance(each, int | float)), default=None)
    if highest is None or (highest == before and SEED in item.metadata):
        return item
    return item.model_copy(
        update={"metadata": {**item.metadata, SEED: drawn.metadata[SEED], PROBABILITY: highest}}
    )


def _said(text: str, role: str) -> object:
    """Return the last text that somebody said; what is no conversation stays as it is."""
    messages = read_messages(text, role)
    for message in reversed([each for each in messages if each.role == role]):
        if said := _text_of(message):
            return said
    return _value_of(text) if not messages else text


def _text_of(message: Message) -> str:
    return "\n".join(part.content for part in message.parts if part.type == "text" and part.content)


def _value_of(text: str) -> object:
    try:
        value: object = json.loads(text)
        canonical_json(value)
    except (ValueError, RecursionError):
        # No JSON, or such as no item can hold (an integer beyond what other languages read, for one).
        return text
    return value if isinstance(value, Mapping | list) else text
