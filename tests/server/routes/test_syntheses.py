"""Making synthetic items on a server, and what decides whether they may gate."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests import live as live_parts
from tests.evaluation.synthesis.writing import AUDIT, LEASE, reply
from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.client import Client
from windlass.errors import ConfigurationError, Conflict, Denied, InputError, NotFound
from windlass.models.completion import Message

MODEL = "openai:writer"
DOCUMENTS = [{"name": "guide.md", "text": f"# Guide\n\n## Leases\n\n{LEASE}\n\n## Audit\n\n{AUDIT}\n"}]


@pytest.fixture(autouse=True)
def writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the scripted model write items, and answer from sources."""
    monkeypatch.setattr(live_parts, "answer", said)


def said(messages: Sequence[Message]) -> str:
    return json.dumps(reply(json.loads(messages[-1].content)))


def source(**more: object) -> dict[str, object]:
    return {"kind": "documents", "documents": DOCUMENTS, **more}


def synthesise(project: Project, name: str = "made", **body: object) -> dict[str, Any]:
    """Make items to the end."""
    asked = {"source": source(), "model": MODEL, **body}
    started = project.client.post(f"/datasets/{name}/syntheses", asked)
    project.live.services.jobs.wait(started["id"])
    ended: dict[str, Any] = project.client.get(f"/syntheses/{started['id']}")
    return ended


