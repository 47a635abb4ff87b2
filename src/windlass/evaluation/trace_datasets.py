"""Drawing traces into a dataset: each that is meant, with a probability that is kept beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from windlass.access.permissions import require
from windlass.access.principals import Principal
from windlass.artifacts.references import check_name
from windlass.artifacts.versions import Version
from windlass.errors import Conflict, InputError
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.item_lines import ItemLines, fields_of_line
from windlass.evaluation.predictions import text_of
from windlass.evaluation.replay.recording import RECORDING, with_recording
from windlass.evaluation.replay.traces import record_trace
from windlass.evaluation.samples import Item
from windlass.evaluation.trace_items import SEED, SPAN, TRACE, is_drawn, item_of_trace, with_probability
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import Lists
from windlass.telemetry.drawn import read_drawn
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.summaries import Bounds
from windlass.telemetry.traces import get_trace, walk_traces

_TOGETHER: Final = 50
_ATTEMPTS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Draw:
    """How traces are drawn."""

    probability: float = 1.0
    seed: int | None = None
    """None: that of the draws before into the dataset, 0 for the first."""
    most: int = 10_000
    """New items at most. A draw that would have more is refused: a part of it would be no sample."""
    split: str = ""
    recording: bool = False
    """Whether items hold what their traces' tools answered, so that they can be replayed."""


class DrawResult(NamedTuple):
    version: Version | None
    """The newest version of the dataset; None where there is none yet."""
    is_new: bool
    seed: int
    matched: int
    drawn: int
    added: int
    already: int
    """Drawn traces that were in the dataset before."""
    without_input: int
    """Drawn traces that do not say what was asked."""
    of_runs: int
    """Drawn traces of evaluations, left out: what they were asked is in a dataset already."""


def draw_traces(
    datasets: Datasets,
    warehouse: Warehouse,
    principal: Principal,
    name: str,
    filters: TraceFilters,
    draw: Draw,
    *,
    lists: Lists | None = None,
    message: str = "",
) -> DrawResult:
    """Add a version that has the traces that are meant and drawn, each once however often it is drawn.

    Samples of evaluation runs are left out unless the filter names their run.

    Raises InputError for a probability that is none, another seed than that of the draws before, and more new
    items than the draw may have; Conflict when others keep adding versions meanwhile.
    """
    require(principal, "trace:read")
    check_name(name, "a dataset")
    if not 0 < draw.probability <= 1:
        raise InputError(f"A trace is drawn with a probability above 0 and up to 1, not {draw.probability:g}.")
    for attempt in range(_ATTEMPTS):
        drawing = _Drawing(datasets.newest(principal.project, name), name, draw, filters.run)
        drawing.take(warehouse, principal.project, filters, lists)
        try:
            return drawing.save(datasets, principal, message)
        except Conflict:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError


class _Drawing:
    """One attempt, on the dataset as it was when the attempt began."""

    def __init__(self, newest: tuple[Version, ItemLines] | None, name: str, draw: Draw, run: str | None) -> None:
        self._newest = newest
        self._name = name
        self._draw = draw
        self._places = dict(_places(newest[1])) if newest else {}
        self._seed = self._the_seed()
        self._put: list[Item] = []
        self._of_run = run is not None
        self._matched = self._drawn = self._already = self._added = self._without_input = self._of_runs = 0

    def take(self, warehouse: Warehouse, project: str, filters: TraceFilters, lists: Lists | None) -> None:
        """Draw from the traces that are meant."""
        for page in walk_traces(warehouse, project, filters=filters, lists=lists):
            self._matched += len(page)
            drawn = [each for each in page if is_drawn(each.trace_id, self._seed, self._draw.probability)]
            for start in range(0, len(drawn), _TOGETHER):
                self._take(warehouse, project, drawn[start : start + _TOGETHER])

    def save(self, datasets: Datasets, principal: Principal, message: str) -> DrawResult:
        """Add the version, if anything is new."""
        version, is_new = self._newest[0] if self._newest else None, False
        if self._put:
            why = message or f"{self._added} of {self._matched} traces, drawn with {self._draw.probability:g}"
            pushed = (
                datasets.push(principal, self._name, self._put, message=why, expected=None)
                if version is None
                else datasets.edit(principal, self._name, version.digest, put=self._put, message=why)
            )
            version, is_new = pushed.version, pushed.is_new
        return DrawResult(
            version,
            is_new,
            self._seed,
            self._matched,
            self._drawn,
            self._added,
            self._already,
            self._without_input,
            self._of_runs,
        )

    def _the_seed(self) -> int:
        seeds = {place.seed for place in self._places.values() if place.seed is not None}
        before = min(seeds, default=None)
        if before is not None and self._draw.seed not in (None, before):
            raise InputError(
                f"Traces were drawn into dataset/{self._name} with the seed {before} before: draw with that one, "
                "or into another dataset. With two seeds nobody could say how likely a trace was to be drawn."
            )
        return self._draw.seed or before or 0

    def _take(self, warehouse: Warehouse, project: str, some: Sequence[Bounds]) -> None:
        contents = {each.trace_id: each for each in read_drawn(warehouse, project, some)}
        for bounds in some:
            drawn = contents.get(bounds.trace_id)
            if drawn is None:
                # Erased since it was listed.
                continue
            self._drawn += 1
            if drawn.is_evaluation and not self._of_run:
                self._of_runs += 1
                continue
            item = item_of_trace(
                drawn,
                project,
                probability=self._draw.probability,
                seed=self._seed,
                split=self._draw.split,
            )
            if item is None:
                self._without_input += 1
            else:
                self._add(drawn.trace_id, item, warehouse, project)

    def _recorded(self, item: Item, warehouse: Warehouse, project: str) -> Item:
        """Return an item with the recorded world of its trace, where that is wanted and not there."""
        if not self._draw.recording or RECORDING in item.metadata:
            return item
        trace = get_trace(warehouse, project, str(item.metadata[TRACE]))
        return with_recording(item, record_trace(trace, text_of(item.input)))

    def _add(self, trace_id: str, item: Item, warehouse: Warehouse, project: str) -> None:
        place = self._places.get(trace_id) or self._places.get(f"{trace_id}/{item.metadata[SPAN]}")
        if place is None:
            self._added += 1
            if self._added > self._draw.most:
                raise InputError(
                    f"More than {self._draw.most} traces are drawn: lower the probability, narrow the filter, or "
                    "allow more. Only a part of them would be no sample."
                )
            self._put.append(self._recorded(item, warehouse, project))
            return
        self._already += 1
        assert self._newest is not None
        there = self._newest[1].item(place.line)
        changed = self._recorded(with_probability(there, item), warehouse, project)
        if changed is not there:
            self._put.append(changed)


class _Place(NamedTuple):
    line: int
    seed: int | None


def _places(lines: ItemLines) -> Iterator[tuple[str, _Place]]:
    """Give the line of each item by its id, of those that were drawn by their trace, of others by their span."""
    for number, line in enumerate(lines.lines()):
        fields = fields_of_line(line)
        metadata = fields.get("metadata")
        seed = metadata.get(SEED) if isinstance(metadata, dict) else None
        place = _Place(number, seed if isinstance(seed, int) else None)
        yield str(fields["id"]), place
        if isinstance(metadata, dict) and TRACE in metadata:
            trace_id = str(metadata[TRACE])
            yield trace_id if seed is not None else f"{trace_id}/{metadata.get(SPAN)}", place
