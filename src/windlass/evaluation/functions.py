"""Users' functions as what is evaluated."""

import asyncio
import contextlib
import contextvars
import inspect
import threading
import time
from collections.abc import Callable
from typing import Any

from windlass.errors import InputError
from windlass.evaluation.samples import Prediction


async def predict(function: Callable[..., Any], *asked: Any, called: str = "target") -> Prediction:
    """Call a function, async or not, and return what it answers: a Prediction, or its text with the time it took.

    Raises what the function raises, and InputError for an answer that is neither.
    """
    began = time.perf_counter()
    if inspect.iscoroutinefunction(function):
        answer = await function(*asked)
    else:
        answer = await call_in_thread(function, *asked)
        if inspect.isawaitable(answer):
            # An object whose __call__ is async, or a function that returns a coroutine.
            answer = await answer
    if isinstance(answer, Prediction) and isinstance(answer.output, str):
        return answer
    if isinstance(answer, Prediction):
        raise InputError(f"The {called} returned a Prediction whose output is a {type(answer.output).__name__}.")
    if not isinstance(answer, str):
        raise InputError(
            f"The {called} returned a {type(answer).__name__}; it returns text or a windlass Prediction."
        )
    return Prediction(output=answer, latency_s=time.perf_counter() - began)


async def call_in_thread(function: Callable[..., Any], /, *asked: Any, **named: Any) -> Any:
    """Call a function in a thread of its own, and return or raise what it does.

    Not in a pool: one that never returns would keep a place there from all others, and the process from ending.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def settle(give: Callable[[Any], None], value: object) -> None:
        if not done.done():
            give(value)

    def work() -> None:
        give: Callable[[Any], None] = done.set_result
        try:
            value = context.run(function, *asked, **named)
        except StopIteration as error:
            # It cannot be raised into whoever awaits.
            give, value = done.set_exception, RuntimeError(f"it raised {error!r}")
        except BaseException as error:  # noqa: BLE001 - it is raised where the function was called
            give, value = done.set_exception, error
        # Nobody waits any more where the loop is closed.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, give, value)

    threading.Thread(target=work, name="windlass-call", daemon=True).start()
    return await done
