import pytest

from windlass.storage.warehouse import Warehouse
from windlass.telemetry import schema
from windlass.telemetry.queries import TraceFilters, list_traces
from windlass.telemetry.writer import Writer

from .sending import request, span, trace_id

PROJECT = "shop"
TEXTS = {
    1: '[{"role": "user", "content": "Where is my Refund, order AX-17?"}]',
    2: "환불은 서버를 다시 시작한 뒤에 됩니다",
    3: "日本語のテストと返金",
    4: "我要退款，谢谢",
    5: "The order was sent; a refund follows. 100%",
    6: "버서",
}


@pytest.fixture(params=["new", "merged", "older"])
def stored(warehouse: Warehouse, writer: Writer, request: pytest.FixtureRequest) -> Warehouse:
    """Spans in parts without an index, as they come, in one that has it, and in one of a warehouse of before."""
    if request.param == "older":
        warehouse.execute("ALTER TABLE spans RESET SETTING text_index_posting_list_codec")
    for number, text in TEXTS.items():
        side = "gen_ai.input.messages" if number % 2 else "gen_ai.output.messages"
        writer.write_spans(PROJECT, _request(number, {side: text}))
    if request.param != "new":
        warehouse.execute("OPTIMIZE TABLE spans FINAL")
        sizes = "SELECT sum(data_compressed_bytes) AS size FROM system.data_skipping_indices WHERE table = 'spans'"
        assert warehouse.query(sizes)[0]["size"] != 0
    if request.param == "older":
        (smaller_indexes,) = next(step.statements for step in schema.STEPS if step.number == 6)
        warehouse.execute(smaller_indexes)
    return warehouse


def _request(number: int, attributes: dict[str, str]) -> bytes:
    body: bytes = request(
        span(number, name=f"chat model-{number}", attributes=dict(attributes))
    ).SerializeToString()
    return body


FOUND = {
    "refund": [1, 5],
    "REFUND order": [1, 5],
    "refund zebra": [],
    "ref": [],
    "AX-17": [1],
    '"refund, order"': [1],
    '"order refund"': [],
    "서버": [2],
    "서버를 환불": [2],
    "버서": [6],
    "返金": [3],
    "テスト": [3],
    "退款": [4],
    "款退": [],
    "100%": [5],
    "%": [5],
    "model-3": [3],
    trace_id(4): [4],
    trace_id(4).upper(): [4],
    "'; DROP TABLE spans; --": [],
    "{q:String}": [],
    "   ": [1, 2, 3, 4, 5, 6],
}


def test_words_in_any_case_characters_and_phrases_are_found(stored: Warehouse) -> None:
    found = {query: numbers(stored, query) for query in FOUND}

    assert found == FOUND


def numbers(warehouse: Warehouse, query: str) -> list[int]:
    page = list_traces(warehouse, PROJECT, filters=TraceFilters(q=query))
    return sorted(int(item.trace_id, 16) for item in page.items)
