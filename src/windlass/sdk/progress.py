"""How far an evaluation of one's own process is, in the terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from windlass.evaluation.runner import Progress

Observe = Callable[[Progress], None]


@contextmanager
def shown_progress(title: str, samples: int, wanted: bool | None) -> Iterator[Observe]:
    """Give what to tell how far it is; that is drawn where it is wanted, by default where stderr is a terminal.

    The bar goes away at the end: what came of the run is for the caller to say.
    """
    if not (sys.stderr.isatty() if wanted is None else wanted):
        yield lambda _: None
        return
    # A tenth of a second to import, and only who looks at it needs it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[failed]}", style="red"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"evaluate {title}", total=samples, failed="")

        def observe(progress: Progress) -> None:
            failed = f"{progress.failed} failed" if progress.failed else ""
            bar.update(task, completed=progress.finished, failed=failed)

        yield observe
