"""Erasure: nothing is left, of nobody else anything is missing, and the receipt names nobody."""

import base64
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.telemetry.lifecycle.conftest import House
from tests.telemetry.sending import START_NS, request, span, trace_id
from windlass.access.audit import list_entries
from windlass.access.principals import Principal
from windlass.canonical import digest
from windlass.errors import NotFound, Unavailable
from windlass.telemetry.lifecycle.holdings import HOLDINGS
from windlass.telemetry.lifecycle.subjects import Subject
from windlass.telemetry.otlp.exemplars import Exemplar
from windlass.telemetry.otlp.logs import LogEvent
from windlass.telemetry.otlp.metrics import MetricPoint
from windlass.telemetry.rows import encode_rows
from windlass.telemetry.scores import Score

TEXT = "MARKER-7f3c1e-of-the-question"
ADA = Subject(kind="user", id="ada.lovelace@example.org")


def ask(
    house: House, trace: int, user: object, *, project: str = "guide", text: str = "hello", **more: Any
) -> None:
    """Store a trace of two spans, of which one names the user, with a score."""
    attributes = {"user.id": user, "gen_ai.input.messages": text, **more}
    spans = [
        span(trace, 1, name=f"root {trace}", attributes=attributes),
        span(trace, 2, parent=1, name=f"child {trace}"),
    ]
    house.writer.write_spans(project, request(*spans))
    score = Score(trace_id=trace_id(trace), name="good", value=1.0, source="human", explanation=text)
    house.writer.write_scores(project, [score])


def test_a_user_is_erased_from_every_table_and_from_the_files(house: House, admin: Principal) -> None:
    ask(house, 1, ADA.id, text=TEXT)
    ask(house, 2, "bob", text="hello bob")
    ask(house, 3, ADA.id, text=TEXT, extra=TEXT)
    ask(house, 4, ADA.id, project="other", text="of another project")
    assert house.holding(TEXT)
    erasure = house.erase(admin, ADA)
    assert (erasure.traces, erasure.rows["spans"], erasure.rows["scores"]) == (2, 4, 2)
    assert erasure.left == {
        "spans": 0,
        "scores": 0,
        "span_events": 0,
        "metric_exemplars": 0,
        "media_uses": 0,
        "trace_rollups": 0,
        "traces": 0,
        "metric_points": 0,
    }
    for text in (TEXT, "root 1", "child 3", trace_id(3)):
        assert house.holding(text) == [], text
    assert house.spans() == ["child 2", "root 2"]
    assert house.spans("other") == ["child 4", "root 4"]
    (left,) = house.warehouse.query("SELECT count() AS n, uniqExact(trace_id) AS traces FROM scores")
    assert left == {"n": 2, "traces": 2}
    assert house.holding("hello bob")


def test_no_active_part_has_the_text_when_it_is_read_whole(house: House, admin: Principal) -> None:
    """Texts that the codec has taken apart would not be found in the files as they are."""
    repeated = " ".join([TEXT] * 200)
    ask(house, 1, ADA.id, text=repeated)
    ask(house, 2, "bob", text=repeated.replace("MARKER", "HARMLESS"))
    house.erase(admin, ADA)
    tables = [holding.table for holding in HOLDINGS]
    assert (
        house.warehouse.query(
            "SELECT name FROM system.parts WHERE NOT active AND table IN {tables:Array(String)}",
            {"tables": tables},
        )
        == []
    )
    assert house.warehouse.query("SELECT count() AS n FROM system.detached_parts") == [{"n": 0}]
    for table in tables:
        with_text = f"SELECT count() AS n FROM {table} WHERE toString(tuple(*)) LIKE '%MARKER%'"
        assert house.warehouse.query(with_text) == [{"n": 0}]
    assert house.warehouse.query("SELECT countIf(input LIKE '%HARMLESS%') AS n FROM spans") == [{"n": 1}]


