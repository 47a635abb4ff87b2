import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from windlass.artifacts.prompts import Prompt, RenderedMessage, parse_prompt, render_prompt, write_prompt
from windlass.artifacts.templates import MAX_RENDERED_CHARACTERS
from windlass.errors import InputError

FILE = """\
---
name: guide-answer
description: Answers a question from the guide.
input:
  question: {type: string}
  tone: {type: string, default: friendly}
model: openai:gpt-5-mini
parameters: {temperature: 0}
---
[system]
You are {{ tone }}.

[user]
<question>{{ question }}</question>
"""


def prompt_of(template: str, *variables: str) -> Prompt:
    return Prompt.model_validate(
        {"messages": [{"role": "user", "template": template}], "input": {name: {} for name in variables}}
    )


def rendered(template: str, **variables: object) -> str:
    [message] = render_prompt(prompt_of(template, *variables), variables)
    return message.content


def test_a_file_is_read_into_messages_and_rendered() -> None:
    name, body = parse_prompt(FILE, file="guide-answer.md")
    assert name == "guide-answer"
    assert body.model_dump() == {
        "description": "Answers a question from the guide.",
        "messages": [
            {"role": "system", "template": "You are {{ tone }}."},
            {"role": "user", "template": "<question>{{ question }}</question>"},
        ],
        "input": {"question": {"type": "string"}, "tone": {"type": "string", "default": "friendly"}},
        "model": "openai:gpt-5-mini",
        "parameters": {"temperature": 0},
    }
    assert render_prompt(body, {"question": "Why <b>?"}) == [
        RenderedMessage("system", "You are friendly."),
        RenderedMessage("user", "<question>Why <b>?</question>"),
    ]


def test_windows_line_ends_make_the_same_prompt() -> None:
    assert parse_prompt(FILE.replace("\n", "\r\n"), file="x.md") == parse_prompt(FILE, file="x.md")


def test_a_body_without_role_lines_is_one_user_message() -> None:
    body = parse_prompt("---\nname: a\n---\n\nHello.\n\n", file="x.md").body
    assert [message.model_dump() for message in body.messages] == [{"role": "user", "template": "Hello."}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hello.", "x.md: a prompt begins with front matter between two lines of ---; the first line is not ---"),
        ("---\nname: a\nHello.", "x.md: a prompt begins with front matter .* or the second is missing"),
        ("---\nname: a\ninput: {a: [}\n---\nx", "x.md, line 3: the front matter is not YAML: "),
        ("---\nname: a\n\tinput: 1\n---\nx", "x.md, line 3: the front matter is not YAML: "),
        ("---\nname: a\nmodel: 'x\n---\nx", "x.md, line 4: the front matter is not YAML: "),
        ("---\nname: a\x00\n---\nx", "x.md: the front matter cannot be read: "),
        (
            "---\nname: a\ndescription: 2024-13-45\n---\nx",
            "x.md: the front matter cannot be read: month must be in",
        ),
        ("---\n- name\n---\nx", "x.md: the front matter is not a mapping of names to values"),
        ("---\n---\nx", "x.md: the front matter is not a mapping"),
        ("---\ndescription: a\n---\nx", "x.md: the front matter has no `name`; add a line such as"),
        ("---\nname: 7\n---\nx", "x.md: the front matter has no `name`"),
        ("---\nname: a\nmodle: x\n---\nx", "x.md: modle: Extra inputs are not permitted"),
        ("---\nname: a\nparameters: 7\n---\nx", "x.md: parameters: Input should be a valid dictionary"),
        (
            "---\nname: a\ninput: {question: {}}\n---\n{{ question }} {{ contxt }}",
            r"x.md: the template uses 'contxt', which `input` does not declare \(declared: question\)",
        ),
        ("---\nname: a\n---\n{{ question }}", r"x.md: the template uses 'question', .* \(declared: none\)"),
        ("---\nname: a\n---\n{{ 'x' }}\n{{ broken", "x.md: the template is broken in its line 2: unexpected end"),
        ("---\nname: a\n---\n{% for a in b %}", "x.md: the template is broken in its line 1: Unexpected end"),
        (
            "---\nname: a\n---\n{{ 1|shout }}",
            "x.md: the template is broken in its line 1: No filter named 'shout'",
        ),
        ("---\nname: a\n---\nHello\n[user]\nx", r"x.md: there is text before the first line \[system\]"),
    ],
)
def test_a_broken_file_is_refused_by_one_sentence_that_says_where(text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}") as caught:
        parse_prompt(text, file="x.md")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "The prompt needs a value for 'question'."),
        ({"question": "a", "contxt": "b"}, "The prompt has no variable 'contxt'; it has: question, tone."),
    ],
)
def test_missing_and_unknown_variables_are_named(variables: Mapping[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        render_prompt(parse_prompt(FILE, file="x.md").body, variables)
    assert str(caught.value) == message


def test_what_a_variable_does_not_hold_is_named() -> None:
    with pytest.raises(InputError, match="cannot be rendered: 'dict object' has no attribute 'name'"):
        rendered("{{ user.name }}", user={})


def test_templates_loop_choose_filter_and_calculate() -> None:
    template = (
        "{% for key, value in facts.items() %}{{ loop.index }}. {{ key|upper }} = {{ '%.1f'|format(value) }}\n"
        "{% endfor %}{% if facts.a > 1 %}{{ facts.a * 2 + 1 }}{% endif %} {{ 'n' ~ 7 }} "
        "{{ facts|tojson(indent=2) }}"
    )
    assert rendered(template, facts={"a": 1.25, "b": 100_000}) == (
        '1. A = 1.2\n2. B = 100000.0\n3.5 n7 {\n  "a": 1.25,\n  "b": 100000\n}'
    )


def test_variables_are_text_and_never_templates() -> None:
    assert (
        rendered("{{ question }}", question="{{ 7 * 7 }} [system] {% raw %}") == "{{ 7 * 7 }} [system] {% raw %}"
    )


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ ''|attr('__class__') }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ x.__init__.__globals__ }}",
        "{{ x.append(1) }}",
        "{{ x.clear() }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ ('{0.' ~ '__class__}').format(x) }}",
        "{{ x|map(attribute='__class__')|first }}",
        "{{ self.__init__ }}",
        "{% include 'x' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
    ],
)
def test_a_template_reaches_nothing_but_its_variables(template: str) -> None:
    x = [1]
    with pytest.raises(InputError, match=r"^The prompt cannot be rendered: .*[^.]\.$"):
        rendered(template, x=x)
    assert x == [1]


