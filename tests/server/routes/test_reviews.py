from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.live import Project
from tests.pictures import Drawn, picture
from tests.telemetry.sending import request, span, trace_id
from windlass.access.keys import create_key
from windlass.access.principals import Principal
from windlass.client import Client
from windlass.errors import Conflict, Denied, InputError, NotFound
from windlass.evaluation.reviews.contents import is_turned

RIGHT = {"name": "right", "type": "boolean", "text": "Is the sum right?"}
TONE = {"name": "tone", "type": "choice", "choices": ["kind", "cold"]}
BETTER = {"name": "better", "type": "preference"}
QUEUE = "/review-queues/sums"


class People:
    """Reviewers of a project, each with a key of their own."""

    def __init__(self, project: Project, opened: ExitStack) -> None:
        self._project = project
        self._opened = opened
        self.keys: dict[str, str] = {}

    def __call__(self, name: str) -> Client:
        services = self._project.live.services
        admin = Principal(id="tests", kind="user", role="admin", project=self._project.name)
        made = create_key(services.database, services.audit, admin, name=name, role="reviewer")
        self.keys[name] = made.key
        return self._opened.enter_context(Client(self._project.live.url, made.key))


@pytest.fixture
def people(project: Project) -> Iterator[People]:
    with ExitStack() as opened:
        yield People(project, opened)


def make(project: Project, *questions: dict[str, Any], **more: object) -> None:
    project.client.put(QUEUE, {"questions": questions or [RIGHT], **more})


def add(project: Project, **selection: object) -> dict[str, Any]:
    added: dict[str, Any] = project.client.post(f"{QUEUE}/items", selection)
    return added


def label_next(reviewer: Client, **answers: object) -> dict[str, Any]:
    item: dict[str, Any] = reviewer.post(f"{QUEUE}/next", {})["item"]
    labelled: dict[str, Any] = reviewer.put(f"{QUEUE}/items/{item['id']}/label", {"answers": answers})
    return {**item, **labelled}


def items(project: Project, **query: object) -> list[dict[str, Any]]:
    return list(project.client.pages(f"{QUEUE}/items", limit=2, **query))


def scores(project: Project) -> list[dict[str, Any]]:
    return list(project.client.pages("/scores", source="human"))


def test_samples_of_a_run_are_labelled_decided_scored_and_exported(project: Project, people: People) -> None:
    run, _ = project.evaluate_two(items=4)  # the careless release answers 4, 6, 6, 8
    make(project, TONE, RIGHT, labels_per_item=2)
    assert add(project, run={"run": run["id"]}) == {"added": 4, "there": 0}
    assert add(project, run={"run": run["id"], "sample": 2, "seed": 7}) == {"added": 0, "there": 2}
    ada, bob = people("ada"), people("bob")

    first = ada.post(f"{QUEUE}/next", {})["item"]
    assert first["content"]["input"] == {"question": "What is 0 + 4?"}
    assert first["content"]["reference"] == "4"
    assert [output["text"] for output in first["content"]["outputs"]] == ["4"]
    for right in (True, False, True, False):
        label_next(ada, right=right, tone="kind")
    for right in (True, False, True, True):
        label_next(bob, right=right, tone="kind")
    assert ada.post(f"{QUEUE}/next", {}) == {"item": None}

    progress = project.client.get(QUEUE)["progress"]
    assert progress == {"items": 4, "settled": 3, "disputed": 1, "labels": 8, "skips": 0}
    agreement = ada.get(f"{QUEUE}/agreement")
    tone, right = agreement["questions"]
    assert (tone["raw"]["value"], tone["alpha"]["value"], tone["alpha"]["n"]) == (1.0, None, 4)
    assert right["raw"]["value"] == 0.75
    assert right["kappas"][0]["reviewers"] == ["key:ada", "key:bob"]
    assert right["kappas"][0]["kappa"]["value"] == 0.5
    assert [each["labels"] for each in agreement["reviewers"]] == [4, 4]

    dispute = project.client.post(f"{QUEUE}/next-dispute", {})["item"]
    assert [label["answers"]["right"] for label in dispute["labels"]] == [False, True]
    decision = {"answers": {"right": False, "tone": "kind"}, "comment": "3 + 4 is 7."}
    project.client.put(f"{QUEUE}/items/{dispute['id']}/decision", decision)
    assert project.client.post(f"{QUEUE}/next-dispute", {}) == {"item": None}

    found = {(score["item"], score["name"]): score for score in scores(project)}
    assert len(found) == 8
    decided, agreed = found["i003", "right"], found["i000", "right"]
    assert (decided["value"], decided["label"], decided["author"]) == (0.0, "false", "key:a-admin")
    assert (agreed["value"], agreed["author"], agreed["run"]) == (1.0, "key:ada, key:bob", run["id"])
    assert (agreed["evaluator"], agreed["release"]) == ("review/sums", run["release"]["digest"])
    assert (found["i000", "tone"]["value"], found["i000", "tone"]["label"]) == (None, "kind")

    exported = project.client.post(f"{QUEUE}/export", {"dataset": "labelled", "reference": "right"})
    assert (exported["items"], exported["unsettled"], exported["gone"], exported["is_new"]) == (4, 0, 0, True)
    (first, *_, last) = project.client.get("/datasets/labelled/items")["items"]
    assert first["input"] == {"question": "What is 0 + 4?"}
    assert (first["reference"], first["metadata"]) == (
        True,
        {"labels": {"tone": "kind", "right": True}, "output": "4"},
    )
    assert last["reference"] is False
    assert project.client.post(f"{QUEUE}/export", {"dataset": "labelled", "reference": "right"})["is_new"] is False


