from collections.abc import Callable

from windlass.access.principals import Principal
from windlass.artifacts.differences import Change, changes_between
from windlass.artifacts.registry import Registry
from windlass.artifacts.versions import Version


def test_two_releases_differ_in_what_their_parts_hold(
    registry: Registry,
    push_prompt: Callable[..., Version],
    push_release: Callable[..., Version],
    principal: Principal,
) -> None:
    before = push_release("a release")
    prompt = push_prompt("Q: {{ question }}")
    registry.push(principal, "model", "offline", {"model": "local:extractive", "parameters": {"sentences": 2}})
    after = registry.push(
        principal,
        "release",
        "guide",
        {"description": "a release", "prompts": {"answer": "answer", "judge": "answer@1"}, "model": "offline"},
    ).version
    changes = changes_between(registry, "guide", before, after)
    assert [change for change in changes if not change.path.startswith("prompts.judge.")] == [
        # An empty mapping became one that holds something.
        Change(path="model.parameters", before={}, after=None),
        Change(path="model.parameters.sentences", before=None, after=2),
        Change(path="model.version", before="model/offline@1", after="model/offline@2"),
        Change(path="prompts.answer.messages.0.template", before="{{ question }}", after="Q: {{ question }}"),
        Change(path="prompts.answer.version", before="prompt/answer@1", after=f"prompt/answer@{prompt.number}"),
    ]
    assert Change(path="prompts.judge.messages.0.template", before=None, after="{{ question }}") in changes


def test_the_other_way_round_before_and_after_are_exchanged(
    registry: Registry, push_release: Callable[..., Version]
) -> None:
    one, two = push_release("one"), push_release("two")
    assert changes_between(registry, "guide", one, two) == [Change(path="description", before="one", after="two")]
    assert changes_between(registry, "guide", two, one) == [Change(path="description", before="two", after="one")]
    assert changes_between(registry, "guide", one, one) == []


def test_two_prompts_differ_by_message(registry: Registry, principal: Principal) -> None:
    def push(*messages: tuple[str, str]) -> Version:
        body = {"messages": [{"role": role, "template": template} for role, template in messages]}
        return registry.push(principal, "prompt", "answer", body).version

    before, after = push(("user", "a")), push(("system", "a"), ("user", "b"))
    assert changes_between(registry, "guide", before, after) == [
        Change(path="messages.0.role", before="user", after="system"),
        Change(path="messages.1.role", before=None, after="user"),
        Change(path="messages.1.template", before=None, after="b"),
    ]
