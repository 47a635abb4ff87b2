import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.artifacts.references import KINDS, Selector, check_name, parse_selector
from windlass.errors import InputError

NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,99}", fullmatch=True)


@given(st.sampled_from(KINDS), NAMES, st.none() | NAMES | st.integers(0, 999).map(str))
def test_a_selector_reads_back_what_was_written(kind: str, name: str, what: str | None) -> None:
    text = f"{kind}/{name}" + (f"@{what}" if what else "")
    assert parse_selector(text) == Selector(kind, name, what or "latest")  # type: ignore[arg-type]  # one of KINDS
    assert check_name(name, "a prompt") == name


def test_a_kind_that_is_expected_may_be_left_out() -> None:
    assert parse_selector(" guide@production ", kind="release") == Selector("release", "guide", "production")
    assert parse_selector("release/guide@3", kind="release") == Selector("release", "guide", "3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "does not name a version; write kind/name@what"),
        ("prompt/", "does not name a version"),
        ("prompt/Answer", "does not name a version"),
        ("prompt/answer@", "does not name a version"),
        ("prompt/answer@a b", "does not name a version"),
        ("answer@3", "does not say its kind; write one of prompt/answer, dataset/answer"),
        (
            "prompts/answer",
            "'prompts' in 'prompts/answer' is not a kind of artifact; the kinds are prompt, dataset",
        ),
    ],
)
def test_what_names_no_version_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_selector(text)


def test_another_kind_than_the_one_needed_is_refused() -> None:
    with pytest.raises(InputError, match="'prompt/answer' is a prompt, but a release is needed here"):
        parse_selector("prompt/answer", kind="release")


@pytest.mark.parametrize("name", ["", "Answer", "-a", ".a", "a b", "a/b", "a@b", "a\n", "é", "x" * 101])
def test_a_name_that_would_not_read_back_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is no name for a prompt: it takes 1 to 100 lower-case letters"):
        check_name(name, "a prompt")
