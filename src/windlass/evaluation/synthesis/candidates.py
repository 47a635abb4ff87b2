"""Candidates: drafts as items, with the provenance that each carries in its metadata."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from windlass.canonical import digest
from windlass.evaluation.samples import Item
from windlass.evaluation.synthesis.drafting import Draft, QuotedDraft, Task, prompt_digest
from windlass.evaluation.synthesis.materials import Material, asking
from windlass.evaluation.synthesis.requests import LANGUAGE, TYPOS
from windlass.evaluation.trace_items import PROBABILITY, SEED, SPAN, TRACE

SYNTHESIS: Final = "synthesis"
"""In an item's metadata: that a model or code made it, of what and how, and what the checks said."""
_NOT_INHERITED: Final = frozenset({SYNTHESIS, TRACE, SPAN, PROBABILITY, SEED})
_DIGITS: Final = 12


@dataclass(frozen=True)
class Candidate:
    """An item that is not taken yet."""

    item: Item
    material: Material
    quote: str = ""

    @property
    def question(self) -> str:
        asked = self.item.input["question"] if isinstance(self.item.input, dict) else self.item.input
        return str(asked)

    @property
    def answer(self) -> str:
        reference = self.item.reference
        return str(reference[0] if isinstance(reference, list) else reference)

    def checked(self, checks: Mapping[str, object]) -> Item:
        """Return the item with what the checks said of it."""
        made = self.item.metadata[SYNTHESIS]
        assert isinstance(made, dict)
        metadata = {**self.item.metadata, SYNTHESIS: {**made, "checks": dict(checks)}}
        return self.item.model_copy(update={"metadata": metadata})


def is_synthetic(item: Item) -> bool:
    return isinstance(item.metadata.get(SYNTHESIS), dict)


def has_provenance(fields: Mapping[str, object]) -> bool:
    """Tell of the fields of an item whether it is synthetic."""
    metadata = fields.get("metadata")
    return isinstance(metadata, dict) and isinstance(metadata.get(SYNTHESIS), dict)


def candidate_of(draft: Draft, task: Task, *, model: str, seed: int, split: str) -> Candidate:
    """Return a draft as an item whose id follows from what it was made of, and how: made again it is the same."""
    material = task.material
    quote = draft.quote if isinstance(draft, QuotedDraft) else ""
    made: dict[str, object] = {
        "method": material.method,
        "source": dict(material.origin),
        **({"mutation": task.mutation} if task.mutation else {}),
        **({"persona": task.persona.name} if task.persona else {}),
        "model": "" if task.mutation == TYPOS else model,
        "prompt": prompt_digest(task),
        "seed": seed,
        **({"quote": quote} if quote else {}),
    }
    identity = digest({**made, "question": draft.question.strip()})
    kept = {name: value for name, value in material.metadata.items() if name not in _NOT_INHERITED}
    question = draft.question.strip()
    item = Item(
        id=f"made-{identity.removeprefix('sha256:')[:_DIGITS]}",
        input=asking(material.item, question) if material.item else {"question": question},
        reference=_reference(draft, task),
        metadata={**kept, SYNTHESIS: made},
        split=material.item.split if material.item else split,
    )
    return Candidate(item, material, quote)


def _reference(draft: Draft, task: Task) -> object:
    """Another language has an answer of its own; whatever else is asked otherwise keeps that of its item."""
    if task.material.item is not None and not task.mutation.startswith(LANGUAGE):
        return task.material.item.reference
    return draft.answer.strip()
