import json

import httpx2
import openai
import pytest

from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer


def echo(messages: object) -> str:
    assert isinstance(messages, tuple)
    return f"You said: {messages[-1].content}"


def client(server: ScriptedServer) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.url, api_key="scripted", max_retries=0)


def test_the_openai_client_gets_the_scripted_answer_with_usage() -> None:
    with ScriptedServer(echo) as server, client(server) as api:
        answer = api.chat.completions.create(model="any", messages=[{"role": "user", "content": "hello there"}])
        assert answer.choices[0].message.content == "You said: hello there"
        assert answer.choices[0].finish_reason == "stop"
        assert answer.usage is not None
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (2, 4)
        (call,) = server.calls
        assert (call.messages, call.model, call.stream) == ((Message("user", "hello there"),), "any", False)
        assert call.headers["authorization"] == "Bearer scripted"


def test_the_openai_client_streams_with_usage_last() -> None:
    with ScriptedServer(echo) as server, client(server) as api:
        with api.chat.completions.create(
            model="any",
            messages=[{"role": "user", "content": [{"type": "text", "text": "two  blanks"}]}],
            stream=True,
            stream_options={"include_usage": True},
        ) as stream:
            chunks = list(stream)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert text == "You said: two  blanks"
        usage = chunks[-1].usage
        assert usage is not None
        assert usage.total_tokens == 6


def test_failures_come_in_the_order_of_the_script_and_are_counted() -> None:
    with ScriptedServer(echo) as server, client(server) as api:
        server.fail("500", None, "429", "malformed")

        def ask() -> object:
            return api.chat.completions.create(model="any", messages=[{"role": "user", "content": "x"}])

        with pytest.raises(openai.InternalServerError):
            ask()
        ask()
        with pytest.raises(openai.RateLimitError):
            ask()
        with pytest.raises(json.JSONDecodeError):
            ask()
        ask()
        assert len(server.calls) == 5


def test_a_cut_stream_ends_in_the_middle_of_the_body() -> None:
    with ScriptedServer(echo) as server:
        server.fail("cut")
        body = {"model": "any", "stream": True, "messages": [{"role": "user", "content": "x"}]}
        received: list[bytes] = []
        with httpx2.Client() as api, api.stream("POST", f"{server.url}/chat/completions", json=body) as response:
            parts = response.iter_bytes()
            with pytest.raises(httpx2.RemoteProtocolError):
                received.extend(parts)
        assert b"You" in b"".join(received)
        assert b"[DONE]" not in b"".join(received)


def test_it_lists_its_model_and_is_gone_after_the_block() -> None:
    with ScriptedServer(echo) as server:
        assert httpx2.get(f"{server.url}/models").json()["data"][0]["id"] == "scripted"
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{server.url}/models")
