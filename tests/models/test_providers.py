import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from windlass.errors import ConfigurationError, InputError, ProviderError
from windlass.models.completion import (
    JSON,
    ChatModel,
    Completion,
    Message,
    OfferedTool,
    OutputSchema,
    Picture,
    Usage,
)
from windlass.models.extractive import ExtractiveModel
from windlass.models.failures import ProviderFailure
from windlass.models.providers import open_model
from windlass.models.scripted import Failure, ScriptedServer, asking, serve

MESSAGES = [Message("system", "Be brief."), Message("user", "Hello there")]
VARIABLES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "OPENAI_BASE_URL")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda messages: f"You said: {messages[-1].content}") as scripted:
        yield scripted


def complete(model: ChatModel, **parameters: JSON) -> Completion:
    return asyncio.run(model.complete(MESSAGES, parameters))


def stream(model: ChatModel) -> tuple[list[str], Completion]:
    async def collect() -> list[str | Completion]:
        return [piece async for piece in model.stream(MESSAGES, {})]

    *pieces, last = asyncio.run(collect())
    assert isinstance(last, Completion)
    return [str(piece) for piece in pieces], last


def test_a_server_of_the_openai_wire_answers_without_a_key(server: ScriptedServer) -> None:
    answer = complete(open_model("openai:llama3.2", base_url=server.url))
    assert answer.text == "You said: Hello there"
    assert answer.usage == Usage(4, 4)
    assert (answer.model, answer.finish_reason, answer.cost) == ("llama3.2", "stop", None)
    assert answer.latency_s > 0
    assert server.calls[-1].headers["authorization"] == "Bearer none"
    assert server.calls[-1].messages == tuple(MESSAGES)


def test_a_stream_is_the_pieces_and_then_the_completion(server: ScriptedServer) -> None:
    pieces, answer = stream(open_model("openai:llama3.2", base_url=server.url))
    assert pieces == ["You", " said:", " Hello", " there"]
    assert answer.text == "You said: Hello there"
    assert answer.usage == Usage(4, 4)


def test_parameters_reach_the_provider(server: ScriptedServer) -> None:
    model = open_model("openai:llama3.2", base_url=server.url)
    complete(model, temperature=0, max_tokens=5, top_p=0.5, seed=7, stop_sequences=["END"])
    body = server.calls[-1].body
    sent = {name: body.get(name) for name in ("temperature", "max_tokens", "top_p", "seed", "stop")}
    assert sent == {"temperature": 0, "max_tokens": 5, "top_p": 0.5, "seed": 7, "stop": ["END"]}


def test_what_was_said_before_is_sent_in_order(server: ScriptedServer) -> None:
    said = [*MESSAGES, Message("assistant", "Hi."), Message("user", "And now?")]
    asyncio.run(open_model("openai:llama3.2", base_url=server.url).complete(said, {}))
    assert server.calls[-1].messages == tuple(said)


@pytest.mark.parametrize(
    ("failure", "sentence", "status", "retryable"),
    [
        ("500", "answered 500 Internal Server Error: The scripted server failed.", 500, True),
        ("429", "answered 429 Too Many Requests: Too many requests", 429, True),
        ("401", "refused the key (401 Unauthorized); check OPENAI_API_KEY", 401, False),
        ("malformed", "could not be reached or broke off", None, True),
        ("cut", "could not be reached or broke off", None, True),
    ],
)
@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
def test_a_failure_is_one_sentence_and_one_request(
    server: ScriptedServer,
    failure: Failure,
    sentence: str,
    status: int | None,
    retryable: bool,
    streaming: bool,
) -> None:
    model = open_model("openai:llama3.2", base_url=server.url, api_key="sk-very-secret-key")
    before = len(server.calls)
    server.fail(failure)
    with pytest.raises(ProviderError) as caught:
        stream(model) if streaming else complete(model)
    assert isinstance(caught.value, ProviderFailure)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("openai:llama3.2 ")
    assert (caught.value.provider_status, caught.value.retryable) == (status, retryable)
    assert len(server.calls) == before + 1