@pytest.mark.parametrize(
    "attributes",
    [
        {"user.id": "42"},
        {"user.id": 42},
        {"enduser.id": "42"},
        {"llm.user": "42"},
        {"user.id": "somebody", "enduser.id": "42"},
        {"user.id": "somebody", "enduser.id": 42},
    ],
    ids=str,
)
def test_a_user_is_found_by_whatever_name_and_type_a_span_gives_the_id(
    house: House, admin: Principal, attributes: dict[str, Any]
) -> None:
    house.writer.write_spans("guide", request(span(1, 1, name="hers", attributes=attributes)))
    house.writer.write_spans("guide", request(span(2, 1, name="not hers", attributes={"user.id": "421"})))
    assert house.erase(admin, Subject(kind="user", id="42")).traces == 1
    assert house.spans() == ["not hers"]


def test_a_user_named_by_the_resource_is_found(house: House, admin: Principal) -> None:
    house.writer.write_spans("guide", request(span(1, 1), resource={"enduser.id": "ada"}))
    assert house.erase(admin, Subject(kind="user", id="ada")).rows["spans"] == 1


def test_a_session_and_a_trace_are_erased_too(house: House, admin: Principal) -> None:
    for trace in (1, 2, 3):
        conversation = {"gen_ai.conversation.id": f"session-{trace % 2}"}
        house.writer.write_spans("guide", request(span(trace, 1, name=f"{trace}", attributes=conversation)))
    assert house.erase(admin, Subject(kind="session", id="session-1")).traces == 2
    assert house.spans() == ["2"]
    assert house.erase(admin, Subject(kind="trace", id=trace_id(2))).rows["spans"] == 1
    assert house.spans() == []


def test_scores_of_a_session_and_by_a_user_are_erased_though_they_are_of_no_trace_of_theirs(
    house: House, admin: Principal
) -> None:
    def judge(**score: Any) -> None:
        house.writer.write_scores("guide", [Score(name="n", value=1.0, source="human", **score)])

    ask(house, 1, "bob")
    judge(conversation="session-1", explanation=TEXT)
    judge(trace_id=trace_id(1), author=ADA.id)
    judge(trace_id=trace_id(1), author="bob")
    dry = house.erase(admin, Subject(kind="session", id="session-1"), dry_run=True)
    assert (dry.traces, dry.rows["scores"]) == (0, 1)
    assert house.erase(admin, Subject(kind="session", id="session-1")).rows["scores"] == 1
    assert house.holding(TEXT) == house.holding("session-1") == []
    assert house.erase(admin, ADA).rows["scores"] == 1
    assert house.holding(ADA.id) == []
    assert house.warehouse.query("SELECT author FROM scores ORDER BY author") == [
        {"author": ""},
        {"author": "bob"},
    ]


def test_scores_of_a_trace_that_never_came_are_erased(house: House, admin: Principal) -> None:
    house.writer.write_scores("guide", [Score(trace_id=trace_id(9), name="n", value=1.0, source="code")])
    assert house.erase(admin, Subject(kind="trace", id=trace_id(9))).rows["scores"] == 1


def test_log_records_and_points_that_name_a_user_are_erased(house: House, admin: Principal) -> None:
    def name(user: str, number: int) -> None:
        attributes = {"user.id": f"s{user}", "text": f"s{TEXT if user == ADA.id else 'hello'}"}
        event = LogEvent("", "", START_NS, f"of {user}", "", "s", attributes, {}, "", number)
        house.writer.write_events("guide", [event, event._replace(trace_id=trace_id(9))])
        point = MetricPoint(
            f"of {user}", "gauge", "1", "", False, False, 0, START_NS, attributes, {}, "", number,
            1.0, 1, None, None, None, [], [],
        )  # fmt: skip
        named = Exemplar(f"of {user}", number, START_NS, 1.0, "", "", attributes, {}, number)
        house.writer.write_points("guide", [point], [named, named._replace(trace_id=trace_id(9))])

    name(ADA.id, 1)
    name("bob", 2)
    dry = house.erase(admin, ADA, dry_run=True)
    assert (dry.rows["span_events"], dry.rows["metric_points"], dry.rows["metric_exemplars"]) == (2, 1, 2)
    erasure = house.erase(admin, ADA)
    assert (erasure.rows, erasure.left["span_events"], erasure.left["metric_points"]) == (dry.rows, 0, 0)
    assert house.holding(TEXT) == house.holding(ADA.id) == []
    for table, left in (("span_events", 2), ("metric_points", 1), ("metric_exemplars", 2)):
        assert house.warehouse.query(f"SELECT count() AS n, any(name) AS name FROM {table}") == [
            {"n": left, "name": "of bob"}
        ]


