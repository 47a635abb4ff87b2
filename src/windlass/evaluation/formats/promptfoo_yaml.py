"""YAML as promptfoo reads it: version 1.2, in which `yes` is text, and a date, too; and YAML that all can read."""

import re
from pathlib import Path

import yaml

from windlass.errors import InputError
from windlass.evaluation.formats.format import opened


class _Loader(yaml.SafeLoader):
    """A loader of the core schema of YAML 1.2."""


_Loader.yaml_implicit_resolvers = {}


class _Dumper(yaml.SafeDumper):
    """A dumper that repeats what is there twice, rather than to name it."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class gives it
        return True


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:[0-9]*\.[0-9]+|[0-9]+\.|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    # The dumper knows both versions: what means something in either is quoted.
    for _each in (_Loader, _Dumper):
        _each.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def load_yaml(path: Path) -> object:
    """Return what a YAML file holds. Raises InputError with the line."""
    with opened(path) as file:
        text = file.read()
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{path}, line {line}: this is not YAML: {error.problem}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: this cannot be read as YAML: {str(error).splitlines()[0]}.") from error


def dump_yaml(value: object) -> str:
    """Return YAML that comes back as it was, also by version 1.1."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Unquoted, these characters are ends of lines and no part of the text.
    style = '"' if any(character in text for character in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
