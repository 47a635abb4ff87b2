"""The command `windlass`, but an erasure stays in its middle: rows are deleted, and nothing says so yet.

There the engine's old parts are waited for, which may take long by itself, when a query reads them.
"""

import threading

from windlass.cli.main import main
from windlass.telemetry.lifecycle import erasure
from windlass.telemetry.lifecycle.deletion import Between


def stay(_warehouse: object, _holdings: object, *, between: Between) -> None:
    print("in the middle", flush=True)
    while True:
        between()
        threading.Event().wait(0.01)


vars(erasure)["remove_old_parts"] = stay
main()