def test_a_provider_that_repeats_the_key_does_not_put_it_into_the_error() -> None:
    def leak(request: Request) -> Response:
        return JSONResponse({"error": {"message": f"bad: {request.headers['authorization']}\nand more"}}, 400)

    with (
        serve(Starlette(routes=[Route("/chat/completions", leak, methods=["POST"])])) as url,
        pytest.raises(ProviderError, match=r"400 Bad Request: bad: Bearer \[key\] and more\.") as caught,
    ):
        complete(open_model("openai:any", base_url=url, api_key="sk-very-secret-key"))
    assert "secret" not in str(caught.value)


def test_a_slow_provider_is_given_up() -> None:
    with ScriptedServer(lambda messages: "late", latency_s=5) as slow:
        model = open_model("openai:any", base_url=slow.url, timeout_s=0.2)
        with pytest.raises(ProviderFailure, match=r"did not answer within 0\.2 s") as caught:
            complete(model)
    assert caught.value.retryable


def test_a_provider_that_is_not_there_is_a_provider_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ProviderFailure, match="could not be reached"):
        complete(open_model("openai:any", base_url=f"http://127.0.0.1:{port}/v1"))


def test_many_requests_share_a_model_across_event_loops(server: ScriptedServer) -> None:
    model = open_model("openai:any", base_url=server.url)

    async def ask_many() -> set[str]:
        answers = await asyncio.gather(*(model.complete(MESSAGES, {}) for _ in range(10)))
        return {answer.text for answer in answers}

    assert asyncio.run(ask_many()) == asyncio.run(ask_many()) == {"You said: Hello there"}


@pytest.mark.parametrize(
    ("ref", "variable"),
    [
        ("openai:gpt-4o-mini", "OPENAI_API_KEY"),
        ("anthropic:claude-sonnet-5", "ANTHROPIC_API_KEY"),
        ("google:gemini-2.5-flash", "GOOGLE_API_KEY or GEMINI_API_KEY"),
    ],
)
def test_a_missing_key_names_its_variable(ref: str, variable: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{ref} needs a key: set the environment variable {variable}"):
        open_model(ref)


@pytest.mark.parametrize("ref", ["", "gpt-4o-mini", "openai:", "nobody:model", "local:", "local:llama"])
def test_a_reference_that_names_no_model_is_refused(ref: str) -> None:
    with pytest.raises(InputError, match="extractive"):
        open_model(ref)


def test_a_base_url_without_a_scheme_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="must start with http"):
        open_model("openai:any", base_url="localhost:11434")


def test_the_environment_can_name_the_server(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    assert complete(open_model("openai:any")).text == "You said: Hello there"


def test_wrong_parameters_and_no_messages_are_refused_before_any_request(server: ScriptedServer) -> None:
    model = open_model("openai:any", base_url=server.url)
    before = len(server.calls)
    with pytest.raises(InputError, match="no parameter 'temprature'; it knows logprobs, max_tokens"):
        complete(model, temprature=1)
    with pytest.raises(InputError, match="'temperature' is wrong"):
        complete(model, temperature=3)
    with pytest.raises(InputError, match="without any message"):
        asyncio.run(model.complete([], {}))
    assert len(server.calls) == before


def test_the_offline_baseline_is_a_model_like_others() -> None:
    assert isinstance(open_model("local:extractive"), ExtractiveModel)


def test_anthropic_answers_over_its_own_wire() -> None:
    async def messages(request: Request) -> Response:
        body = await request.json()
        # Which header carries the key is the SDK's affair and has changed between its versions.
        assert "some-key" in (request.headers.get("x-api-key") or request.headers["authorization"])
        assert "Be brief." in json.dumps(body["system"])
        answer = {"id": "m", "type": "message", "role": "assistant", "model": body["model"], "stop_sequence": None}
        usage = {"input_tokens": 1000, "output_tokens": 500}
        if not body.get("stream"):
            text = [{"type": "text", "text": "Hi there"}]
            return JSONResponse({**answer, "content": text, "stop_reason": "end_turn", "usage": usage})
        return _events(
            {"type": "message_start", "message": {**answer, "content": [], "stop_reason": None, "usage": usage}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi "}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "there"}},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 500}},
            {"type": "message_stop"},
        )

    with serve(Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])) as url:
        model = open_model("anthropic:claude-sonnet-5", base_url=url, api_key="some-key")
        answer = complete(model, max_tokens=100)
        assert (answer.text, answer.usage, answer.finish_reason) == ("Hi there", Usage(1000, 500), "stop")
        pieces, last = stream(model)
        assert pieces == ["Hi ", "there"]
        assert (last.text, last.usage) == ("Hi there", Usage(1000, 500))


