"""What a model is shown of pictures and clips: each picture, and frames of each clip at stated times."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from windlass.errors import InputError
from windlass.evaluation.media.files import Media, Shape, mime_type_of, require_size, shape_of
from windlass.evaluation.media.frames import Clip, sample_frames
from windlass.evaluation.media.resources import Resources
from windlass.evaluation.media.targets import keep
from windlass.models.completion import Picture


@dataclass(frozen=True, slots=True)
class Limits:
    max_mb: float
    """Of a picture; a clip may be ten times as large, for only frames of it are sent."""
    frames: int
    """Of each clip."""

    def of(self, shape: Shape) -> float:
        return self.max_mb if shape == "picture" else 10 * self.max_mb


@dataclass(frozen=True, slots=True)
class View:
    """One picture that a model is shown."""

    media: int
    """Which of the files it is of, from 0."""
    picture: Picture
    time_s: float | None = None
    """Of a frame: when it is shown in its clip."""


@dataclass(frozen=True, slots=True)
class ShownMedia:
    uri: str
    mime_type: str
    shape: Shape
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    media: tuple[ShownMedia, ...]
    views: tuple[View, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(view.picture for view in self.views)

    def describe(self) -> list[dict[str, object]]:
        """Say what each view is, by the number that is its label."""
        return [
            {"view": number, "of": f"{self.media[view.media].shape} {view.media + 1}"}
            | ({} if view.time_s is None else {"time_s": view.time_s})
            for number, view in enumerate(self.views, 1)
        ]


async def look_at(files: Sequence[Media], resources: Resources, limits: Limits) -> Shown:
    """Read files and make the views of them.

    Raises InputError for what is no picture or clip, is too large or cannot be decoded, NotFound for what is gone,
    ConfigurationError for a clip where nothing decodes it.
    """
    shown: list[ShownMedia] = []
    views: list[View] = []
    for number, media in enumerate(files):
        data = await resources.read(media)
        shape = shape_of(media, data)
        require_size(len(data), shape, limits.of(shape))
        kept = await keep(media, resources)
        if shape == "picture":
            kind = mime_type_of(data)
            shown.append(ShownMedia(kept.uri, kind, shape))
            views.append(View(number, Picture(data, kind, f"View {len(views) + 1}:")))
            continue
        clip = await asyncio.to_thread(sample_frames, data, limits.frames)
        shown.append(ShownMedia(kept.uri, media.type or mime_type_of(data), shape, round(clip.duration_s, 3)))
        views += _frames(clip, number, len(views))
    if not views:
        raise InputError("There is no picture and no clip to look at.")
    return Shown(tuple(shown), tuple(views))


def _frames(clip: Clip, number: int, before: int) -> list[View]:
    return [
        View(
            number,
            Picture(frame.data, "image/jpeg", f"View {before + place}, a frame at {frame.time_s:g} s:"),
            frame.time_s,
        )
        for place, frame in enumerate(clip.frames, 1)
    ]
