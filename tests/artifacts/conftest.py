from collections.abc import Callable

import pytest

from windlass.access.principals import Principal
from windlass.artifacts.registry import Registry
from windlass.artifacts.versions import Version


@pytest.fixture
def push_prompt(registry: Registry, principal: Principal) -> Callable[..., Version]:
    def push(text: str, *, name: str = "answer") -> Version:
        body = {"messages": [{"role": "user", "template": text}], "input": {"question": {"type": "string"}}}
        return registry.push(principal, "prompt", name, body).version

    return push


@pytest.fixture
def push_release(
    registry: Registry, principal: Principal, push_prompt: Callable[..., Version]
) -> Callable[..., Version]:
    """Push a release whose only difference to another is its description."""
    push_prompt("{{ question }}")
    registry.push(principal, "model", "offline", {"model": "local:extractive"})

    def push(description: str, *, name: str = "guide") -> Version:
        body = {"description": description, "prompts": {"answer": "prompt/answer"}, "model": "model/offline"}
        return registry.push(principal, "release", name, body).version

    return push