def test_google_answers_over_its_own_wire() -> None:
    usage = {"promptTokenCount": 7, "candidatesTokenCount": 2, "totalTokenCount": 9}

    def part(text: str, finish: str | None = None) -> dict[str, object]:
        candidate: dict[str, object] = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
        if finish:
            candidate["finishReason"] = finish
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-2.5-flash"}

    async def generate(request: Request) -> Response:
        assert request.headers["x-goog-api-key"] == "some-key"
        if request.path_params["call"].endswith(":streamGenerateContent"):
            return _events(part("Hi "), part("there", "STOP"))
        return JSONResponse(part("Hi there", "STOP"))

    with serve(Starlette(routes=[Route("/v1beta/models/{call}", generate, methods=["POST"])])) as url:
        model = open_model("google:gemini-2.5-flash", base_url=url, api_key="some-key")
        answer = complete(model, temperature=0)
        assert (answer.text, answer.usage, answer.finish_reason) == ("Hi there", Usage(7, 2), "stop")
        pieces, last = stream(model)
        assert "".join(pieces) == last.text == "Hi there"


SEEING = [Message("user", "What is it?", (Picture(b"GIF89a", "image/gif", "View 1:"),))]


def test_a_picture_goes_after_its_label_over_the_openai_wire(server: ScriptedServer) -> None:
    asyncio.run(open_model("openai:sees", base_url=server.url).complete(SEEING, {}))
    body: Any = server.calls[-1].body
    _, label, shown = body["messages"][0]["content"]
    assert label == {"type": "text", "text": "View 1:"}
    assert shown["image_url"]["url"] == "data:image/gif;base64,R0lGODlh"
    assert server.calls[-1].messages == tuple(SEEING)


def test_a_picture_goes_over_the_wires_of_anthropic_and_google() -> None:
    bodies: list[dict[str, Any]] = []

    async def anthropic(request: Request) -> Response:
        bodies.append(await request.json())
        usage = {"input_tokens": 1, "output_tokens": 1}
        return JSONResponse(
            {"id": "m", "type": "message", "role": "assistant", "model": "claude", "stop_sequence": None}
            | {"content": [{"type": "text", "text": "A dot."}], "stop_reason": "end_turn", "usage": usage}
        )

    async def google(request: Request) -> Response:
        bodies.append(await request.json())
        content = {"role": "model", "parts": [{"text": "A dot."}]}
        return JSONResponse({"candidates": [{"content": content, "index": 0, "finishReason": "STOP"}]})

    routes = [
        Route("/v1/messages", anthropic, methods=["POST"]),
        Route("/v1beta/models/{call}", google, methods=["POST"]),
    ]
    with serve(Starlette(routes=routes)) as url:
        for ref in ("anthropic:claude-sonnet-5", "google:gemini-2.5-flash"):
            model = open_model(ref, base_url=url, api_key="some-key")
            assert asyncio.run(model.complete(SEEING, {"max_tokens": 100})).text == "A dot."
    for_anthropic, for_google = bodies
    text, label, picture = for_anthropic["messages"][0]["content"]
    assert (text["text"], label["text"], picture["type"]) == ("What is it?", "View 1:", "image")
    assert picture["source"] == {"type": "base64", "media_type": "image/gif", "data": "R0lGODlh"}
    text, label, picture = for_google["contents"][0]["parts"]
    assert (text["text"], label["text"]) == ("What is it?", "View 1:")
    # The name of the type is mimeType or mime_type, by the version of the SDK; the wire takes both.
    assert "image/gif" in picture["inlineData"].values()


