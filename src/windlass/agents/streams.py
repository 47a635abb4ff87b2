"""Streams that are closed where their reader stops."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

Piece = TypeVar("Piece")


@asynccontextmanager
async def closing(pieces: AsyncIterable[Piece]) -> AsyncIterator[AsyncIterable[Piece]]:
    """Close a generator at the end of the with block, also when it was not read to its end.

    Left to the garbage collector it would be closed in a task of its own, in which connections and cancel
    scopes that it holds cannot be closed.
    """
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
