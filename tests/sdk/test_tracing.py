import asyncio
import json
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

import pytest
from opentelemetry import trace as otel
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

import windlass
from windlass.sdk.tracing import MAX_VALUE_CHARACTERS


def only_span(finished: InMemorySpanExporter) -> ReadableSpan:
    [span] = finished.get_finished_spans()
    return span


def attributes_of(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


class Unspeakable:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


def test_a_call_is_a_span_with_what_went_in_and_came_out(finished: InMemorySpanExporter) -> None:
    @windlass.trace
    def add(first: int, second: int = 2) -> dict[str, int]:
        """Add."""
        return {"sum": first + second}

    assert add(1) == {"sum": 3}
    assert add.__name__ == "add"
    assert add.__doc__ == "Add."
    span = only_span(finished)
    assert span.name.endswith("<locals>.add")
    assert attributes_of(span) == {"input.value": "1", "output.value": '{"sum": 3}'}
    assert span.status.status_code is StatusCode.UNSET


def test_name_and_kind_are_as_given(finished: InMemorySpanExporter) -> None:
    @windlass.trace(name="search", kind="execute_tool", capture=False)
    def look_up(query: str) -> str:
        return query

    look_up("x")
    span = only_span(finished)
    assert span.name == "search"
    assert attributes_of(span) == {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}


def test_calls_inside_calls_are_children(finished: InMemorySpanExporter) -> None:
    @windlass.trace(name="inner")
    def inner() -> None: ...

    @windlass.trace(name="outer")
    def outer() -> None:
        inner()

    outer()
    child, parent = finished.get_finished_spans()
    assert (child.name, parent.name) == ("inner", "outer")
    assert child.parent is not None
    assert child.parent.span_id == parent.context.span_id
    assert not otel.get_current_span().get_span_context().is_valid


def test_what_a_function_raises_reaches_the_caller_and_the_span(finished: InMemorySpanExporter) -> None:
    @windlass.trace
    def fail() -> None:
        raise LookupError("nobody there")

    with pytest.raises(LookupError, match="nobody there"):
        fail()
    span = only_span(finished)
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "nobody there")
    assert [event.name for event in span.events] == ["exception"]
    assert "output.value" not in attributes_of(span)


def test_a_wrong_call_is_the_callers_type_error(finished: InMemorySpanExporter) -> None:
    @windlass.trace
    def one(a: int) -> int:
        return a

    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        one()  # type: ignore[call-arg]
    assert only_span(finished).status.status_code is StatusCode.ERROR


def test_methods_are_traced_without_their_object(finished: InMemorySpanExporter) -> None:
    class Shop:
        @windlass.trace
        def price(self, item: str, *, count: int) -> int:
            return count * len(item)

        @classmethod
        @windlass.trace
        def open(cls, name: str) -> str:
            return name

    assert Shop().price("tea", count=2) == 6
    assert Shop.open("shop") == "shop"
    price, opened = finished.get_finished_spans()
    assert json.loads(str(attributes_of(price)["input.value"])) == {"item": "tea", "count": 2}
    assert attributes_of(opened)["input.value"] == "shop"


def test_a_coroutine_is_a_span_until_it_is_done(finished: InMemorySpanExporter) -> None:
    @windlass.trace(name="inner")
    async def inner(number: int) -> int:
        await asyncio.sleep(0)
        return number

    @windlass.trace(name="outer")
    async def outer() -> list[int]:
        return list(await asyncio.gather(inner(1), inner(2)))

    assert asyncio.run(outer()) == [1, 2]
    *children, parent = finished.get_finished_spans()
    assert {child.parent.span_id for child in children if child.parent} == {parent.context.span_id}
    assert attributes_of(parent)["output.value"] == "[1, 2]"


def test_a_cancelled_coroutine_is_a_failed_span(finished: InMemorySpanExporter) -> None:
    async def cancel() -> None:
        began = asyncio.Event()

        @windlass.trace
        async def wait() -> None:
            began.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(wait())
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert only_span(finished).status.status_code is StatusCode.ERROR


