import json
import subprocess
import sys
from importlib import import_module

import pytest

import windlass

HEAVY = ("fastapi", "sqlalchemy", "numpy", "chdb", "pydantic", "opentelemetry", "httpx2", "jinja2", "yaml")


def test_the_listed_names_are_sorted_and_all_there_is() -> None:
    assert windlass.__all__ == sorted(windlass.__all__)
    # "windlass.version" and other submodules become attributes when they are imported; they are no names of ours.
    submodules = {name for name in dir(windlass) if f"windlass.{name}" in sys.modules}
    public = {name for name in dir(windlass) if not name.startswith("_")} - submodules - {"TYPE_CHECKING", "Any"}
    assert public | {"__version__"} == set(windlass.__all__)


@pytest.mark.parametrize("name", sorted(set(windlass.__all__) - {"__version__"}))
def test_each_listed_name_is_reached_and_is_what_its_home_defines(name: str) -> None:
    found = getattr(windlass, name)
    assert found is getattr(import_module(found.__module__), name)
    assert found.__doc__


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'windlass' has no attribute 'nonsense'"):
        _ = windlass.nonsense


def test_importing_windlass_imports_nothing_heavy() -> None:
    code = "import json, sys, windlass; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert loaded.isdisjoint(HEAVY)
    assert {name for name in loaded if name.startswith("windlass")} == {"windlass", "windlass.version"}


def test_the_whole_interface_is_there_without_the_server_s_packages() -> None:
    server = ("fastapi", "sqlalchemy", "numpy", "chdb", "dbos", "pydantic_ai", "tokenizers", "re2", "pyarrow")
    code = f"""
import sys
sys.modules.update(dict.fromkeys({server}))  # None: importing it fails
import windlass
print(all(hasattr(windlass, name) for name in windlass.__all__))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")