def test_each_repeat_of_an_item_is_reviewed_by_itself(project: Project) -> None:
    project.push_sums(items=2)
    project.push_release()
    run = project.evaluate("adder@latest", repeats=2)
    make(project)
    assert add(project, run={"run": run["id"]}) == {"added": 4, "there": 0}
    assert [item["source"]["item"] for item in items(project)] == ["i000", "i000", "i001", "i001"]
    assert len({item["source"]["outputs"][0]["trace_id"] for item in items(project)}) == 4


def test_scores_of_people_do_not_change_the_results_of_a_run(project: Project, people: People) -> None:
    run, _ = project.evaluate_two(items=2)
    make(project, {**RIGHT, "name": "exact_match"}, labels_per_item=1)
    add(project, run={"run": run["id"]})
    ada = people("ada")
    for _ in range(2):
        label_next(ada, exact_match=False)
    assert [score["value"] for score in scores(project)] == [0.0, 0.0]
    samples = project.client.get(f"/runs/{run['id']}/samples")["items"]
    assert [sample["scores"]["exact_match"] for sample in samples] == [1.0, 0.0]


def test_a_label_taken_back_or_changed_takes_its_score_along(project: Project, people: People) -> None:
    project.send_traces(request(span(1)).SerializeToString())
    make(project, labels_per_item=1)
    add(project, traces={"ids": [trace_id(1)]})
    ada = people("ada")
    label_next(ada, right=True)
    (score,) = scores(project)
    assert (score["trace_id"], score["value"]) == (trace_id(1), 1.0)

    undone = ada.post(f"{QUEUE}/undo", {})["item"]
    assert undone["mine"] == {"state": "leased", "answers": {"right": True}, "comment": ""}
    assert scores(project) == []
    label_next(ada, right=False)
    assert [each["value"] for each in scores(project)] == [0.0]
    assert scores(project)[0]["id"] == score["id"]


def test_pairs_ask_which_output_is_better_in_an_order_that_is_turned_for_some(
    project: Project, people: People
) -> None:
    before, after = project.evaluate_two(items=8)
    make(project, BETTER, labels_per_item=1)
    with pytest.raises(InputError, match="add a run with a baseline run"):
        add(project, run={"run": after["id"]})
    assert add(project, run={"run": after["id"], "baseline": before["id"]})["added"] == 8
    ada = people("ada")
    for _ in range(8):
        item = label_next(ada, better="b")
        outputs = item["content"]["outputs"]
        turned = is_turned(item["id"], "key:ada")
        assert [output["side"] for output in outputs] == (["b", "a"] if turned else ["a", "b"])
    assert {(score["value"], score["label"], score["run"]) for score in scores(project)} == {
        (1.0, "b", after["id"])
    }
    project.client.post(f"{QUEUE}/export", {"dataset": "pairs"})
    second = project.client.get("/datasets/pairs/items")["items"][1]
    assert second["metadata"]["output"] == {"a": "6", "b": "5"}


def test_about_half_of_all_pairs_are_turned_and_always_the_same_ones() -> None:
    turned = [is_turned(f"item-{number}", "ada") for number in range(400)]
    assert 160 <= sum(turned) <= 240
    assert turned == [is_turned(f"item-{number}", "ada") for number in range(400)]
    assert turned != [is_turned(f"item-{number}", "bob") for number in range(400)]