def test_a_generators_span_lasts_from_its_first_piece_to_its_last(finished: InMemorySpanExporter) -> None:
    @windlass.trace
    def words(text: str) -> Iterator[str]:
        yield from text.split()

    pieces = words("a b")
    assert finished.get_finished_spans() == ()
    assert list(pieces) == ["a", "b"]
    assert attributes_of(only_span(finished)) == {"input.value": "a b", "output.value": "ab"}


def test_a_generator_is_sent_to_thrown_into_and_returns_as_without_a_trace(finished: InMemorySpanExporter) -> None:
    @windlass.trace
    def talk() -> Generator[str, str, str]:
        said = yield "first"
        try:
            yield f"heard {said}"
        except KeyError:
            yield "caught"
        return "returned"

    talking = talk()
    assert next(talking) == "first"
    assert talking.send("hello") == "heard hello"
    assert talking.throw(KeyError()) == "caught"
    with pytest.raises(StopIteration) as stopped:
        next(talking)
    assert stopped.value.value == "returned"
    assert attributes_of(only_span(finished))["output.value"] == "firstheard hellocaught"


def test_a_generator_that_is_left_early_is_released_and_is_no_failure(finished: InMemorySpanExporter) -> None:
    released = []

    @windlass.trace
    def pieces() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            released.append(True)

    started: Any = pieces()
    assert next(started) == 1
    started.close()
    assert released == [True]
    span = only_span(finished)
    assert attributes_of(span)["output.value"] == "[1]"
    assert span.status.status_code is StatusCode.UNSET


def test_a_generator_that_fails_is_a_failed_span(finished: InMemorySpanExporter) -> None:
    @windlass.trace
    def pieces() -> Iterator[int]:
        yield 1
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        list(pieces())
    assert only_span(finished).status.description == "gone"


def test_async_generators_are_traced_and_released_alike(finished: InMemorySpanExporter) -> None:
    released = []

    @windlass.trace
    async def pieces(fail: bool) -> AsyncIterator[str]:
        try:
            yield "a"
            yield "b"
            if fail:
                raise LookupError("gone")
        finally:
            await asyncio.sleep(0)
            released.append(fail)

    async def use() -> None:
        assert [piece async for piece in pieces(False)] == ["a", "b"]
        with pytest.raises(LookupError):
            _ = [piece async for piece in pieces(True)]
        left: Any = pieces(False)
        assert await anext(left) == "a"
        await left.aclose()
        assert released == [False, True, False]

    asyncio.run(use())
    whole, failed, left = finished.get_finished_spans()
    assert attributes_of(whole)["output.value"] == "ab"
    assert failed.status.description == "gone"
    assert attributes_of(left)["output.value"] == "a"
    assert left.status.status_code is StatusCode.UNSET


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("make", "written"),
    [
        (lambda: "plain", "plain"),
        (lambda: {"é": (1, None)}, '{"é": [1, null]}'),
        (lambda: {1}, '"{1}"'),
        (lambda: b"raw", "\"b'raw'\""),
        (lambda: "half \ud83d", "half ?"),
        (lambda: ["half \ud83d"], '["half ?"]'),
        (Unspeakable, None),
        (lambda: {"deep": [Unspeakable()]}, None),
        (lambda: {(1, 2): "key"}, None),
        (lambda: nested(100_000), None),
    ],
    ids=["text", "json", "set", "bytes", "surrogate", "inner surrogate", "no repr", "inner", "key", "deep"],
)
def test_whatever_goes_in_and_out_the_call_works(
    finished: InMemorySpanExporter, make: Callable[[], object], written: str | None
) -> None:
    @windlass.trace
    def same(value: object) -> object:
        return value

    value = make()
    assert same(value) is value
    attributes = attributes_of(only_span(finished))
    assert attributes["input.value"] == attributes["output.value"]
    if written is not None:
        assert attributes["output.value"] == written
    else:
        assert "object at 0x" in str(attributes["output.value"])


def test_long_values_are_cut_and_say_so(finished: InMemorySpanExporter) -> None:
    @windlass.trace
    def grow(count: int) -> str:
        return "x" * count

    grow(MAX_VALUE_CHARACTERS + 1)
    output = str(attributes_of(only_span(finished))["output.value"])
    assert output == "x" * MAX_VALUE_CHARACTERS + "… (65,537 characters in all)"
