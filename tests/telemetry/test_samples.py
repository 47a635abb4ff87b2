from windlass.storage.warehouse import Warehouse
from windlass.telemetry.queries import list_samples
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, request, span, trace_id


def sample(item: str, output: str) -> dict[str, Plain]:
    return {
        "windlass.run": "r1",
        "windlass.item": item,
        "gen_ai.output.messages": output,
        "windlass.prediction": '{"output": 1}',
    }


def test_samples_are_the_root_spans_of_a_run_one_an_item(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(
        "shop",
        request(
            span(2, 1, attributes=sample("b", "two"), error=True),
            span(1, 1, attributes=sample("a", "one"), duration_ns=2_000_000_000),
            span(1, 2, parent=1, start_ns=START_NS + 5, attributes=sample("a", "a child that says the same")),
            span(3, 1, start_ns=START_NS + 9, attributes=sample("b", "two again")),
            span(4, 1, attributes={**sample("c", "another run"), "windlass.run": "r2"}),
            span(5, 1, attributes={"windlass.run": "r1"}),
        ),
    )
    writer.write_spans("another", request(span(6, attributes=sample("z", ""))))

    first, second = list_samples(warehouse, "shop", "r1")

    assert (first.item, first.trace_id, first.output, first.duration_s) == ("a", trace_id(1), "one", 2.0)
    assert (second.item, second.trace_id, second.output, second.status) == ("b", trace_id(3), "two again", "unset")
    assert first.attributes == {"windlass.prediction": '{"output": 1}'}
    assert [found.item for found in list_samples(warehouse, "shop", "r1", after="a", limit=1)] == ["b"]
    assert list_samples(warehouse, "shop", "nothing") == []