def test_the_offline_baseline_says_that_it_sees_nothing() -> None:
    with pytest.raises(InputError, match="sees no pictures"):
        asyncio.run(open_model("local:extractive").complete(SEEING, {}))


SCHEMA = OutputSchema(
    "verdict",
    {
        "type": "object",
        "properties": {"score": {"type": "string", "enum": ["0", "1"]}},
        "required": ["score"],
        "additionalProperties": False,
    },
)


@pytest.mark.parametrize("name", ["claude-sonnet-5", "claude-3-haiku-20240307"], ids=["by format", "by tool"])
def test_anthropic_is_held_to_a_schema_by_the_means_that_the_model_has(name: str) -> None:
    bodies = []

    async def messages(request: Request) -> Response:
        body = await request.json()
        bodies.append(body)
        text = {"type": "text", "text": '{"score": "1"}'}
        call = {"type": "tool_use", "id": "t", "name": "verdict", "input": {"score": "1"}}
        return JSONResponse(
            {
                "id": "m",
                "type": "message",
                "role": "assistant",
                "model": body["model"],
                "content": [call if body.get("tools") else text],
                "stop_reason": "end_turn",
                "stop_sequence": None,
                "usage": {"input_tokens": 1, "output_tokens": 1},
            }
        )

    with serve(Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])) as url:
        model = open_model(f"anthropic:{name}", base_url=url, api_key="some-key")
        answer = asyncio.run(model.complete(MESSAGES, {"max_tokens": 100}, SCHEMA))
    assert json.loads(answer.text) == {"score": "1"}
    (body,) = bodies
    if name == "claude-sonnet-5":
        assert body["output_config"]["format"]["schema"]["properties"]["score"]["enum"] == ["0", "1"]
    else:
        assert body["tools"][0]["input_schema"]["properties"] == SCHEMA.schema["properties"]
        assert body["tool_choice"]["type"] in {"any", "tool"}


def test_openai_is_held_to_a_schema_which_the_baseline_cannot_keep_to(server: ScriptedServer) -> None:
    asyncio.run(open_model("openai:gpt-5", base_url=server.url).complete(MESSAGES, {}, SCHEMA))
    wanted = server.calls[-1].body["response_format"]
    assert isinstance(wanted, dict)
    assert wanted["json_schema"]["schema"] == SCHEMA.schema
    with pytest.raises(InputError, match="can write no JSON: name a real model"):
        asyncio.run(open_model("local:extractive").complete(MESSAGES, {}, SCHEMA))


def _events(*events: dict[str, object]) -> Response:
    async def body() -> AsyncIterator[str]:
        for event in events:
            name = f"event: {event['type']}\n" if "type" in event else ""
            yield f"{name}data: {json.dumps(event)}\n\n"

    return StreamingResponse(body(), media_type="text/event-stream")


TOOLS = [OfferedTool("find", "Find an order.", {"type": "object", "properties": {"order": {"type": "integer"}}})]


def ask_for_tools(model: ChatModel, parameters: Mapping[str, JSON]) -> tuple[Completion, Completion]:
    """Have a model ask for tools, and tell it what they answered."""

    async def both() -> tuple[Completion, Completion]:
        asked = await model.complete(MESSAGES, parameters, tools=TOOLS)
        results = [Message("tool", f"Ulm {place}", answers=each) for place, each in enumerate(asked.requests)]
        said = [*MESSAGES, Message("assistant", asked.text, requests=asked.requests), *results]
        return asked, await model.complete(said, parameters, tools=TOOLS)

    return asyncio.run(both())