def test_traces_are_found_by_a_query_and_shown_as_a_conversation_with_what_was_retrieved(
    project: Project, people: People
) -> None:
    asked = '[{"role":"user","parts":[{"type":"text","content":"Where is Bern?"}]}]'
    said = '[{"role":"assistant","parts":[{"type":"text","content":"In Switzerland."}]}]'
    documents = '[{"id":"atlas","content":"Bern is the capital of Switzerland."}]'
    root = {"gen_ai.input.messages": asked, "gen_ai.output.messages": said, "tier": "gold"}
    found = {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": documents}
    spans = (span(1, 1, attributes=root), span(1, 2, parent=1, attributes=found), span(2, 3, name="other"))
    project.send_traces(request(*spans).SerializeToString())
    make(project, labels_per_item=1)
    with pytest.raises(InputError, match="Nothing is selected"):
        add(project, traces={"query": {"where": ["attributes.tier=iron"]}})
    assert add(project, traces={"query": {"where": ["attributes.tier=gold"]}}) == {"added": 1, "there": 0}

    content = people("ada").post(f"{QUEUE}/next", {})["item"]["content"]
    assert content["messages"][0]["parts"][0]["content"] == "Where is Bern?"
    (output,) = content["outputs"]
    assert (output["text"], output["trace_id"]) == ("In Switzerland.", trace_id(1))
    assert output["passages"] == [
        {"document": "atlas", "section": "", "text": "Bern is the capital of Switzerland."}
    ]


def test_the_items_of_a_dataset_are_reviewed_without_outputs_or_scores(project: Project, people: People) -> None:
    project.push_sums(items=3)
    make(project, labels_per_item=1)
    assert add(project, dataset={"dataset": "sums@latest", "sample": 2, "seed": 1})["added"] == 2
    item = label_next(people("ada"), right=True)
    assert item["content"]["outputs"] == []
    assert scores(project) == []
    exported = project.client.post(f"{QUEUE}/export", {"dataset": "sums"})
    assert (exported["number"], exported["items"], exported["unsettled"]) == (2, 1, 1)


def test_samples_are_chosen_by_their_score(project: Project) -> None:
    run, _ = project.evaluate_two(items=6)
    make(project)
    assert add(project, run={"run": run["id"], "score": {"name": "exact_match", "high": 0.5}})["added"] == 3
    assert [item["source"]["item"] for item in items(project)] == ["i001", "i003", "i005"]
    with pytest.raises(InputError, match="no metric 'f1'; it has: exact_match"):
        add(project, run={"run": run["id"], "score": {"name": "f1"}})
    with pytest.raises(InputError, match="say which items to add"):
        add(project)


def test_the_same_seed_draws_the_same_items_and_another_draws_others(project: Project) -> None:
    project.push_sums(items=16)
    drawn = []
    for seed in (1, 1, 2):
        make(project)
        add(project, dataset={"dataset": "sums@latest", "sample": 5, "seed": seed})
        drawn.append([item["source"]["item"] for item in items(project)])
        project.client.delete(QUEUE)
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] == sorted(drawn[0])


def test_a_trace_that_expired_is_shown_as_gone_and_left_out_of_the_export(
    project: Project, people: People
) -> None:
    project.send_traces(request(span(1, start_ns=10**18), span(2)).SerializeToString())
    make(project, labels_per_item=1)
    add(project, traces={"ids": [trace_id(1)]})
    label_next(people("ada"), right=True)
    project.client.put("/retention", {"max_age_days": 2000, "max_traces": 1})
    project.client.post("/retention/apply", {})
    (item,) = items(project)
    assert project.client.get(f"{QUEUE}/items/{item['id']}")["content"] is None
    with pytest.raises(InputError, match="traces of all settled items of 'sums' are gone"):
        project.client.post(f"{QUEUE}/export", {"dataset": "gone"})


def test_what_people_said_of_a_trace_is_erased_with_it(project: Project, people: People) -> None:
    project.send_traces(request(span(1), span(2)).SerializeToString())
    make(project, RIGHT, {"name": "remark", "type": "text"}, labels_per_item=1)
    add(project, traces={"ids": [trace_id(1), trace_id(2)]})
    ada = people("ada")
    label_next(ada, right=True, remark="Ada Lovelace asked this.")
    label_next(ada, right=True, remark="Nobody in particular did.")

    subject = {"subject": {"kind": "trace", "id": trace_id(1)}, "wait_s": 60}
    held = project.client.post("/erasures", {**subject, "dry_run": True})["rows"]
    assert (held["review_items"], held["review_labels"]) == (1, 1)
    done = project.client.post("/erasures", subject)
    assert (done["rows"]["review_labels"], done["left"]["review_labels"], done["left"]["review_items"]) == (
        1,
        0,
        0,
    )
    (left,) = items(project)
    assert left["labels"][0]["answers"]["remark"] == "Nobody in particular did."
    assert {score["trace_id"] for score in scores(project)} == {trace_id(2)}


