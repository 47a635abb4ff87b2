"""The reference pages are what the code says now."""

import sys
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, get_args

import pytest

from windlass.access.permissions import Action
from windlass.settings import Settings

# One process writes the pages for all of these tests.
pytestmark = pytest.mark.xdist_group("reference")

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"


def script() -> Any:
    spec = spec_from_file_location("write_reference", ROOT / "scripts" / "write_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["write_reference"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages() -> Mapping[str, str]:
    return {name: page() for name, page in script().PAGES.items()}


@pytest.mark.parametrize(
    "name",
    ["settings.md", "permissions.md", "cli.md", "api-errors.md", "sql.md", "conventions.md", "evaluators.md"],
)
def test_a_reference_page_is_in_step_with_the_code(pages: Mapping[str, str], name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages[name], "run scripts/write_reference.py"


def test_no_setting_action_or_command_is_left_out(pages: Mapping[str, str]) -> None:
    assert all(f"`WINDLASS_{name.upper()}`" in pages["settings.md"] for name in Settings.model_fields)
    assert all(f"| `{action}` |" in pages["permissions.md"] for action in get_args(Action))
    assert "## windlass audit verify\n" in pages["cli.md"]
    assert "urn:windlass:problem:too-large" in pages["api-errors.md"]


def test_the_reference_names_only_pages_that_are_there() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    linked = {part.partition(")")[0] for part in index.split("](")[1:]}
    assert linked == {file.name for file in FOLDER.iterdir()} - {"README.md"}
