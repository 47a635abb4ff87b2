"""Prompts: Markdown files with YAML front matter, rendered by Jinja2 in a sandbox.

    ---
    name: guide-answer
    description: Answers a question from the guide.
    input:
      question: {type: string}
      context: {type: string}
    parameters: {temperature: 0}
    ---
    [system]
    You answer from the context only.

    [user]
    <context>{{ context }}</context>
    <question>{{ question }}</question>

A body without ``[system]``, ``[user]`` or ``[assistant]`` lines is one user message.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError, meta
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from windlass.artifacts.templates import MAX_RENDERED_CHARACTERS, PromptEnvironment
from windlass.errors import InputError

MessageRole = Literal["system", "user", "assistant"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_UNICODE_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
_ROLE_LINE = re.compile(r"^\[(system|user|assistant)\][ \t]*\r?$\n?", re.MULTILINE)


def _as_in_a_file(template: str) -> str:
    """Return a template as a file gives it back: blanks around it do not count, lines end in a line feed."""
    text = template.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _ROLE_LINE.search(text):
        raise ValueError("a line of a template cannot be [system], [user] or [assistant]: it begins a message")
    return text


class MessageTemplate(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    role: MessageRole
    template: Annotated[str, AfterValidator(_as_in_a_file)]


class Prompt(BaseModel):
    """The body of a prompt version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str = ""
    messages: list[MessageTemplate] = Field(min_length=1)
    input: dict[str, dict[str, JsonValue]] = {}
    """Each variable of the templates and its JSON schema."""
    model: str | None = None
    """The model the prompt was written for, `provider:name`; a release may bind another."""
    parameters: dict[str, JsonValue] = {}

    @model_validator(mode="after")
    def _variables_are_declared(self) -> "Prompt":
        for message in self.messages:
            unknown = _variables_of(message.template) - self.input.keys()
            if unknown:
                names = ", ".join(repr(name) for name in sorted(unknown))
                declared = ", ".join(sorted(self.input)) or "none"
                raise ValueError(
                    f"the template uses {names}, which `input` does not declare (declared: {declared})"
                )
        return self


class RenderedMessage(NamedTuple):
    role: MessageRole
    content: str


class PromptFile(NamedTuple):
    name: str
    body: Prompt


def parse_prompt(text: str, *, file: str) -> PromptFile:
    """Read a prompt file. Raises InputError that says what is wrong, and where in the file."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        raise InputError(
            f"{file}: a prompt begins with front matter between two lines of ---; "
            "the first line is not --- or the second is missing."
        )
    front = _front_matter(match.group(1), file)
    name = front.pop("name", None)
    if not isinstance(name, str):
        raise InputError(f"{file}: the front matter has no `name`; add a line such as `name: guide-answer`.")
    try:
        body = Prompt.model_validate({**front, "messages": _split_messages(text[match.end() :], file)})
    except ValidationError as error:
        raise InputError(f"{file}: {_first_problem(error)}.") from error
    return PromptFile(name=name, body=body)


def write_prompt(name: str, body: Prompt) -> str:
    """Return the file of a prompt: what `parse_prompt` reads back as the same body."""
    front = {"name": name, **body.model_dump(exclude={"messages"}, exclude_defaults=True)}
    parts = [f"[{message.role}]\n{message.template}\n" for message in body.messages]
    written = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
    if _UNICODE_LINE_ENDS.search(written):
        # PyYAML writes these as they are and reads them as line ends; escaped, they come back.
        written = yaml.safe_dump(front, sort_keys=False)
    return f"---\n{written}---\n" + "\n".join(parts)


def render_prompt(body: Prompt, variables: Mapping[str, object]) -> list[RenderedMessage]:
    """Fill a prompt's variables in. Raises InputError for a variable that is missing or unknown."""
    unknown = variables.keys() - body.input.keys()
    if unknown:
        known = ", ".join(sorted(body.input)) or "none"
        raise InputError(f"The prompt has no variable {sorted(unknown)[0]!r}; it has: {known}.")
    missing = {name for name, schema in body.input.items() if name not in variables and "default" not in schema}
    if missing:
        raise InputError(f"The prompt needs a value for {', '.join(repr(name) for name in sorted(missing))}.")
    defaults = {name: schema["default"] for name, schema in body.input.items() if "default" in schema}
    return [
        RenderedMessage(role=message.role, content=_render(message.template, {**defaults, **variables}))
        for message in body.messages
    ]


_JINJA = PromptEnvironment()


def _variables_of(template: str) -> set[str]:
    try:
        return meta.find_undeclared_variables(_JINJA.parse(template))
    except TemplateSyntaxError as error:
        raise ValueError(f"the template is broken in its line {error.lineno}: {error.message}") from error


def _render(template: str, variables: Mapping[str, object]) -> str:
    pieces: list[str] = []
    size = 0
    try:
        for piece in _JINJA.from_string(template).generate(variables):
            size += len(piece)
            if size > MAX_RENDERED_CHARACTERS:
                raise InputError(f"The rendered prompt is longer than {MAX_RENDERED_CHARACTERS:,} characters.")
            pieces.append(piece)
    except UndefinedError as error:
        raise InputError(f"The prompt cannot be rendered: {error.message}.") from error
    except InputError:
        raise
    except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError) as error:
        raise InputError(f"The prompt cannot be rendered: {str(error).rstrip('.')}.") from error
    return "".join(pieces)


def _front_matter(text: str, file: str) -> dict[str, Any]:
    try:
        front = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        # +2: lines count from 1, and the line of --- stands before the YAML.
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise InputError(f"{file}, line {line}: the front matter is not YAML: {error.problem}.") from error
    except (yaml.YAMLError, ValueError) as error:
        # A character that YAML does not take, or a date that is none.
        reason = str(error).splitlines()[0]
        raise InputError(f"{file}: the front matter cannot be read: {reason}.") from error
    if not isinstance(front, dict):
        raise InputError(f"{file}: the front matter is not a mapping of names to values.")
    return front


def _split_messages(body: str, file: str) -> list[dict[str, str]]:
    pieces = _ROLE_LINE.split(body)
    if len(pieces) == 1:
        return [{"role": "user", "template": body}]
    if pieces[0].strip():
        raise InputError(f"{file}: there is text before the first line [system], [user] or [assistant].")
    return [
        {"role": role, "template": template} for role, template in zip(pieces[1::2], pieces[2::2], strict=True)
    ]


def _first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
