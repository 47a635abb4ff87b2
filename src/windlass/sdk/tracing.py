"""`@windlass.trace`: a span of every call of a function."""

import functools
import inspect
import json
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import aclosing
from typing import Any, ParamSpec, TypeVar, overload

from opentelemetry import trace as otel
from opentelemetry.trace import Span, Status, StatusCode

from windlass.version import __version__

P = ParamSpec("P")
R = TypeVar("R")

MAX_VALUE_CHARACTERS = 65_536
"""Longer inputs and outputs are cut on the span, and say so."""


@overload
def trace(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def trace(
    *, name: str | None = None, kind: str | None = None, capture: bool = True
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def trace(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    kind: str | None = None,
    capture: bool = True,
) -> Any:
    """Make a span of every call of a function: sync, async or a generator of either sort.

    A generator's span lasts from its first piece to its last. It is not the current one meanwhile, since a
    generator may be resumed in another context than it began in.

    Args:
        function: When used as `@windlass.trace` without arguments.
        name: The span's name; by default the function's qualified name.
        kind: `gen_ai.operation.name`, for example `execute_tool`, `invoke_agent` or `retrieval`.
        capture: Whether arguments and result go onto the span.
    """
    if function is None:
        return functools.partial(trace, name=name, kind=kind, capture=capture)
    traced = _Traced(function, name or function.__qualname__, kind, capture)
    wrappers: tuple[tuple[Callable[[Any], bool], Callable[..., Any]], ...] = (
        (inspect.iscoroutinefunction, _around_coroutine),
        (inspect.isasyncgenfunction, _around_async_generator),
        (inspect.isgeneratorfunction, _around_generator),
        (callable, _around_function),
    )
    wrap = next(wrapper for fits, wrapper in wrappers if fits(function))
    return functools.wraps(function)(wrap(function, traced))


class _Traced:
    """How the calls of one function become spans."""

    def __init__(self, function: Callable[..., Any], title: str, kind: str | None, capture: bool) -> None:
        self._signature = inspect.signature(function)
        self._title = title
        self._kind = kind
        self._capture = capture

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Span:
        # The tracer is asked for at each call: `windlass.init` may come after the decoration.
        span = otel.get_tracer("windlass", __version__).start_span(self._title)
        if self._kind:
            span.set_attribute("gen_ai.operation.name", self._kind)
        if self._kind == "execute_tool":
            span.set_attribute("gen_ai.tool.name", self._title)
        if self._capture and span.is_recording():
            span.set_attribute("input.value", _arguments(self._signature, args, kwargs))
        return span

    def end(self, span: Span, result: object) -> None:
        if self._capture and span.is_recording():
            span.set_attribute("output.value", _text(result))
        span.end()

    def fail(self, span: Span, error: BaseException) -> None:
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, str(error)))
        span.end()


def _around_function(function: Callable[..., Any], traced: _Traced) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        span = traced.begin(args, kwargs)
        try:
            with otel.use_span(span, record_exception=False, set_status_on_exception=False):
                result = function(*args, **kwargs)
        except BaseException as error:
            traced.fail(span, error)
            raise
        traced.end(span, result)
        return result

    return call


def _around_coroutine(function: Callable[..., Any], traced: _Traced) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        span = traced.begin(args, kwargs)
        try:
            with otel.use_span(span, record_exception=False, set_status_on_exception=False):
                result = await function(*args, **kwargs)
        except BaseException as error:
            traced.fail(span, error)
            raise
        traced.end(span, result)
        return result

    return call


def _around_generator(function: Callable[..., Any], traced: _Traced) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        pieces: list[Any] = []
        span = traced.begin(args, kwargs)
        try:
            result = yield from _Noting(function(*args, **kwargs), pieces)
        except GeneratorExit:
            # The caller has had enough: that is an end and no failure.
            traced.end(span, _joined(pieces))
            raise
        except BaseException as error:
            traced.fail(span, error)
            raise
        traced.end(span, _joined(pieces))
        return result

    return call


class _Noting(Generator[Any, Any, Any]):
    """A generator that passes everything to and from another, and notes its pieces."""

    def __init__(self, inner: Generator[Any, Any, Any], pieces: list[Any]) -> None:
        self._inner = inner
        self._pieces = pieces

    def send(self, value: Any, /) -> Any:
        piece = self._inner.send(value)
        self._pieces.append(piece)
        return piece

    def throw(self, *error: Any) -> Any:
        piece = self._inner.throw(*error)
        self._pieces.append(piece)
        return piece


def _around_async_generator(function: Callable[..., Any], traced: _Traced) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        span, pieces = traced.begin(args, kwargs), []
        try:
            # Closed with this one: what its `finally` releases is released now, not when it is collected.
            async with aclosing(function(*args, **kwargs)) as inner:
                async for piece in inner:
                    pieces.append(piece)
                    yield piece
        except GeneratorExit:
            traced.end(span, _joined(pieces))
            raise
        except BaseException as error:
            traced.fail(span, error)
            raise
        traced.end(span, _joined(pieces))

    return call


def _joined(pieces: list[Any]) -> object:
    texts = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(texts) if len(texts) == len(pieces) else pieces


def _arguments(signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    try:
        bound = signature.bind(*args, **kwargs).arguments
    except TypeError:
        # The call itself will raise the same, to the caller.
        return ""
    given = {name: value for name, value in bound.items() if name not in {"self", "cls"}}
    return _text(next(iter(given.values())) if len(given) == 1 else given)


def _text(value: object) -> str:
    if isinstance(value, str):
        return _cut(value)
    try:
        return _cut(json.dumps(value, ensure_ascii=False, default=repr))
    except Exception:  # noqa: BLE001 - a __repr__ may raise anything, and tracing must not fail the call
        return _cut(object.__repr__(value))


def _cut(text: str) -> str:
    # One half of a surrogate pair could not be encoded, and would take the spans sent with it down.
    text = text.encode(errors="replace").decode()
    if len(text) <= MAX_VALUE_CHARACTERS:
        return text
    return f"{text[:MAX_VALUE_CHARACTERS]}… ({len(text):,} characters in all)"
