"""Asking for the samples of a run in this process, until they are there or somebody interrupts."""

import asyncio
import contextvars
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.runner import RunnerSettings, run_samples
from windlass.evaluation.samples import Item, Prediction, Target
from windlass.models.calls.current import making_calls
from windlass.models.calls.run_calls import RunCalls
from windlass.models.calls.stopping import Stopped
from windlass.sdk.server_samples import ServerSamples


def sample_here(
    items: Sequence[Item],
    target: Target,
    evaluators: Sequence[Evaluator],
    store: ServerSamples,
    settings: RunnerSettings,
    options: RunOptions,
) -> None:
    """Ask for all items, and wait for them. Raises what the runner raises, and KeyboardInterrupt.

    An interrupt ends it once the samples in flight are stored, a second one at once.
    """
    ending = threading.Event()

    async def ask(item: Item) -> Prediction:
        if ending.is_set():
            raise Stopped("The run was interrupted.")
        return await target(item)

    async def sampling() -> None:
        with making_calls(RunCalls(options, answers=store.answers)):
            await run_samples(items, ask, evaluators, store, settings=settings, observe=store.report)

    # A thread of its own: the caller may be inside an event loop already, as in a notebook.
    done = _in_thread(contextvars.copy_context().run, asyncio.run, sampling())
    try:
        done.result()
    except KeyboardInterrupt:
        # Those in flight were paid for. Who does not want to wait for them interrupts once more.
        ending.set()
        sys.stderr.write("Ending after the samples in flight; interrupt again to leave them.\n")
        done.result()
        raise


def _in_thread(function: Callable[..., object], *given: object) -> "Future[None]":
    """Begin to call a function in a thread that does not keep the process from ending."""
    done: Future[None] = Future()

    def work() -> None:
        try:
            function(*given)
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is waited for
            done.set_exception(error)
        else:
            done.set_result(None)

    threading.Thread(target=work, name="windlass-evaluate", daemon=True).start()
    return done
