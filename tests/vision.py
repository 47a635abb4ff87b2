"""A vision model for tests that really looks: it decodes the pictures it is sent and answers from their pixels.

It knows a palette of colours and three shapes, tells things apart by connected components, and what moves by where
a thing is in one frame after the other. It takes prompts of a small grammar apart, too. Behind a ScriptedServer it
speaks the OpenAI wire over a real socket.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from windlass.models.completion import Message, Picture

Pixels: TypeAlias = NDArray[np.uint8]

PALETTE: Final = {
    "red": (220, 30, 30),
    "green": (30, 160, 60),
    "blue": (40, 70, 210),
    "yellow": (240, 210, 40),
    "white": (255, 255, 255),
}
BACKGROUND: Final = "white"
NUMBERS: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_FILL: Final = {"square": 1.0, "circle": np.pi / 4, "triangle": 0.5}
"""How much of the box around it a shape fills."""
_SMALLEST: Final = 40
_COLOURS: Final = "|".join(name for name in PALETTE if name != BACKGROUND)
_SHAPES: Final = "|".join(_FILL)
_THING: Final = rf"(?:({_COLOURS}) )?({_SHAPES})"


@dataclass(frozen=True)
class Thing:
    """Something of one colour in a picture; its place in fractions of the sides."""

    colour: str
    shape: str
    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def box(self) -> dict[str, float]:
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}


def answer(messages: Sequence[Message]) -> str:
    """Take a prompt apart, or answer questions about the pictures that come with them."""
    asked = json.loads(messages[-1].content)
    if "prompt" in asked:
        return json.dumps({"reasoning": "By its words.", "questions": list(take_apart(str(asked["prompt"])))})
    views = [things_in(picture) for picture in messages[-1].pictures]
    return json.dumps({name: look(question, views) for name, question in asked["questions"].items()})


def things_in(picture: Picture) -> list[Thing]:
    """Return what is in a picture, by colour and connected components."""
    from scipy import ndimage  # a second to import, for the few tests that look at pictures

    image = Image.open(io.BytesIO(picture.data))
    assert Image.MIME[str(image.format)] == picture.mime_type, "a picture is of the type that it is said to be"
    pixels: Pixels = np.asarray(image.convert("RGB"))
    nearest = _nearest(pixels)
    found = []
    for index, colour in enumerate(PALETTE):
        if colour == BACKGROUND:
            continue
        labels, _ = ndimage.label(nearest == index)
        for number, place in enumerate(ndimage.find_objects(labels), 1):
            area = int((labels[place] == number).sum())
            if area >= _SMALLEST:
                found.append(_thing(colour, area, place, pixels.shape[:2]))
    return found


def take_apart(prompt: str) -> Iterator[dict[str, str]]:
    """Make the questions of a prompt such as "three red circles and a blue square left of a green triangle"."""
    for count, colour, shape in re.findall(rf"\b({'|'.join(NUMBERS)}) ({_COLOURS}) ({_SHAPES})s?\b", prompt):
        words = f"{count} {colour} {shape}"
        yield _question(shape, "object", f"Is there a {shape}?")
        yield _question(f"{colour} {shape}", "attribute", f"Is the {shape} {colour}?")
        if NUMBERS[count] > 1:
            yield _question(words, "count", f"Are there exactly {count} {colour} {shape}s?")
    things = rf"(?:{_COLOURS}) (?:{_SHAPES})"
    for one, side, other in re.findall(rf"a ({things}) (left|right) of a ({things})", prompt):
        yield _question(f"{side} of", "relation", f"Is the {one} {side} of the {other}?")
    for thing, direction in re.findall(rf"({things}) moves (left|right|up|down)", prompt):
        yield _question(f"moves {direction}", "action", f"Does the {thing} move {direction}?")


def look(question: str, views: Sequence[Sequence[Thing]]) -> dict[str, Any]:
    """Answer one question from what is in the views."""
    if match := re.fullmatch(rf"Is there a {_THING}\?", question):
        return _seen(_first(views, *match.groups()))
    if match := re.fullmatch(rf"Is the ({_SHAPES}) ({_COLOURS})\?", question):
        shape, colour = match.groups()
        if _first(views, None, shape) is None:
            return _verdict("not_visible", f"There is no {shape}.")
        return _seen(_first(views, colour, shape) or None, _first(views, None, shape))
    if match := re.fullmatch(rf"Are there exactly (\w+) ({_COLOURS}) ({_SHAPES})s\?", question):
        return _counted(views, *match.groups())
    if match := re.fullmatch(rf"Is the {_THING} (left|right) of the {_THING}\?", question):
        return _beside(views, *match.groups())
    if match := re.fullmatch(rf"Does the {_THING} move (left|right|up|down)\?", question):
        return _moved(views, *match.groups())
    return _verdict("not_visible", "The question is not understood.")


def _nearest(pixels: Pixels) -> NDArray[np.intp]:
    colours = np.array(list(PALETTE.values()), dtype=np.int64)
    apart = ((pixels[:, :, None, :].astype(np.int64) - colours) ** 2).sum(axis=-1)
    nearest: NDArray[np.intp] = apart.argmin(axis=-1)
    return nearest


def _thing(colour: str, area: int, place: tuple[slice, slice], sides: tuple[int, int]) -> Thing:
    (rows, columns), (height, width) = place, sides
    share = area / ((rows.stop - rows.start) * (columns.stop - columns.start))
    shape = min(_FILL, key=lambda name: abs(_FILL[name] - share))
    return Thing(
        colour,
        shape,
        columns.start / width,
        rows.start / height,
        (columns.stop - columns.start) / width,
        (rows.stop - rows.start) / height,
    )


def _matching(view: Sequence[Thing], colour: str | None, shape: str) -> list[Thing]:
    return [each for each in view if each.shape == shape and colour in (None, each.colour)]


def _first(views: Sequence[Sequence[Thing]], colour: str | None, shape: str) -> tuple[int, Thing] | None:
    return next(
        ((number, each) for number, view in enumerate(views, 1) for each in _matching(view, colour, shape)), None
    )


def _counted(views: Sequence[Sequence[Thing]], word: str, colour: str, shape: str) -> dict[str, Any]:
    counts = [len(_matching(view, colour, shape)) for view in views]
    view = int(np.argmax(counts))
    right = counts[view] == NUMBERS[word]
    boxes = _matching(views[view], colour, shape)
    around = _around(boxes) if boxes else None
    return _verdict("yes" if right else "no", f"There are {counts[view]}.", view + 1, around)


def _beside(
    views: Sequence[Sequence[Thing]], colour: str | None, shape: str, side: str, *other: str
) -> dict[str, Any]:
    one, two = _first(views, colour, shape), _first(views, other[0], other[1])
    if one is None or two is None:
        return _verdict("not_visible", "One of the two is not there.")
    left = one[1].centre[0] < two[1].centre[0]
    answered = "yes" if left == (side == "left") else "no"
    return _verdict(answered, f"It is {'left' if left else 'right'} of it.", one[0], _around([one[1], two[1]]))


def _moved(views: Sequence[Sequence[Thing]], colour: str | None, shape: str, direction: str) -> dict[str, Any]:
    path = [
        (number, found[0]) for number, view in enumerate(views, 1) if (found := _matching(view, colour, shape))
    ]
    if len(path) < 2:
        return _verdict("not_visible", "It is not seen in two frames.")
    axis = 0 if direction in {"left", "right"} else 1
    steps = np.diff([thing.centre[axis] for _, thing in path])
    sign = 1 if direction in {"right", "down"} else -1
    moved = bool((sign * steps > 0.01).all())
    last, thing = path[-1]
    return _verdict("yes" if moved else "no", f"It went {sign * steps.sum():+.2f} that way.", last, thing.box)


def _around(things: Sequence[Thing]) -> dict[str, float]:
    left, top = min(each.x for each in things), min(each.y for each in things)
    right, bottom = max(each.x + each.width for each in things), max(each.y + each.height for each in things)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _seen(found: tuple[int, Thing] | None, instead: tuple[int, Thing] | None = None) -> dict[str, Any]:
    place = found or instead
    said = f"A {place[1].colour} {place[1].shape}." if place else "Nothing of the kind."
    return _verdict("yes" if found else "no", said, place[0] if place else None, place[1].box if place else None)


def _verdict(
    answered: str, reasoning: str, view: int | None = None, box: Mapping[str, float] | None = None
) -> dict[str, Any]:
    return {"reasoning": reasoning, "answer": answered, "view": view, "box": box}


def _question(element: str, kind: str, text: str) -> dict[str, str]:
    return {"element": element, "type": kind, "question": text}
