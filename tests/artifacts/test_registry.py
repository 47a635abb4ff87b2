import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from windlass.access import permissions
from windlass.access.audit import AuditChain, list_entries
from windlass.access.permissions import ALLOWED
from windlass.access.principals import Principal
from windlass.artifacts.lineage import VersionLink
from windlass.artifacts.registry import Registry
from windlass.artifacts.tables import labels, versions
from windlass.artifacts.versions import Version
from windlass.canonical import digest
from windlass.errors import Conflict, Denied, InputError, NotFound, WindlassError
from windlass.storage.database import Database

PushPrompt = Callable[..., Version]
RACERS = 6


def actions(database: Database) -> list[str]:
    return [f"{entry.action} {entry.resource}" for entry in reversed(list_entries(database, "guide"))]


def run_at_once(works: list[Callable[[], object]]) -> list[object]:
    """Run all in threads that start together; return what each returned or raised."""
    together = threading.Barrier(len(works))
    outcomes: list[object] = []

    def run(work: Callable[[], object]) -> None:
        together.wait(10)
        try:
            outcomes.append(work())
        except WindlassError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def racing_registries(database_url: str, audit: AuditChain) -> Iterator[list[Registry]]:
    """Registries of one database that share no lock in this process, as those of several servers."""
    databases = [Database(database_url) for _ in range(RACERS)]
    yield [Registry(database, audit) for database in databases]
    for database in databases:
        database.close()


def test_versions_are_numbered_and_the_same_content_makes_no_new_one(
    registry: Registry, database: Database, push_prompt: PushPrompt
) -> None:
    first, second, again = push_prompt("one"), push_prompt("two"), push_prompt("two")
    assert (first.number, second.number) == (1, 2)
    assert again == second
    assert second.digest == digest(second.body)
    assert second.labels == ["latest"]
    assert actions(database) == ["version:push prompt/answer"] * 2


def test_content_pushed_again_is_latest_again_and_keeps_its_number(
    registry: Registry, database: Database, push_prompt: PushPrompt, principal: Principal
) -> None:
    first, second = push_prompt("one"), push_prompt("two")
    pushed = registry.push(
        principal,
        "prompt",
        "answer",
        {**first.body, "input": dict(reversed(first.body["input"].items()))},  # type: ignore[union-attr]
    )
    assert not pushed.is_new
    assert pushed.version.number == 1
    assert registry.get("guide", "prompt/answer").digest == first.digest
    newest = list_entries(database, "guide")[0]
    assert (newest.before, newest.after) == (second.digest, first.digest)


def test_a_version_is_found_by_number_digest_label_and_as_latest(
    registry: Registry, push_prompt: PushPrompt, principal: Principal
) -> None:
    first, second = push_prompt("one"), push_prompt("two")
    registry.move_label(principal, "prompt", "answer", "stable", "1")
    for what in ("1", first.digest, "stable"):
        assert registry.get("guide", f"prompt/answer@{what}").number == 1
    assert registry.get("guide", "answer", kind="prompt") == second


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        (
            "prompt/answer@3",
            r"prompt/answer has no version or label '3'; its newest version is \d, and its labels are: latest\.",
        ),
        ("prompt/answer@stable", "has no version or label 'stable'"),
        (f"prompt/answer@sha256:{'0' * 64}", "has no version or label 'sha256:000"),
        (f"prompt/answer@{'9' * 30}", "has no version or label '999"),
        ("prompt/nobody", "There is no prompt 'nobody' in the project 'guide'; there is: answer."),
        ("dataset/answer", "no dataset 'answer' .* there is: none yet; push one with `windlass push`"),
    ],
)
def test_what_is_not_there_is_not_found_and_what_is_there_is_named(
    registry: Registry, push_prompt: PushPrompt, selector: str, message: str
) -> None:
    push_prompt("one")
    with pytest.raises(NotFound, match=message):
        registry.get("guide", selector)


def test_projects_do_not_see_each_other(registry: Registry, push_prompt: PushPrompt, principal: Principal) -> None:
    version = push_prompt("one")
    for what in ("latest", "1", version.digest):
        with pytest.raises(NotFound, match="in the project 'other'"):
            registry.get("other", f"prompt/answer@{what}")
    other = replace(principal, project="other")
    assert registry.list_artifacts("other") == []
    body = {"prompts": {"answer": version.reference.model_dump()}, "model": version.reference.model_dump()}
    with pytest.raises(NotFound):
        registry.push(other, "release", "guide", {**body, "model": "model/offline"})
    with pytest.raises(NotFound):
        registry.move_label(other, "prompt", "answer", "stable", "1")
    pushed = registry.push(other, "prompt", "answer", version.body)
    assert (pushed.version.number, pushed.version.digest, pushed.is_new) == (1, version.digest, True)
    assert registry.referenced_by("other", pushed.version) == []