def test_a_model_over_the_openai_wire_asks_for_tools_and_is_told_what_they_answered() -> None:
    def looks(messages: Sequence[Message]) -> str | Message:
        results = [message.content for message in messages if message.role == "tool"]
        return ", ".join(results) or asking(("find", {"order": 7}), ("find", '{"order'), text="Let me look.")

    async def streamed(model: ChatModel) -> list[str | Completion]:
        return [piece async for piece in model.stream(MESSAGES, {}, TOOLS)]

    with ScriptedServer(looks) as server:
        model = open_model("openai:any", base_url=server.url)
        asked, answered = ask_for_tools(model, {})
        assert (asked.text, asked.finish_reason) == ("Let me look.", "tool_call")
        assert [(each.id, each.name, each.arguments) for each in asked.requests] == [
            ("call-1", "find", '{"order": 7}'),
            ("call-2", "find", '{"order'),
        ]
        assert (answered.text, answered.requests) == ("Ulm 0, Ulm 1", ())
        first, second = server.calls
        assert first.body["tools"] == [
            {
                "type": "function",
                "function": {"name": "find", "description": "Find an order.", "parameters": TOOLS[0].parameters},
            }
        ]
        said, *results = second.messages[-3:]
        assert (said.content, [each.id for each in said.requests]) == ("Let me look.", ["call-1", "call-2"])
        # What is no JSON is sent back as JSON that says so: some servers refuse anything else.
        assert json.loads(said.requests[1].arguments) == {"INVALID_JSON": '{"order'}
        assert [(each.content, each.answers) for each in results] == [
            (f"Ulm {place}", asked_for) for place, asked_for in enumerate(said.requests)
        ]
        *pieces, last = asyncio.run(streamed(model))
        assert "".join(map(str, pieces)) == "Let me look."
        assert isinstance(last, Completion)
        assert last.requests == asked.requests


def test_anthropic_and_google_ask_for_tools_and_get_back_what_they_want_with_a_call() -> None:
    bodies: list[dict[str, Any]] = []
    signature = "c2lnbmVk"

    async def anthropic(request: Request) -> Response:
        bodies.append(await request.json())
        call = {"type": "tool_use", "id": "t1", "name": "find", "input": {"order": 7}}
        answer = {"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None}
        usage = {"input_tokens": 1, "output_tokens": 1}
        return JSONResponse({**answer, "content": [call], "stop_reason": "tool_use", "usage": usage})

    async def google(request: Request) -> Response:
        bodies.append(await request.json())
        call = {"functionCall": {"name": "find", "args": {"order": 7}}, "thoughtSignature": signature}
        candidate = {"content": {"role": "model", "parts": [call]}, "index": 0, "finishReason": "STOP"}
        usage = {"promptTokenCount": 7, "candidatesTokenCount": 2, "totalTokenCount": 9}
        return JSONResponse({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m"})

    routes = [
        Route("/v1/messages", anthropic, methods=["POST"]),
        Route("/v1beta/models/{call}", google, methods=["POST"]),
    ]
    with serve(Starlette(routes=routes)) as url:
        for ref in ("anthropic:claude-sonnet-5", "google:gemini-2.5-flash"):
            asked, _ = ask_for_tools(open_model(ref, base_url=url, api_key="some-key"), {"max_tokens": 100})
            assert [(each.name, json.loads(each.arguments)) for each in asked.requests] == [("find", {"order": 7})]
    offered, told, declared, answered = bodies
    assert offered["tools"][0]["input_schema"]["properties"] == {"order": {"type": "integer"}}
    assert told["messages"][-2]["content"][0]["input"] == {"order": 7}
    result = told["messages"][-1]["content"][0]
    assert (result["tool_use_id"], json.dumps(result["content"]).count("Ulm 0")) == ("t1", 1)
    (function,) = declared["tools"][0]["functionDeclarations"]
    assert (function["name"], function["description"]) == ("find", "Find an order.")
    call, response = (answered["contents"][place]["parts"][0] for place in (-2, -1))
    assert (call["functionCall"]["args"], call["thoughtSignature"]) == ({"order": 7}, signature)
    assert "Ulm 0" in json.dumps(response["functionResponse"])


def test_the_offline_baseline_says_that_it_calls_no_tools() -> None:
    with pytest.raises(InputError, match="quotes sentences and calls no tools"):
        asyncio.run(open_model("local:extractive").complete(MESSAGES, {}, tools=TOOLS))
