"""Users' functions as what is evaluated."""

import asyncio
import inspect
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
        answer = await asyncio.to_thread(function, *asked)
        if inspect.isawaitable(answer):
            # An object whose __call__ is async, or a function that returns a coroutine.
            answer = await answer
    if isinstance(answer, Prediction):
        return answer
    if not isinstance(answer, str):
        raise InputError(
            f"The {called} returned a {type(answer).__name__}; it returns text or a windlass Prediction."
        )
    return Prediction(output=answer, latency_s=time.perf_counter() - began)
