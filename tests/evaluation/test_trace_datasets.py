import json
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.telemetry.sending import Plain, request, span, trace_id
from windlass.access.principals import Principal
from windlass.artifacts.registry import Registry
from windlass.errors import Denied, InputError
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.samples import Item
from windlass.evaluation.trace_datasets import Draw, DrawResult, draw_traces
from windlass.evaluation.trace_items import is_drawn
from windlass.storage.blobs import Blobs
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.writer import Writer


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here is the same on either database."""
    return sqlite_url


@pytest.fixture
def datasets(registry: Registry, blobs: Blobs) -> Datasets:
    return Datasets(registry, blobs)


def asked(number: int, **more: Plain) -> Span:
    texts: dict[str, Plain] = {"input.value": f"q{number}", "output.value": f"a{number}", **more}
    return span(number, number, attributes=texts)


class Place:
    def __init__(self, datasets: Datasets, warehouse: Warehouse, writer: Writer, principal: Principal) -> None:
        self.datasets, self.warehouse, self.writer, self.principal = datasets, warehouse, writer, principal

    def send(self, *spans: Span) -> None:
        self.writer.write_spans(self.principal.project, request(*spans))

    def draw(self, filters: TraceFilters | None = None, **draw: Any) -> DrawResult:
        return draw_traces(
            self.datasets,
            self.warehouse,
            self.principal,
            "seen",
            filters or TraceFilters(),
            Draw(**draw),
        )

    def items(self) -> dict[str, Item]:
        _, items = self.datasets.load(self.principal.project, "dataset/seen@latest")
        return {str(item.metadata.get("trace_id", item.id)): item for item in items}


@pytest.fixture
def place(datasets: Datasets, warehouse: Warehouse, writer: Writer, principal: Principal) -> Place:
    return Place(datasets, warehouse, writer, principal)


def said(role: str, text: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}], ensure_ascii=False)


def test_a_trace_becomes_an_item_that_says_where_it_is_from(place: Place) -> None:
    place.send(
        span(
            1,
            10,
            attributes={
                "gen_ai.input.messages": said("user", "환불은?"),
                "gen_ai.output.messages": said("assistant", "3쪽을 보세요."),
                "windlass.release": "sha256:" + "a" * 64,
                "windlass.release.name": "shop",
            },
        ),
        span(1, 11, parent=10, name="inner"),
        span(2, 20, name="silent"),
    )
    result = place.draw(split="real")
    assert (result.matched, result.drawn, result.added, result.without_input) == (2, 2, 1, 1)
    assert place.items()[trace_id(1)] == Item(
        id=trace_id(1),
        input="환불은?",
        reference="3쪽을 보세요.",
        metadata={
            "trace_id": trace_id(1),
            "span_id": f"{10:016x}",
            "project": place.principal.project,
            "release": "sha256:" + "a" * 64,
            "release_name": "shop",
            "sampling_seed": 0,
            "sampling_probability": 1.0,
        },
        split="real",
    )


def test_a_tools_arguments_stay_what_they_are(place: Place) -> None:
    place.send(span(1, 1, attributes={"input.value": '{"order": 7}', "output.value": '{"state": "sent"}'}))
    place.draw()
    item = place.items()[trace_id(1)]
    assert (item.input, item.reference) == ({"order": 7}, {"state": "sent"})


def test_drawing_again_changes_nothing_and_a_higher_probability_keeps_what_was_drawn(place: Place) -> None:
    place.send(*map(asked, range(1, 201)))
    first = place.draw(probability=0.2, seed=7)
    drawn = place.items()
    assert first.matched == 200
    assert 15 <= first.added == len(drawn) <= 70
    assert set(drawn) == {trace_id(number) for number in range(1, 201) if is_drawn(trace_id(number), 7, 0.2)}
    again = place.draw(probability=0.2)
    assert (again.is_new, again.added, again.already, again.seed) == (False, 0, len(drawn), 7)
    more = place.draw(probability=0.5)
    assert more.already == len(drawn)
    assert set(drawn) < set(place.items())
    assert {item.metadata["sampling_probability"] for item in place.items().values()} == {0.5}
    lower = place.draw(probability=0.1)
    assert (lower.is_new, lower.added) == (False, 0)


def test_the_probability_of_a_trace_is_also_its_senders(place: Place) -> None:
    place.send(asked(1, SampleRate=4), asked(2))
    kept_on_purpose = asked(3)
    kept_on_purpose.trace_state = "ot=p:63"
    place.send(kept_on_purpose)
    place.draw()
    found = {trace: item.metadata.get("sampling_probability") for trace, item in place.items().items()}
    assert found == {trace_id(1): 0.25, trace_id(2): 1.0, trace_id(3): None}


def test_weighted_rates_over_the_sample_come_out_as_over_all(place: Place) -> None:
    place.send(*map(asked, range(1, 401)))
    place.draw(probability=0.2, seed=1)
    failing = {trace_id(number) for number in range(4, 401, 4)}
    place.send(*(asked(number) for number in range(401, 501)))
    place.draw(probability=0.5)
    weights = {
        trace: 1 / float(str(item.metadata["sampling_probability"])) for trace, item in place.items().items()
    }
    assert sum(weights.values()) == pytest.approx(500, rel=0.15)
    share = sum(weight for trace, weight in weights.items() if trace in failing) / sum(weights.values())
    assert share == pytest.approx(0.2, abs=0.06)


def test_what_somebody_corrected_or_added_by_hand_stays_as_they_wrote_it(place: Place) -> None:
    place.send(asked(1), asked(2))
    place.draw(probability=1.0)
    right = place.items()[trace_id(1)].model_copy(update={"reference": "right"})
    base = place.datasets.load(place.principal.project, "dataset/seen@latest")[0].digest
    place.datasets.edit(place.principal, "seen", base, put=[right], remove=[trace_id(2)])
    by_hand = Item(
        id="mine", input="better", metadata={"trace_id": trace_id(2), "span_id": f"{2:016x}", "by": "ada"}
    )
    place.datasets.add(place.principal, "seen", [by_hand])
    result = place.draw()
    items = place.items()
    assert (result.added, result.already, len(items)) == (0, 2, 2)
    assert items[trace_id(1)] == right
    assert items[trace_id(2)].input == "better"
    assert items[trace_id(2)].metadata == by_hand.metadata | {"sampling_seed": 0, "sampling_probability": 1.0}


def test_a_draw_that_would_not_be_a_sample_is_refused(place: Place, principal: Principal) -> None:
    place.send(*map(asked, range(1, 21)))
    with pytest.raises(InputError, match="More than 5 traces are drawn"):
        place.draw(most=5)
    place.draw(TraceFilters(q="q3"), seed=1)
    with pytest.raises(InputError, match="with the seed 1 before"):
        place.draw(seed=2)
    for wrong in (0, 1.5):
        with pytest.raises(InputError, match="above 0 and up to 1"):
            place.draw(probability=wrong)
    place.principal = replace(principal, role="application")
    with pytest.raises(Denied):
        place.draw()
    assert len(place.items()) == 1


def test_samples_of_evaluation_runs_are_left_out_unless_their_run_is_named(place: Place) -> None:
    place.send(asked(1), asked(2, **{"windlass.run": "run-1"}), asked(3, **{"windlass.evaluator": "tried"}))
    result = place.draw()
    assert (result.matched, result.added, result.of_runs) == (3, 1, 2)
    named = place.draw(TraceFilters(run="run-1"))
    assert (named.added, named.of_runs, set(place.items())) == (1, 0, {trace_id(1), trace_id(2)})
