import pytest

from windlass.artifacts.kinds import Release, references_of, validate_body
from windlass.artifacts.references import Kind, VersionReference
from windlass.artifacts.tools import Tool
from windlass.errors import InputError

DIGEST = "sha256:" + "a" * 64


def reference(kind: Kind) -> dict[str, str]:
    return {"kind": kind, "name": "x", "digest": DIGEST}


RELEASE = {"prompts": {"answer": reference("prompt")}, "model": reference("model")}


def test_a_release_refers_to_its_parts_by_their_roles() -> None:
    body = validate_body("release", {**RELEASE, "index": reference("index")})
    assert isinstance(body, Release)
    assert dict(references_of(body)) == {
        "prompts.answer": VersionReference(kind="prompt", name="x", digest=DIGEST),
        "model": VersionReference(kind="model", name="x", digest=DIGEST),
        "index": VersionReference(kind="index", name="x", digest=DIGEST),
    }


def test_a_release_of_code_needs_no_prompt() -> None:
    body = validate_body("release", {"code": {"entry": "shop:answer", "digest": DIGEST}})
    assert list(references_of(body)) == []


TOOL = {"description": "Find an order.", "effect": "read", "protocol": "mcp", "url": "http://127.0.0.1:9/mcp"}


def test_a_release_names_its_tools_by_their_names_and_a_tool_is_called_by_its_own() -> None:
    other = {**reference("tool"), "name": "y"}
    body = validate_body("release", {**RELEASE, "tools": [reference("tool"), other], "tool_rounds": 3})
    assert [role for role, _ in references_of(body)] == ["prompts.answer", "model", "tools.x", "tools.y"]
    # Releases without tools keep the digests that they had before there were any.
    assert "tools" not in validate_body("release", RELEASE).model_dump(exclude_none=True)
    tool = validate_body("tool", TOOL)
    assert isinstance(tool, Tool)
    assert (tool.named("find.order"), tool.url) == ("find_order", "http://127.0.0.1:9/mcp")
    assert Tool.model_validate({**TOOL, "function": "findOrder"}).named("find.order") == "findOrder"


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        (
            "release",
            {},
            "This is no release: a release binds at least one prompt and a model, code of your own, or a cascade.",
        ),
        ("release", {"prompts": RELEASE["prompts"]}, "This is no release: a release binds at least one prompt"),
        ("release", {**RELEASE, "retrieval": {"k": 3}}, "there are retrieval settings but no index to search"),
        ("release", {**RELEASE, "model": reference("prompt")}, "model is prompt/x, but a model is needed there"),
        ("release", {**RELEASE, "index": reference("model")}, "index is model/x, but a index is needed there"),
        (
            "release",
            {**RELEASE, "prompts": {"answer": reference("model")}},
            "prompts.answer is model/x, but a prompt is needed there",
        ),
        (
            "release",
            {**RELEASE, "retrieval": {"k": 0}, "index": reference("index")},
            "retrieval.k: Input should be",
        ),
        ("release", {**RELEASE, "modle": 1}, "This is no release: modle: Extra inputs are not permitted."),
        ("release", {**RELEASE, "tools": [reference("model")]}, "tools.x is model/x, but a tool is needed there"),
        ("release", {**RELEASE, "tools": [reference("tool")] * 2}, "tools: one of them is bound twice"),
        ("release", {**RELEASE, "tools": []}, "tools: List should have at least 1 item"),
        ("release", {**RELEASE, "tool_rounds": 3}, "there are rounds of tool calls but no tools to call"),
        (
            "release",
            {"code": {"entry": "shop:answer", "digest": DIGEST}, "tools": [reference("tool")]},
            "code of your own calls its tools itself",
        ),
        (
            "tool",
            {**TOOL, "effect": "reads"},
            "This is no tool: effect: Input should be 'read', 'write' or 'egress'",
        ),
        ("tool", {**TOOL, "description": " "}, "say what the tool does and when to call it"),
        ("tool", {**TOOL, "function": "find order"}, "models cannot call 'find order': a name takes"),
        ("tool", {**TOOL, "protocol": "http", "tool": "find"}, "`tool` is the name at an MCP server"),
        ("tool", {**TOOL, "protocol": "smtp"}, "protocol: Input should be 'mcp' or 'http'"),
        ("tool", {**TOOL, "url": "http://u:secret@a"}, "a URL with a password in it would be stored"),
        ("tool", {**TOOL, "headers": {"X-Key": "sk-123"}}, "by the name of a variable of the environment, not by"),
        ("tool", {**TOOL, "key": "sk-123"}, "This is no tool: key: Extra inputs are not permitted."),
        ("tool", {**TOOL, "parameters": {"type": "array"}}, "their schema is of `type: object`"),
        (
            "tool",
            {**TOOL, "parameters": {"type": "object", "properties": {"a": {"type": "number", "minimum": "1"}}}},
            "parameters: This is no JSON Schema of draft 2020-12, /properties/a/minimum",
        ),
        (
            "tool",
            {**TOOL, "parameters": {"type": "object", "$ref": "http://a.example/schema"}},
            "and nothing is fetched",
        ),
        ("model", {"model": "gpt"}, "This is no model: model: String should match pattern"),
        ("model", {}, "This is no model: model: Field required."),
        ("dataset", {"items": DIGEST, "count": 0, "fields": []}, "This is no dataset: count: Input should be"),
        ("dataset", {"items": "x", "count": 1, "fields": []}, "This is no dataset: items: String should match"),
        ("prompt", {"messages": []}, "This is no prompt: messages: List should have at least 1 item"),
        ("prompt", "text", "This is no prompt: Input should be a valid dictionary"),
    ],
)
def test_a_body_that_its_kind_does_not_allow_is_refused_by_its_field(
    kind: Kind, body: object, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        validate_body(kind, body)
    assert message in str(caught.value)