@pytest.mark.parametrize("name", ["range", "dict", "lipsum", "cycler", "joiner", "namespace"])
def test_the_functions_that_jinja_brings_are_not_there(name: str) -> None:
    with pytest.raises(ValidationError, match=f"the template uses '{name}', which `input` does not declare"):
        prompt_of(f"{{{{ {name}(10**9) }}}}")


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'x' * 10**9 }}",
        "{{ 10**9 * 'x' }}",
        "{{ [0] * 10**9 }}",
        "{{ 9**9**9**9 }}",
        "{{ 2**(2**40) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ '%*d'|format(999999999, 1) }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ '{:{w}}'.format(1, w='>999999999') }}",
        "{{ 'x'|center(999999999) }}",
        "{{ 'x'.ljust(999999999) }}",
        "{{ 'x'|indent(999999999, first=true) }}",
        "{{ [1]|batch(999999999, 'x')|list }}",
        "{{ [1]|slice(999999999)|list }}",
        "{{ [1]|tojson(indent=999999999) }}",
        "{{ 1|round(999999999, 'ceil') }}",
        "{% set a = 'x' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = 'x' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
        "{% set a = 'x' %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40 + "{{ a }}",
        "{% set a = [1] %}" + "{% set a = a + a %}" * 40 + "{{ a|length }}",
        "{% for a in x %}{% for b in x %}{{ y }}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_a_few_characters_fill_neither_the_memory_nor_the_time(template: str) -> None:
    started = time.process_time()
    with pytest.raises(InputError):
        rendered(template, x=list(range(1000)), y="y" * 1000)
    assert time.process_time() - started < 2.0


def test_a_rendered_message_has_a_longest_length() -> None:
    assert len(rendered("{{ x }}", x="x" * MAX_RENDERED_CHARACTERS)) == MAX_RENDERED_CHARACTERS
    with pytest.raises(InputError, match=r"longer than 2,000,000 characters"):
        rendered("{{ x }}y", x="x" * MAX_RENDERED_CHARACTERS)


def test_a_role_line_inside_a_template_is_refused() -> None:
    with pytest.raises(ValidationError, match="a line of a template cannot be"):
        prompt_of("a\n[user]\nb")


NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# Jinja's own marks would make most templates broken ones.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}[]#"), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def prompts(draw: st.DrawFn) -> Prompt:
    variables = draw(st.lists(NAMES, max_size=3, unique=True))
    pieces = WORDS | st.sampled_from([f"{{{{ {name} }}}}" for name in variables] or [""])
    messages = st.fixed_dictionaries(
        {
            "role": st.sampled_from(["system", "user", "assistant"]),
            "template": st.lists(pieces, max_size=4).map("\n".join),
        }
    )
    return Prompt.model_validate(
        {
            "description": draw(TEXTS),
            "messages": draw(st.lists(messages, min_size=1, max_size=4)),
            "input": {name: draw(st.dictionaries(TEXTS, JSON, max_size=2)) for name in variables},
            "model": draw(st.none() | TEXTS),
            "parameters": draw(st.dictionaries(TEXTS, JSON, max_size=3)),
        }
    )


@given(NAMES, prompts())
def test_a_written_prompt_reads_back_as_the_same_body(name: str, body: Prompt) -> None:
    written = write_prompt(name, body)
    assert parse_prompt(written, file="x.md") == (name, body)
    assert parse_prompt(written.replace("\n", "\r\n"), file="x.md").body.messages == body.messages
