"""Syntheses as records, on both databases."""

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.evaluation.runs import VersionName
from windlass.evaluation.synthesis.making import SynthesisReport
from windlass.evaluation.synthesis.records import (
    Synthesis,
    begin_synthesis,
    cancel_synthesis,
    create_synthesis,
    end_synthesis,
    get_synthesis,
    list_syntheses,
    note_progress,
    unfinished_syntheses,
)
from windlass.evaluation.synthesis.requests import SynthesisRequest
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database

ADA = Principal(id="ada", kind="user", role="editor", project="p")
VERSION = VersionName(name="d", number=1, digest="sha256:1")


def created(database: Database, audit: AuditChain) -> Synthesis:
    request = {"source": {"kind": "index", "index": "guide"}, "model": "openai:writer"}
    return create_synthesis(database, audit, ADA, "d", SynthesisRequest.model_validate(request))


def test_a_synthesis_is_noted_from_its_beginning_to_its_end(database: Database, audit: AuditChain) -> None:
    made = created(database, audit)
    assert [each.id for each in unfinished_syntheses(database)] == [made.id]
    begun = begin_synthesis(database, made.id)
    assert begun is not None
    assert (begun.state, begun.request) == ("running", made.request)
    assert note_progress(database, made.id, SynthesisReport(done=1), CallCounts(answered=2))
    end_synthesis(database, made.id, "finished", version=VERSION)
    (ended,) = list_syntheses(database, "p", dataset="d")
    assert (ended.state, ended.report.done, ended.calls.answered, ended.version) == ("finished", 1, 2, VERSION)
    assert begin_synthesis(database, made.id) is None
    assert unfinished_syntheses(database) == list_syntheses(database, "another") == []


def test_one_that_was_cancelled_stays_so_and_says_what_it_left(database: Database, audit: AuditChain) -> None:
    made = created(database, audit)
    cancel_synthesis(database, audit, ADA, made.id)
    assert not note_progress(database, made.id, SynthesisReport(done=1), CallCounts())
    end_synthesis(database, made.id, "stopped", error="The server is closing.", report=SynthesisReport(done=3))
    ended = get_synthesis(database, "p", made.id)
    assert (ended.state, ended.error, ended.report.done) == ("cancelled", None, 3)
