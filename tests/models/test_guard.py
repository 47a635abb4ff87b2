import asyncio
from collections.abc import Iterator

import pytest

from windlass.errors import ConfigurationError
from windlass.models.completion import Message
from windlass.models.guard import allow_requests, check_request, forbid_requests
from windlass.models.providers import open_model
from windlass.models.scripted import ScriptedServer


@pytest.fixture(autouse=True)
def forbidden() -> Iterator[None]:
    forbid_requests()
    yield
    forbid_requests()


@pytest.mark.parametrize("ref", ["openai:gpt-4o-mini", "anthropic:claude-sonnet-5", "google:gemini-2.5-flash"])
def test_no_request_leaves_this_machine(ref: str) -> None:
    model = open_model(ref, api_key="not-a-key")
    with pytest.raises(ConfigurationError, match=f"{ref} was stopped"):
        asyncio.run(model.complete([Message("user", "hello")], {}))


def test_loopback_is_allowed() -> None:
    with ScriptedServer(lambda messages: "yes") as server:
        model = open_model("openai:any", base_url=server.url)
        assert asyncio.run(model.complete([Message("user", "hello")], {})).text == "yes"


@pytest.mark.parametrize("url", ["http://localhost:1/v1", "http://127.0.0.9/v1", "http://[::1]:8000/v1"])
def test_all_names_of_loopback_are_known(url: str) -> None:
    check_request("openai:any", url)


@pytest.mark.parametrize(
    "url", ["http://localhost.example/v1", "http://10.0.0.1/v1", "http://127.0.0.1@example.org/"]
)
def test_names_that_only_look_like_loopback_are_not(url: str) -> None:
    with pytest.raises(ConfigurationError):
        check_request("openai:any", url)


def test_the_guard_can_be_taken_back() -> None:
    allow_requests()
    check_request("openai:any", "https://example.org/v1")