def items(project: Project, name: str = "made", **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project.client.get(f"/datasets/{name}/items", **query)["items"]
    return found


def test_items_of_documents_become_a_version_and_made_again_cost_nothing(project: Project) -> None:
    first = synthesise(project)
    assert (first["state"], first["report"]["taken"], first["calls"]["answered"]) == ("finished", 2, 4)
    assert first["version"]["number"] == 1
    made = {item["metadata"]["section"]: item for item in items(project)}
    assert made["Leases"]["reference"] == LEASE
    assert made["Leases"]["metadata"]["synthesis"]["source"]["document"] == "guide.md"
    again = synthesise(project)
    assert (again["report"]["already"], again["report"]["taken"], again["version"]) == (2, 0, None)
    assert (again["calls"]["answered"], again["calls"]["cached"]) == (0, 2)
    assert [each["id"] for each in project.client.get("/syntheses", dataset="made")["items"]] == [
        again["id"],
        first["id"],
    ]
    actions = [entry["action"] for entry in project.client.get("/audit")["items"]]
    assert actions.count("synthesis:create") == 2


def test_a_synthesis_says_what_it_asked_in_traces_that_are_no_production(project: Project) -> None:
    synthesise(project)
    project.live.services.settle()
    project.live.services.writer.flush()
    names = {trace["name"] for trace in project.client.get("/traces")["items"]}
    assert names == {"make synthesis"}
    drawn = project.client.post("/datasets/drawn/from-traces", {})
    assert (drawn["added"], drawn["of_runs"]) == (0, 4)


def test_failures_are_asked_anew_and_answered_from_the_index(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.client.post("/indexes/guide", {"documents": DOCUMENTS})
    spans = [
        span(
            number,
            number,
            attributes={"input.value": f"hi bob here {number}, who took my item?", "output.value": "?"},
        )
        for number in (1, 2)
    ]
    project.send_traces(request(*spans).SerializeToString())
    thumb = {"trace_id": trace_id(1), "name": "user_feedback", "value": 0, "source": "human"}
    project.client.post("/scores", {"items": [thumb]})

    def written(messages: Sequence[Message]) -> str:
        fields = json.loads(messages[-1].content)
        if "source" in fields:
            return json.dumps({"answerable": True, "answer": LEASE})
        assert LEASE in fields["passages"]
        draft = {"question": "Why was my item given to somebody else?", "answer": LEASE, "quote": LEASE}
        return json.dumps({"items": [draft]})

    monkeypatch.setattr(live_parts, "answer", written)
    failed = {"kind": "traces", "query": {"where": ["score.user_feedback=0"]}, "index": "guide"}
    done = synthesise(project, source=failed)
    assert (done["state"], done["report"]["tasks"], done["report"]["taken"]) == ("finished", 1, 1)
    (only,) = items(project)
    assert only["metadata"]["synthesis"]["source"]["trace_id"] == trace_id(1)
    assert only["metadata"]["synthesis"]["method"] == "failures"
    with pytest.raises(InputError, match=r"^No trace is meant by that; widen the filter"):
        synthesise(project, source={**failed, "query": {"where": ["score.user_feedback=1"]}})


def test_typing_errors_need_no_model_and_stay_in_the_split_of_their_item(project: Project) -> None:
    asked = [
        {"id": "a", "input": "When does a lease end?", "reference": "Soon.", "split": "test"},
        {"id": "b", "input": "?"},
    ]
    project.client.post("/datasets/asked", {"items": asked})
    mutated = {"kind": "items", "dataset": "asked@latest", "mutations": ["typos"]}
    done = synthesise(project, "asked", source=mutated, model=None)
    assert (done["report"]["taken"], done["report"]["unfit"], done["calls"]["answered"]) == (1, 1, 0)
    new = items(project, "asked", made="model")
    assert [(each["split"], each["reference"]) for each in new] == [("test", "Soon.")]
    checks = new[0]["metadata"]["synthesis"]["checks"]
    assert checks["answerable"]["method"] == "baseline: word containment"


def test_a_budget_stops_it_and_what_was_checked_until_then_is_taken(project: Project) -> None:
    done = synthesise(project, max_tokens=100)
    assert (done["state"], done["report"]["taken"]) == ("stopped", 0)
    assert done["error"].endswith("Start it again with a higher ceiling: what was answered is not paid for twice.")
    assert project.client.get("/artifacts")["items"] == []


@pytest.mark.parametrize(
    ("body", "error", "sentence"),
    [
        ({"source": source(documents=[])}, InputError, "There is no document with text to make items of"),
        (
            {"source": source(documents=[{"name": "a", "text": " \n"}])},
            InputError,
            "There is no document with text",
        ),
        (
            {"source": source(documents=[{"name": "a", "text": "# A\n\n## B\n"}])},
            InputError,
            "nothing but headings",
        ),
        ({"source": source(documents=DOCUMENTS * 2)}, InputError, "Two documents are named 'guide.md'"),
        ({"source": {"kind": "index", "index": "none"}}, NotFound, "There is no index"),
        ({"model": None}, InputError, "Items are written by a model: name one"),
        (
            {"model": "local:extractive"},
            InputError,
            "local:extractive only quotes sentences and cannot write questions",
        ),
        ({"judge": "local:extractive"}, InputError, "cannot answer from a source as asked"),
        ({"model": "anthropic:claude"}, ConfigurationError, "needs a key: set the environment variable ANTHROPIC"),
        ({"max_tokens": 0}, InputError, "max_tokens: Input should be greater than or equal to 1"),
        ({"max_cost_usd": 1.0}, InputError, "There is no price of openai_compatible:writer"),
        ({"held_out": ["none@latest"]}, NotFound, "There is no dataset"),
        (
            {"source": {"kind": "items", "dataset": "asked", "mutations": ["louder"]}},
            InputError,
            "there is no mutation 'louder'; there are paraphrase, harder, persona, typos and language:NAME",
        ),
        (
            {"source": {"kind": "items", "dataset": "asked", "mutations": ["persona"]}},
            InputError,
            "give at least one",
        ),
        (
            {"source": {"kind": "items", "dataset": "asked", "mutations": ["harder"]}, "split": "test"},
            InputError,
            "stays in that one's split",
        ),
        (
            {"source": {"kind": "items", "dataset": "asked", "mutations": ["harder"]}},
            InputError,
            "asked has no item with a question and a right answer",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence_before_anything_is_paid_for(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    body: dict[str, object],
    error: type[Exception],
    sentence: str,
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)
    project.client.post("/datasets/asked", {"items": [{"input": "Why?"}]})
    asked = len(project.live.provider.calls)
    with pytest.raises(error) as raised:
        project.client.post("/datasets/made/syntheses", {"source": source(), "model": MODEL, **body})
    assert sentence in str(raised.value)
    assert project.client.get("/syntheses")["items"] == []
    assert [each["name"] for each in project.client.get("/artifacts")["items"]] == ["asked"]
    assert len(project.live.provider.calls) == asked


def test_a_provider_that_fails_is_reported_of_each_passage(project: Project) -> None:
    project.live.provider.fail("401", "401")
    done = synthesise(project)
    assert (done["state"], done["report"]["taken"], len(done["report"]["unwritten"])) == ("finished", 0, 2)
    assert "refused the key" in done["report"]["unwritten"][0]["reason"]


def test_a_parameter_that_the_model_does_not_know_fails_it_in_one_sentence(project: Project) -> None:
    done = synthesise(project, model_parameters={"colour": "red"})
    assert (done["state"], done["error"].partition(";")[0]) == ("failed", "The model has no parameter 'colour'")
    assert project.client.get("/artifacts")["items"] == []


def test_a_synthesis_can_be_cancelled_once(project: Project) -> None:
    live = project.live
    live.answering.clear()
    started = project.client.post("/datasets/made/syntheses", {"source": source(), "model": MODEL})
    cancelled = project.client.post(f"/syntheses/{started['id']}/cancel", {})
    live.answering.set()
    live.services.jobs.wait(started["id"])
    assert cancelled["state"] == project.client.get(f"/syntheses/{started['id']}")["state"] == "cancelled"
    assert project.client.get("/artifacts")["items"] == []
    with pytest.raises(Conflict, match="is cancelled and cannot be cancelled any more"):
        project.client.post(f"/syntheses/{started['id']}/cancel", {})


def label(project: Project, queue: str, *answers: bool) -> None:
    for approved in answers:
        shown = project.client.post(f"/review-queues/{queue}/next", {})
        body = {"answers": {"approved": approved}}
        project.client.put(f"/review-queues/{queue}/items/{shown['item']['id']}/label", body)


def test_a_gate_leaves_out_synthetic_items_that_nobody_approved_and_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.push_sums(items=12)
    synthesise(project, "sums")
    assert project.client.get("/datasets/sums/approval")["required"] is False
    asked = project.client.put("/datasets/sums/approval", {})
    assert asked == {"queue": "approve-sums", "added": 2}
    monkeypatch.setattr(live_parts, "answer", live_parts.add_up)
    for instructions in (live_parts.CARELESS, live_parts.CAREFUL):
        project.push_release(instructions=instructions)
    for number in (1, 2):
        project.evaluate(f"adder@{number}")
    gate = {"candidate": "adder@2", "baseline": "adder@1"}
    verdict = project.client.post("/gates", gate)
    assert (verdict["unapproved"], verdict["pairs"]["items"]) == (2, 12)
    assert verdict["sentence"].endswith("2 synthetic items that nobody approved were left out.")
    label(project, "approve-sums", True, False)
    status = project.client.get("/datasets/sums/approval")
    assert status["counts"] == {"approved": 1, "rejected": 1}
    # The runs stay: what a person says of an item changes nothing in it.
    verdict = project.client.post("/gates", gate)
    assert (verdict["unapproved"], verdict["pairs"]["items"]) == (1, 13)
    assert len(items(project, "sums", made="approved")) == len(items(project, "sums", made="unapproved")) == 1
    assert len(items(project, "sums", made="model")) == 2


def test_an_item_that_was_edited_after_its_approval_waits_for_another(project: Project) -> None:
    made = synthesise(project)
    project.client.put("/datasets/made/approval", {})
    label(project, "approve-made", True, True)
    assert project.client.get("/datasets/made/approval")["counts"] == {"approved": 2}
    first = items(project)[0]
    edit = {"base": made["version"]["digest"], "put": [{**first, "reference": "Whatever I like."}]}
    project.client.post("/datasets/made/edits", edit)
    status = project.client.get("/datasets/made/approval")
    assert (status["states"][first["id"]], status["counts"]) == ("unseen", {"approved": 1, "unseen": 1})
    assert project.client.get("/datasets/made/approval", ref="1")["counts"] == {"approved": 2}
    assert project.client.put("/datasets/made/approval", {}) == {"queue": "approve-made", "added": 1}


def test_approval_cannot_be_written_into_an_item(project: Project) -> None:
    synthesise(project)
    project.client.put("/datasets/made/approval", {})
    forged = items(project)[0]
    forged["metadata"]["synthesis"]["approved"] = True
    newest = project.client.get("/datasets/made")["version"]["digest"]
    project.client.post("/datasets/made/edits", {"base": newest, "put": [forged]})
    assert project.client.get("/datasets/made/approval")["states"][forged["id"]] == "unseen"


def test_new_items_of_a_dataset_that_asks_for_approval_go_into_its_queue(project: Project) -> None:
    project.push_sums("made", items=1)
    project.client.put("/datasets/made/approval", {})
    synthesise(project)
    assert project.client.get("/datasets/made/approval")["counts"] == {"waiting": 2}
    assert project.client.get("/review-queues/approve-made")["progress"]["items"] == 2


def test_when_nothing_is_approved_a_gate_is_refused_in_one_sentence(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthesise(project)
    project.client.put("/datasets/made/approval", {})
    monkeypatch.setattr(live_parts, "answer", live_parts.add_up)
    runs = []
    for instructions in (live_parts.CARELESS, live_parts.CAREFUL):
        release = project.push_release(instructions=instructions)
        runs.append(project.evaluate(f"adder@{release['number']}", "made", evaluators=["token_f1"]))
    with pytest.raises(InputError, match=r"^All 2 items of made 1 are synthetic and nobody approved one"):
        project.client.post("/gates", {"candidate": runs[1]["id"], "baseline": runs[0]["id"]})
    project.client.delete("/datasets/made/approval")
    assert (
        project.client.post("/gates", {"candidate": runs[1]["id"], "baseline": runs[0]["id"]})["unapproved"] == 0
    )
    with pytest.raises(NotFound, match="asks for no approval"):
        project.client.delete("/datasets/made/approval")


def test_who_may_not_change_reviews_may_not_change_approval(project: Project) -> None:
    project.push_sums("made", items=1)
    with Client(project.live.url, project.key_of("viewer")) as viewer:
        assert viewer.get("/datasets/made/approval")["synthetic"] == 0
        with pytest.raises(Denied):
            viewer.put("/datasets/made/approval", {})
        with pytest.raises(Denied):
            viewer.post("/datasets/made/syntheses", {"source": source(), "model": MODEL})


def test_a_queue_that_does_not_ask_for_approval_cannot_give_it(project: Project) -> None:
    project.push_sums("made", items=1)
    project.client.put("/review-queues/other", {"questions": [{"type": "text", "name": "remark"}]})
    with pytest.raises(InputError, match=r"'other' does not ask 'approved' by yes or no"):
        project.client.put("/datasets/made/approval", {"queue": "other"})
    with pytest.raises(NotFound, match="There is no dataset 'none'"):
        project.client.put("/datasets/none/approval", {})