def test_a_refused_body_writes_nothing(registry: Registry, database: Database, principal: Principal) -> None:
    with pytest.raises(InputError, match="messages"):
        registry.push(principal, "prompt", "answer", {"messages": []})
    with pytest.raises(InputError, match="is no name for a prompt"):
        registry.push(principal, "prompt", "The Answer", {"messages": [{"role": "user", "template": "x"}]})
    assert registry.list_artifacts("guide") == []
    assert actions(database) == []


def test_references_are_resolved_to_digests_when_they_are_pushed(
    registry: Registry, push_prompt: PushPrompt, push_release: Callable[..., Version]
) -> None:
    release = push_release("first")
    prompt, model = registry.get("guide", "prompt/answer"), registry.get("guide", "model/offline")
    assert release.body["prompts"] == {"answer": prompt.reference.model_dump()}
    assert release.body["model"] == model.reference.model_dump()
    push_prompt("a newer text")
    assert registry.get("guide", "release/guide").digest == release.digest
    assert push_release("first").number == 2


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"model": "model/nobody"}, NotFound, "There is no model 'nobody'"),
        ({"model": "model/offline@stable"}, NotFound, "model/offline has no version or label 'stable'"),
        ({"model": "prompt/answer"}, InputError, "'prompt/answer' is a prompt, but a model is needed here"),
        ({"index": "index/guide"}, NotFound, "There is no index 'guide'"),
        ({"prompts": {"answer": "Answer!"}}, InputError, "does not name a version; write prompt/name@what"),
        (
            {"model": {"kind": "model", "name": "offline", "digest": "sha256:" + "0" * 64}},
            NotFound,
            "release/guide refers as 'model' to model/offline@sha256:0+, which is not here; push it first",
        ),
    ],
)
def test_a_reference_to_nothing_is_refused_and_writes_nothing(
    registry: Registry,
    push_release: Callable[..., Version],
    principal: Principal,
    database: Database,
    change: dict[str, object],
    error: type[WindlassError],
    message: str,
) -> None:
    del push_release
    before = actions(database)
    body = {"prompts": {"answer": "prompt/answer"}, "model": "model/offline", **change}
    with pytest.raises(error, match=message):
        registry.push(principal, "release", "guide", body)
    assert registry.list_artifacts("guide", "release") == []
    assert actions(database) == before


def test_a_kind_may_be_left_out_where_only_one_fits(
    registry: Registry, push_release: Callable[..., Version], principal: Principal
) -> None:
    release = push_release("")
    again = registry.push(principal, "release", "guide", {"prompts": {"answer": "answer"}, "model": "offline@1"})
    assert not again.is_new
    assert again.version.digest == release.digest


def test_lineage_is_seen_from_both_ends(
    registry: Registry, push_prompt: PushPrompt, push_release: Callable[..., Version]
) -> None:
    first, second = push_release("first"), push_release("second")
    prompt = registry.get("guide", "prompt/answer")
    model = registry.get("guide", "model/offline")

    def link(role: str, version: Version) -> VersionLink:
        return VersionLink(
            role=role, kind=version.kind, name=version.name, number=version.number, digest=version.digest
        )

    assert registry.references("guide", first) == [link("model", model), link("prompts.answer", prompt)]
    assert registry.referenced_by("guide", prompt) == [
        link("prompts.answer", second),
        link("prompts.answer", first),
    ]
    assert registry.referenced_by("guide", first) == []
    assert registry.referenced_by("guide", push_prompt("unused")) == []


def test_artifacts_are_listed_with_their_newest_version_and_labels(
    registry: Registry, push_prompt: PushPrompt, push_release: Callable[..., Version], principal: Principal
) -> None:
    push_release("x")
    first, second = registry.get("guide", "prompt/answer"), push_prompt("two")
    registry.move_label(principal, "prompt", "answer", "stable", "1")
    found = registry.list_artifacts("guide")
    assert [(artifact.kind, artifact.name, artifact.versions) for artifact in found] == [
        ("model", "offline", 1),
        ("prompt", "answer", 2),
        ("release", "guide", 1),
    ]
    [prompt] = registry.list_artifacts("guide", "prompt")
    assert prompt.latest.model_dump() == {
        name: value for name, value in second.model_dump().items() if name in type(prompt.latest).model_fields
    }
    assert prompt.labels == {"latest": second.digest, "stable": first.digest}
    assert (prompt.created, prompt.updated) == (first.created, second.created)