def test_what_waits_in_the_spool_is_erased(house: House, admin: Principal) -> None:
    hers = request(span(1, 1, name="waiting", attributes={"user.id": ADA.id, "text": TEXT}))
    house.writer.submit("guide", hers).result()
    assert house.erase(admin, ADA).traces == 1
    assert house.holding(TEXT) == []


def test_what_was_refused_is_erased_from_the_spool(house: House, admin: Principal) -> None:
    folder = house.spool / "inbox_000000000000" / "refused"
    folder.mkdir(parents=True)

    def row(project: str, trace: int, user: str) -> bytes:
        message = request(span(trace, 1, attributes={"user.id": user, "text": TEXT}))
        return encode_rows(project, message, message.SerializeToString(), 1)

    other = row("other", 1, ADA.id)
    bobs = row("guide", 2, "bob")
    ask(house, 3, ADA.id)
    (folder / "000000000001.rows").write_bytes(row("guide", 1, ADA.id) + other + bobs)
    (folder / "000000000002.rows").write_bytes(row("guide", 3, "somebody"))
    assert house.erase(admin, ADA, dry_run=True).refused_spans == 2
    assert house.erase(admin, ADA).refused_spans == 2
    assert (folder / "000000000001.rows").read_bytes() == other + bobs
    assert not (folder / "000000000002.rows").exists()


def test_a_refused_row_that_cannot_be_read_goes_when_it_could_be_the_subjects(
    house: House, admin: Principal
) -> None:
    folder = house.spool / "inbox_000000000000" / "refused"
    folder.mkdir(parents=True)
    (folder / "000000000001.rows").write_bytes(
        b"".join(bytes((len(row),)) + row for row in (b"\xff\xff guide " + ADA.id.encode(), b"\xff\xff guide bob"))
    )
    assert house.erase(admin, ADA).refused_spans == 1
    assert house.holding(ADA.id) == []
    assert house.holding("guide bob")


def test_a_dry_run_counts_and_changes_nothing(house: House, admin: Principal) -> None:
    ask(house, 1, ADA.id)
    erasure = house.erase(admin, ADA, dry_run=True)
    assert (erasure.dry_run, erasure.traces, erasure.rows["spans"], erasure.left["spans"]) == (True, 1, 2, 2)
    assert house.spans() == ["child 1", "root 1"]
    assert list_entries(house.database, "guide") == []


def test_the_receipt_names_nobody_and_can_be_found_again_with_the_key(house: House, admin: Principal) -> None:
    ask(house, 1, ADA.id, text=TEXT)
    erasure = house.erase(admin, ADA, reason="ticket 481")
    (entry,) = list_entries(house.database, "guide")
    assert (entry.action, entry.resource, entry.reason) == (
        "erasure:create",
        f"erasure/{erasure.id}",
        "ticket 481",
    )
    assert entry.details["subject"] == house.audit.pseudonym(f"guide:user:{ADA.id}")
    assert entry.details["rows"] == erasure.rows
    assert entry.details["trace_digests"] == [digest(trace_id(1))]
    assert re.fullmatch("hmac-sha256:[0-9a-f]{64}", str(entry.details["subject"]))
    written = json.dumps(entry.model_dump(mode="json"))
    assert all(text not in written for text in (ADA.id, "ada.lovelace", TEXT, trace_id(1)))
    assert house.audit.verify(house.database).ok
    assert house.holding(ADA.id) == []


def test_erasing_somebody_unknown_is_a_receipt_that_says_so(house: House, admin: Principal) -> None:
    erasure = house.erase(admin, ADA)
    assert (erasure.traces, erasure.rows["spans"], erasure.left["spans"]) == (0, 0, 0)
    assert len(list_entries(house.database, "guide")) == 1