def test_a_reviewer_labels_and_does_nothing_else(project: Project, people: People) -> None:
    make(project)
    ada = people("ada")
    assert [queue["name"] for queue in ada.get("/review-queues")["items"]] == ["sums"]
    forbidden: tuple[Callable[[], object], ...] = (
        lambda: ada.put(QUEUE, {"questions": [TONE]}),
        lambda: ada.post(f"{QUEUE}/items", {"dataset": {"dataset": "sums@latest"}}),
        lambda: ada.post(f"{QUEUE}/next-dispute", {}),
        lambda: ada.post(f"{QUEUE}/export", {"dataset": "mine"}),
        lambda: ada.get("/traces"),
        lambda: ada.get("/scores"),
    )
    for refused in forbidden:
        with pytest.raises(Denied, match="key:ada has the role reviewer"):
            refused()
    with Client(project.live.url, project.key_of("viewer")) as viewer:
        assert viewer.get(QUEUE)["name"] == "sums"
        with pytest.raises(Denied, match="review:label"):
            viewer.post(f"{QUEUE}/next", {})


def test_a_queue_is_changed_by_who_read_it_and_is_gone_when_deleted(project: Project) -> None:
    make(project, expected=0)
    with pytest.raises(Conflict, match="There is a review queue 'sums' already"):
        make(project, expected=0)
    make(project, guidelines="# Add up", expected=1)
    assert project.client.get(QUEUE)["revision"] == 2
    project.client.delete(QUEUE)
    with pytest.raises(NotFound, match="There is no review queue 'sums'"):
        project.client.get(QUEUE)
    actions = [entry["action"] for entry in project.client.get("/audit")["items"]]
    assert actions.count("review:save") == 2
    assert actions.count("review:delete") == 1


def test_a_reviewer_sees_the_pictures_of_an_item_and_no_other_file(project: Project, people: People) -> None:
    drawn, other = picture(Drawn("red", "circle", 40, 40)), picture(Drawn("blue", "square", 60, 60))
    shown = project.client.send_file("/media", drawn, "image/png")
    hidden = project.client.send_file("/media", other, "image/png")
    asked = {"question": "Is it red?", "shown": shown["uri"]}
    project.client.post("/datasets/shapes", {"items": [{"id": "a", "input": asked, "reference": "yes"}]})
    make(project)
    add(project, dataset={"dataset": "shapes@latest"})
    ada = people("ada")
    item = ada.post(f"{QUEUE}/next", {})["item"]
    content = item["content"]
    assert content["media"] == [{"uri": shown["uri"], "mime_type": "image/png"}]
    assert (content["input"], content["reference"]) == ({"question": "Is it red?"}, "yes")
    place = f"{project.live.url}/api/v1{QUEUE}/items/{item['id']}/media"
    with httpx.Client(headers={"authorization": f"Bearer {people.keys['ada']}"}) as reviewer:
        answer = reviewer.get(f"{place}/{shown['digest']}")
        assert (answer.content, answer.headers["content-type"]) == (drawn, "image/png")
        assert reviewer.get(f"{place}/{hidden['digest']}").status_code == 404
        assert reviewer.get(f"{project.live.url}/api/v1/media/{shown['digest']}").status_code == 403


def test_the_pictures_that_a_release_made_are_shown_with_its_output(project: Project) -> None:
    file = project.client.send_file("/media", picture(Drawn("red", "circle", 40, 40)), "image/png")
    made = {"output": "Here it is.", "media": [file["uri"]]}
    project.client.post("/datasets/drawn", {"items": [{"id": "a", "input": "Draw.", "metadata": {"made": made}}]})
    release = project.push_release()
    body = {
        "release": f"adder@{release['digest']}",
        "dataset": "drawn",
        "outputs": "made",
        "evaluators": ["cost_usd"],
    }
    run = project.await_run(project.client.post("/runs", body)["id"])
    make(project)
    add(project, run={"run": run["id"]})
    (listed,) = items(project)
    (output,) = project.client.get(f"{QUEUE}/items/{listed['id']}")["content"]["outputs"]
    assert (output["text"], output["media"]) == ("Here it is.", [{"uri": file["uri"], "mime_type": "image/png"}])
