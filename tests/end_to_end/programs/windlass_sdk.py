"""An application that uses windlass's SDK and its prompt `greet`. Argument: the server's URL."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator

from opentelemetry import trace as otel

import windlass

windlass.init(sys.argv[1], service_name="greeter", environment="staging")


@windlass.trace(kind="execute_tool", name="look_up")
def look_up(name: str) -> dict[str, str]:
    return {"name": name, "city": "Seoul"}


@windlass.trace
async def think(text: str) -> str:
    await asyncio.sleep(0)
    return text.upper()


@windlass.trace
def count(to: int) -> Iterator[int]:
    yield from range(to)


@windlass.trace
async def spell(word: str) -> AsyncIterator[str]:
    for letter in word:
        yield letter


@windlass.trace
def fail() -> None:
    raise LookupError("nobody of this name")


@windlass.trace(capture=False)
def keep_secret(password: str) -> str:
    return password


@windlass.trace(kind="invoke_agent")
async def greet(name: str) -> str:
    print(format(otel.get_current_span().get_span_context().trace_id, "032x"))
    found = look_up(name)
    messages = windlass.prompt("greet").messages(name=name, city=found["city"])
    list(count(3))
    letters = [letter async for letter in spell("hi")]
    keep_secret("hunter2")
    try:
        fail()
    except LookupError:
        letters.append("!")
    return await think(messages[-1]["content"] + "".join(letters))


asyncio.run(greet("Ada"))
if not windlass.flush() or windlass.lost_spans():
    sys.exit("the spans could not be delivered")
windlass.shutdown()
