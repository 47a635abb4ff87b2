"""Pictures and clips of coloured shapes, drawn for tests."""

import io
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import av
import numpy as np
from PIL import Image, ImageDraw

from .vision import PALETTE

SIDES = (320, 200)


class Drawn(NamedTuple):
    """A shape, and where its box is in pixels."""

    colour: str
    shape: str
    x: int
    y: int
    side: int = 48


def picture(*things: Drawn, sides: tuple[int, int] = SIDES, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    _draw(things, sides).save(file, kind)
    return file.getvalue()


def clip(
    frames: Iterable[Sequence[Drawn]],
    *,
    per_second: int = 10,
    sides: tuple[int, int] = SIDES,
    kind: Literal["mp4", "webm"] = "mp4",
) -> bytes:
    """Return frames as a clip; a browser plays WebM."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream("mpeg4" if kind == "mp4" else "libvpx", rate=per_second)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *sides, "yuv420p", 2_000_000
        for things in frames:
            frame = av.VideoFrame.from_ndarray(np.asarray(_draw(things, sides)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def moving(colour: str, shape: str, *, begin: int, end: int, frames: int = 20) -> list[list[Drawn]]:
    """Return the frames of something that goes from one place to another, from left to right where end is more."""
    return [[Drawn(colour, shape, round(x), 70)] for x in np.linspace(begin, end, frames)]


def _draw(things: Iterable[Drawn], sides: tuple[int, int]) -> Image.Image:
    image = Image.new("RGB", sides, PALETTE["white"])
    draw = ImageDraw.Draw(image)
    for colour, shape, x, y, side in things:
        box = (x, y, x + side, y + side)
        match shape:
            case "square":
                draw.rectangle(box, PALETTE[colour])
            case "circle":
                draw.ellipse(box, PALETTE[colour])
            case _:
                draw.polygon([(x + side / 2, y), (x, y + side), (x + side, y + side)], PALETTE[colour])
    return image
