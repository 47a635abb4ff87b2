import pytest

from windlass.artifacts.kinds import Release, references_of, validate_body
from windlass.artifacts.references import Kind, VersionReference
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