def test_a_span_that_comes_in_meanwhile_is_erased_too_and_a_stream_of_them_is_said(
    house: House, admin: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(house, 1, ADA.id)
    flush, late = house.writer.flush, iter(range(2, 100))

    def flush_and_receive(times: int) -> None:
        def receive() -> None:
            flush()
            if (trace := next(late)) < 2 + times:
                ask(house, trace, ADA.id)

        monkeypatch.setattr(house.writer, "flush", receive)

    flush_and_receive(2)
    erased = house.erase(admin, ADA)
    assert (erased.traces, erased.rows["spans"], erased.rows["scores"], erased.left["spans"]) == (3, 6, 3, 0)
    assert house.spans() == []
    (receipt,) = list_entries(house.database, "guide")
    assert receipt.details["trace_digests"] == [digest(trace_id(trace)) for trace in (1, 2, 3)]
    flush_and_receive(50)
    with pytest.raises(Unavailable, match="keep coming in: stop what sends them"):
        house.erase(admin, ADA)


def test_a_file_in_a_message_goes_with_the_last_trace_that_refers_to_it(house: House, admin: Principal) -> None:
    own, shared = (base64.b64encode(sign * 300).decode() for sign in (b"h", b"l"))
    own_digest, shared_digest = (house.blobs.put(base64.b64decode(data)) for data in (own, shared))
    ask(house, 1, ADA.id, text=f"data:image/png;base64,{own} data:image/png;base64,{shared}")
    ask(house, 2, "bob", text=f"data:image/png;base64,{shared}")
    ask(house, 3, "eve", project="other", text=f"data:image/png;base64,{own}")
    assert house.media.get("guide", own_digest).mime_type == "image/png"

    erasure = house.erase(admin, ADA)

    assert (erasure.media, erasure.rows["media_uses"], erasure.left["media_uses"]) == (1, 2, 0)
    with pytest.raises(NotFound):
        house.media.get("guide", own_digest)
    assert house.media.get("guide", shared_digest).data == b"l" * 300
    assert house.media.get("other", own_digest).data == b"h" * 300
    house.erase(replace(admin, project="other"), Subject(kind="user", id="eve"))
    assert (house.blobs.exists(own_digest), house.blobs.exists(shared_digest)) == (False, True)


def test_every_table_with_a_trace_id_is_registered(house: House) -> None:
    rows = house.warehouse.query(
        "SELECT DISTINCT table FROM system.columns WHERE database = currentDatabase() AND name = 'trace_id' "
        "AND table IN (SELECT name FROM system.tables WHERE engine LIKE '%MergeTree')"
    )
    assert {row["table"] for row in rows} == {holding.table for holding in HOLDINGS}
    for holding in HOLDINGS:
        columns = house.warehouse.query(f"DESCRIBE {holding.table}")
        types = {row["name"]: row["type"] for row in columns}
        assert types["trace_id"] == {"binary": "FixedString(16)", "text": "String"}[holding.ids]
        named = {
            *holding.names.values(),
            *filter(None, (holding.time, "run" if holding.has_run and holding.time else "")),
        }
        assert {"project", *named} <= set(types)


def made(house: House) -> list[object]:
    """Return how each table is made, with its settings."""
    return [house.warehouse.query(f"SHOW CREATE TABLE {holding.table}") for holding in HOLDINGS]


def test_the_engines_own_settings_are_back_afterwards(house: House, admin: Principal) -> None:
    before = made(house)
    # Without its rows there are no old parts to hurry.
    ask(house, 1, ADA.id)
    house.erase(admin, ADA)
    assert made(house) == before


def test_settings_that_a_killed_process_left_are_back_after_the_next(house: House, admin: Principal) -> None:
    before = made(house)
    for table in ("scores", "media_uses"):
        house.warehouse.execute(f"ALTER TABLE {table} MODIFY SETTING old_parts_lifetime = 0")
    assert made(house) != before
    house.erase(admin, ADA)
    assert made(house) == before