def test_the_history_of_an_artifact_is_newest_first(registry: Registry, push_prompt: PushPrompt) -> None:
    pushed = [push_prompt(text) for text in ("one", "two", "three")]
    history = registry.history("guide", "prompt", "answer")
    assert [version.number for version in history.versions] == [3, 2, 1]
    assert history.labels == {"latest": pushed[-1].digest}
    with pytest.raises(NotFound, match="There is no prompt 'nobody'"):
        registry.history("guide", "prompt", "nobody")


def test_a_label_moves_only_from_where_one_expects_it(
    registry: Registry, database: Database, push_prompt: PushPrompt, principal: Principal
) -> None:
    first, second = push_prompt("one"), push_prompt("two")
    with pytest.raises(Conflict, match=rf"names nothing and not {first.digest} any more: somebody moved it"):
        registry.move_label(principal, "prompt", "answer", "stable", "2", expected=first.digest)
    registry.move_label(principal, "prompt", "answer", "stable", "1", expected=None, reason="it is good")
    with pytest.raises(Conflict, match=rf"names {first.digest} and not nothing any more"):
        registry.move_label(principal, "prompt", "answer", "stable", "2", expected=None)
    moved = registry.move_label(principal, "prompt", "answer", "stable", "2", expected=first.digest)
    assert moved.digest == second.digest
    registry.move_label(principal, "prompt", "answer", "stable", "latest")
    entries = [entry for entry in list_entries(database, "guide") if entry.action == "label:move"]
    assert [(entry.resource, entry.before, entry.after, entry.reason) for entry in entries] == [
        ("prompt/answer@stable", first.digest, second.digest, ""),
        ("prompt/answer@stable", None, first.digest, "it is good"),
    ]


@pytest.mark.parametrize(
    ("label", "to", "error", "message"),
    [
        ("latest", "1", InputError, "The label 'latest' names what was pushed last; choose another label"),
        ("7", "1", InputError, "The label '7' would read as a version number"),
        ("Stable", "1", InputError, "'Stable' is no name for a label"),
        ("stable", "9", NotFound, "has no version or label '9'"),
        ("stable", "nowhere", NotFound, "has no version or label 'nowhere'"),
    ],
)
def test_a_label_that_cannot_move_is_refused(
    registry: Registry,
    database: Database,
    push_prompt: PushPrompt,
    principal: Principal,
    label: str,
    to: str,
    error: type[WindlassError],
    message: str,
) -> None:
    push_prompt("one")
    with pytest.raises(error, match=message):
        registry.move_label(principal, "prompt", "answer", label, to)
    assert actions(database) == ["version:push prompt/answer"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    moves=st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), st.sampled_from(["1", "2", "3", None])), max_size=8)
)
def test_labels_follow_compare_and_swap(
    registry: Registry, push_prompt: PushPrompt, principal: Principal, moves: list[tuple[str, str | None]]
) -> None:
    digests = {str(number): push_prompt(f"text {number}").digest for number in (1, 2, 3)}
    # Each example has a label of its own, as the fixtures are shared by all.
    label = f"label-{len(registry.history('guide', 'prompt', 'answer').labels)}"
    names: str | None = None
    for to, expected in moves:
        wanted = digests[expected] if expected else None
        if wanted == names:
            registry.move_label(principal, "prompt", "answer", label, to, expected=wanted)
            names = digests[to]
        else:
            with pytest.raises(Conflict):
                registry.move_label(principal, "prompt", "answer", label, to, expected=wanted)
        assert registry.history("guide", "prompt", "answer").labels.get(label) == names


