"""Syntheses across a restart of the server, and what stays of traces that are erased."""

import json
from collections.abc import Sequence

import pytest

from tests import live as live_parts
from tests.evaluation.synthesis.writing import reply
from tests.live import LiveServer, Project
from windlass.evaluation.synthesis.erasing import SynthesesOfTraces
from windlass.evaluation.synthesis.making import Rejected, SynthesisReport, Unwritten
from windlass.evaluation.synthesis.records import begin_synthesis, end_synthesis, get_synthesis
from windlass.models.completion import Message

PAGES = [{"name": f"{number}.md", "text": f"Page {number} is about the lease {number}."} for number in range(30)]


def said(messages: Sequence[Message]) -> str:
    fields = json.loads(messages[-1].content)
    made = reply(fields)
    if "passage" in fields:
        # The passages differ in a number alone, and so would the questions.
        draft = {"question": f"What {hash(fields['passage']):x}?", "answer": fields["passage"]}
        made = {"items": [{**draft, "quote": fields["passage"]}]}
    return json.dumps(made)


def test_one_that_was_stopped_in_its_middle_goes_on_and_pays_for_no_call_twice(
    live: LiveServer, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping, calls_before = live.services.jobs.stopping, len(live.provider.calls)

    def said_slowly(messages: Sequence[Message]) -> str:
        if len(live.provider.calls) - calls_before > 4:
            stopping.wait(30)
        return said(messages)

    monkeypatch.setattr(live_parts, "answer", said_slowly)
    live.asked.clear()
    body = {"source": {"kind": "documents", "documents": PAGES}, "model": "openai:writer", "model_concurrency": 1}
    started = project.client.post("/datasets/made/syntheses", body)
    assert live.asked.wait(30)
    live.restart_alone()
    asked_before = len(live.provider.calls)
    live.services._await_recovery()
    again = Project(live, project.name)
    live.services.jobs.wait(started["id"])
    ended = again.client.get(f"/syntheses/{started['id']}")
    assert (ended["state"], ended["report"]["taken"]) == ("finished", 30)
    asked = [call.messages[-1].content for call in live.provider.calls]
    assert len(asked) > asked_before, "it was stopped in its middle"
    assert sorted(asked[calls_before:]) == sorted(set(asked[calls_before:]))
    assert len(asked[calls_before:]) == 60
    assert ended["calls"]["answered"] == 60
    again.close()


def test_what_a_report_says_of_a_trace_goes_with_the_trace(live: LiveServer, project: Project) -> None:
    body = {"source": {"kind": "documents", "documents": PAGES[:1]}, "model": "openai:writer"}
    started = project.client.post("/datasets/made/syntheses", body)
    live.services.jobs.wait(started["id"])
    database, trace = live.services.database, "ab" * 16
    made_of = [{"trace_id": trace}, {"trace_id": "cd" * 16}]
    report = SynthesisReport(
        rejected=[
            Rejected(question="?", answer="!", source=dict(each), check="leak", reason="because")
            for each in made_of
        ],
        unwritten=[Unwritten(source={"trace_id": trace}, reason="It said: Bob")],
    )
    end_synthesis(database, started["id"], "finished", report=report)
    assert begin_synthesis(database, started["id"]) is None, "it has ended"
    records = SynthesesOfTraces(database)
    assert records.count(project.name, [trace]) == {"syntheses": 2}
    assert records.count("another", [trace]) == records.count(project.name, []) == {"syntheses": 0}
    records.delete(project.name, [trace])
    kept = get_synthesis(database, project.name, started["id"]).report
    assert ([each.source for each in kept.rejected], kept.unwritten) == ([{"trace_id": "cd" * 16}], [])
