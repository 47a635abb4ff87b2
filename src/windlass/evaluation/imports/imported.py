"""A run as another tool recorded it, whatever the tool."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from windlass.errors import InputError
from windlass.evaluation.samples import Item, Judgement, Prediction
from windlass.models.completion import Usage
from windlass.telemetry.models import Message


@dataclass(frozen=True, slots=True)
class Step:
    """What is known of one call of a model or a tool beside what was said."""

    start_ns: int | None = None
    end_ns: int | None = None
    model: str = ""
    usage: Usage | None = None
    error: str = ""
    """Why the call failed; empty when it did not."""


@dataclass(frozen=True)
class ImportedSample:
    """One sample: what was said, what it came to, and what the tool made of it."""

    item: str
    repeat: int
    messages: Sequence[Message]
    prediction: Prediction | None
    """None for a sample that failed."""
    error: str = ""
    scores: Mapping[str, Judgement] = field(default_factory=dict)
    models: Mapping[int, Step] = field(default_factory=dict)
    """Calls of models by the places of the messages that they gave."""
    tools: Mapping[str, Step] = field(default_factory=dict)
    """Calls of tools by their ids."""
    start_ns: int | None = None
    """None where the tool kept no times."""
    end_ns: int | None = None


@dataclass(frozen=True)
class ImportedRun:
    tool: str
    digest: str
    """Of what the tool wrote of this run."""
    release: str
    """The name of the release that stands for what was evaluated."""
    entry: str
    """What that is, in the tool's words."""
    dataset: str
    items: Sequence[Item]
    samples: Sequence[ImportedSample]
    metrics: Mapping[str, bool]
    """Of each of the tool's scores, whether higher is better."""
    provider: str = ""
    """Of the models, as the conventions name it; empty where it is not known."""

    @property
    def repeats(self) -> int:
        return max((sample.repeat for sample in self.samples), default=1)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a file does not say itself."""

    name: str = ""
    """Of the release; else by the file."""
    dataset: str = ""
    """The dataset's name; else by the file."""
    model: str = ""
    items: Path | None = None
    """A file with the items that are judged."""
    columns: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, float] = field(default_factory=dict)
    """The value of each verdict that a judge may give."""


@dataclass(frozen=True, slots=True)
class Importer:
    """One tool whose runs can be read."""

    name: str
    description: str
    read: Callable[[Path, ImportOptions], list[ImportedRun]]
    """Raises InputError naming the place of what is wrong."""
    takes: frozenset[str] = frozenset()
    """The options that mean something here, beside the names."""


def slug(text: str, fallback: str) -> str:
    """Return a name for an artifact made of any text."""
    name = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:100].rstrip("-._")
    return name or fallback


def refuse(path: Path, place: str, why: str) -> InputError:
    return InputError(f"{path}, {place}: {why}")


def instant_of(value: object) -> int | None:
    """Return the nanoseconds of an ISO instant; None for what is none, and what no span can start at."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    nanoseconds = 0 if moment is None else int(moment.timestamp() * 1_000_000) * 1000
    return nanoseconds if 0 < nanoseconds < 2**63 else None