@pytest.mark.parametrize("existing", [False, True], ids=["new label", "existing label"])
def test_of_racing_label_moves_one_wins_and_the_others_get_a_conflict(
    racing_registries: list[Registry],
    registry: Registry,
    database: Database,
    push_prompt: PushPrompt,
    principal: Principal,
    audit: AuditChain,
    existing: bool,
) -> None:
    expected = None
    for number in range(RACERS + 1):
        push_prompt(f"text {number}")
    if existing:
        expected = registry.move_label(principal, "prompt", "answer", "stable", str(RACERS + 1)).digest
    before = len(actions(database))

    def move(racer: Registry, to: int) -> Callable[[], object]:
        return lambda: racer.move_label(principal, "prompt", "answer", "stable", str(to), expected=expected)

    outcomes = run_at_once([move(racer, number) for number, racer in enumerate(racing_registries, start=1)])
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"LabelMove": 1, "Conflict": RACERS - 1}
    [won] = [outcome for outcome in outcomes if not isinstance(outcome, Conflict)]
    winner = registry.get("guide", "prompt/answer@stable").digest
    assert won.digest == winner  # type: ignore[attr-defined]  # a LabelMove
    for outcome in outcomes:
        assert outcome is won or f"names {winner} and not" in str(outcome)
    assert actions(database)[before:] == ["label:move prompt/answer@stable"]
    assert audit.verify(database).ok


def test_racing_pushes_of_one_content_make_one_version(
    racing_registries: list[Registry], database: Database, principal: Principal
) -> None:
    body = {"messages": [{"role": "user", "template": "the same"}]}

    def push(racer: Registry) -> Callable[[], object]:
        return lambda: racer.push(principal, "prompt", "answer", body).is_new

    assert Counter(run_at_once([push(racer) for racer in racing_registries])) == {True: 1, False: RACERS - 1}
    assert actions(database) == ["version:push prompt/answer"]


def test_racing_pushes_of_different_contents_get_a_number_each(
    racing_registries: list[Registry],
    registry: Registry,
    database: Database,
    principal: Principal,
    audit: AuditChain,
) -> None:
    def push(racer: Registry, number: int) -> Callable[[], object]:
        body = {"messages": [{"role": "user", "template": f"text {number}"}]}
        return lambda: racer.push(principal, "prompt", "answer", body).version.number

    outcomes = run_at_once([push(racer, number) for number, racer in enumerate(racing_registries)])
    assert sorted(outcomes) == list(range(1, RACERS + 1))  # type: ignore[type-var]  # numbers, unless it failed
    assert registry.get("guide", "prompt/answer").number == RACERS
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(versions)).scalar_one() == RACERS
        assert tx.execute(select(func.count()).select_from(labels)).scalar_one() == 1
    assert audit.verify(database).ok


def test_a_version_is_added_only_to_the_one_that_is_expected(
    registry: Registry, principal: Principal, database: Database
) -> None:
    def push(version: int, expected: object) -> str:
        body = {"model": "openai:gpt-5-mini", "description": f"{version}"}
        return registry.push(
            principal, "model", "mini", body, message=f"no {version}", expected=expected
        ).version.digest

    first = push(1, None)
    second = push(2, first)
    with pytest.raises(Conflict, match=r"model/mini is at version 2 by now, of ada \(no 2\)"):
        push(3, first)
    with pytest.raises(Conflict):
        push(3, None)
    # What is there already is no change of anybody's.
    assert push(2, first) == second
    assert len(registry.history(principal.project, "model", "mini").versions) == 2
    assert actions(database) == ["version:push model/mini", "version:push model/mini"]


def test_of_those_who_add_to_one_version_at_once_one_is_first(registry: Registry, principal: Principal) -> None:
    base = registry.push(principal, "model", "mini", {"model": "openai:gpt-5-mini"}).version.digest
    works: list[Callable[[], object]] = [
        partial(registry.push, principal, "model", "mini", {"model": f"openai:gpt-{number}"}, expected=base)
        for number in range(RACERS)
    ]
    outcomes = run_at_once(works)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Pushed": 1, "Conflict": RACERS - 1}


def test_code_is_pushed_by_who_may_write_code_alone(
    registry: Registry, principal: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import windlass\n@windlass.evaluator\ndef f(sample):\n    return 1\n"
    body = {"function": "f", "source": source}
    assert registry.push(principal, "evaluator", "f", body).is_new
    without = {**ALLOWED, "editor": ALLOWED["editor"] - {"code:write"}}
    monkeypatch.setattr(permissions, "ALLOWED", without)
    editor = replace(principal, role="editor")
    assert not registry.push(editor, "evaluator", "mine", {"function": "token_f1"}).version.body.get("source")
    with pytest.raises(Denied, match="may not do code:write"):
        registry.push(editor, "evaluator", "g", body)
