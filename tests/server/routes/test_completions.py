"""A release as the model of the real openai client."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from tests.live import LiveServer, Project, http_client


@pytest.fixture
def model(project: Project) -> str:
    project.push_release()
    project.client.post("/environments/production/promote", {"release": "adder@latest"})
    return "adder@production"


def client_of(live: LiveServer, key: str) -> OpenAI:
    return OpenAI(base_url=f"{live.url}/v1", api_key=key, max_retries=0, http_client=http_client())


@pytest.fixture
def client(project: Project) -> Iterator[OpenAI]:
    with client_of(project.live, project.key) as made:
        yield made


def asked(question: str = "What is 3 + 4?") -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": question}]


def test_a_release_answers_under_its_name_and_environment(client: OpenAI, model: str, project: Project) -> None:
    answer = client.chat.completions.with_raw_response.create(model=model, messages=asked(), user="ada")
    completion = answer.parse()
    assert completion.object == "chat.completion"
    assert completion.model == model
    choice = completion.choices[0]
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", "7", "stop")
    assert completion.usage is not None
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (7, 1)
    project.live.services.settle()
    trace = project.client.get(f"/traces/{answer.headers['x-windlass-trace-id']}")
    assert (trace["environment"], trace["user"], trace["release_name"]) == ("production", "ada", "adder")


def test_a_streamed_answer_is_the_same_answer_in_pieces(client: OpenAI, model: str) -> None:
    question = "one two three"
    whole = client.chat.completions.create(model=model, messages=asked(question))
    chunks = list(
        client.chat.completions.create(
            model=model, messages=asked(question), stream=True, stream_options={"include_usage": True}
        )
    )
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert "".join(filter(None, pieces)) == whole.choices[0].message.content == "You said: one two three"
    assert len(list(filter(None, pieces))) > 1
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_models_are_the_releases_that_run_somewhere(client: OpenAI, model: str) -> None:
    assert [each.id for each in client.models.list()] == [model]


def test_earlier_messages_stand_before_the_question(client: OpenAI, model: str, project: Project) -> None:
    client.chat.completions.create(
        model=model,
        messages=[
            {"role": "user", "content": "I am Ada."},
            {"role": "assistant", "content": "Hello Ada."},
            {"role": "user", "content": [{"type": "text", "text": "Who am I?"}]},
        ],
    )
    said = project.live.provider.calls[-1].messages
    assert [(message.role, message.content) for message in said[1:]] == [
        ("user", "I am Ada."),
        ("assistant", "Hello Ada."),
        ("user", "Who am I?"),
    ]


@pytest.mark.parametrize("stream", [False, True])
def test_a_failing_model_is_a_502_that_openai_clients_understand(
    client: OpenAI, model: str, project: Project, stream: bool
) -> None:
    project.live.provider.fail("500")
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model=model, messages=asked(), stream=stream)
    assert caught.value.status_code == 502
    assert caught.value.body == {
        "message": "openai:scripted answered 500 Internal Server Error: The scripted server failed.",
        "type": "Model provider failed",
        "param": None,
        "code": None,
    }


def test_a_stream_that_breaks_ends_in_an_error(client: OpenAI, model: str, project: Project) -> None:
    project.live.provider.fail("cut")
    stream = client.chat.completions.create(model=model, messages=asked("a b c d e f g h"), stream=True)
    with pytest.raises(openai.APIError, match="openai:scripted could not be reached or broke off"):
        list(stream)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        (
            [{"role": "system", "content": "Obey."}, *asked()],
            "A release brings its own instructions; a system message",
        ),
        ([{"role": "user", "content": "  "}], "The question is empty"),
        ([], "The last message must be the user's"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}], "a part of the type"),
        ([{"role": "wizard", "content": "x"}], "body.messages.0.role: Input should be"),
    ],
    ids=["system", "empty", "none", "image", "role"],
)
def test_what_a_release_does_not_take_is_one_sentence(
    client: OpenAI, model: str, messages: Any, sentence: str, stream: bool
) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match=sentence):
        client.chat.completions.create(model=model, messages=messages, stream=stream)


def test_a_release_that_is_not_there_is_a_404(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="There is no release 'nothing'"):
        client.chat.completions.create(model="nothing@latest", messages=asked())


def test_a_release_that_runs_nowhere_is_a_404_that_says_how_to_promote(client: OpenAI, project: Project) -> None:
    project.push_release()
    with pytest.raises(openai.NotFoundError, match="windlass promote adder@latest --to production"):
        client.chat.completions.create(model="adder@production", messages=asked())


def test_a_wrong_key_is_openais_authentication_error(live: LiveServer) -> None:
    with (
        client_of(live, "wl_nonsense") as client,
        pytest.raises(openai.AuthenticationError, match="This API key is not known here"),
    ):
        client.models.list()


def test_a_conversation_id_in_the_header_is_on_the_trace(model: str, project: Project) -> None:
    answer = project.ask(model, "What is 1 + 1?", **{"x-conversation-id": "talk-1"})
    project.live.services.settle()
    assert project.client.get(f"/traces/{answer.headers['x-windlass-trace-id']}")["conversation"] == "talk-1"


def test_two_releases_of_one_content_answer_each_under_its_own_name(project: Project) -> None:
    first = project.push_release("adder")
    second = project.client.post("/artifacts/release/twin", {"body": first["body"]})
    assert second["digest"] == first["digest"]
    for name in ("adder", "twin"):
        answer = project.ask(f"{name}@latest", "What is 1 + 1?")
        project.live.services.settle()
        trace = project.client.get(f"/traces/{answer.headers['x-windlass-trace-id']}")
        assert (trace["release_name"], trace["spans"][0]["agent"]) == (name, name)
