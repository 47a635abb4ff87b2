import pytest

from tests.live import Project
from windlass.errors import InputError
from windlass.evaluation.questions import history_of
from windlass.evaluation.samples import Item
from windlass.models.completion import Message


def test_what_was_said_before_the_question_is_said_to_the_release(project: Project) -> None:
    project.push_release()
    history = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hello to you."}]
    items = [{"input": {"question": "What is 3 + 4?", "history": history}, "reference": "7"}]
    project.client.post("/datasets/talks", {"items": items})
    run = project.evaluate("adder", "talks")
    assert run["metrics"]["exact_match"]["mean"] == 1.0
    asked = project.live.provider.calls[-1].messages
    assert list(asked[-3:]) == [
        Message("user", "Hello."),
        Message("assistant", "Hello to you."),
        Message("user", "What is 3 + 4?"),
    ]


@pytest.mark.parametrize("asked", ["text", {"question": "q"}, {"question": "q", "history": []}])
def test_without_a_history_nothing_was_said(asked: object) -> None:
    assert history_of(Item(id="a", input=asked)) == []


@pytest.mark.parametrize("history", ["Hello.", [{"role": "robot", "content": "x"}], [{"role": "user"}]])
def test_a_history_that_is_none_is_refused(history: object) -> None:
    with pytest.raises(InputError, match="The `history` of the item 'a' is no list of messages"):
        history_of(Item(id="a", input={"question": "q", "history": history}))
