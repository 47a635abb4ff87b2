"""Frames of a clip at stated times, as JPEG: what a model that sees pictures is shown of it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.media.files import mime_type_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

LONGEST_S: Final = 600.0
_MOST_PIXELS: Final = 40_000_000
"""Of a frame: one of 8K has 33 million."""
_DEMUXERS: Final = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-msvideo": "avi",
}
"""FFmpeg is told which to use: some of those that it would guess read other files than the one given."""
_LONGEST_SIDE: Final = 768
"""Pixels: what providers see of a picture without cutting it into pieces."""


@dataclass(frozen=True, slots=True)
class Frame:
    time_s: float
    """When it is shown, in seconds from the beginning of the clip."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Clip:
    duration_s: float
    frames: tuple[Frame, ...]


def require_decoder() -> Any:
    """Return PyAV. Raises ConfigurationError, which says what to install."""
    try:
        import av
    except ModuleNotFoundError as error:
        raise ConfigurationError("Clips are decoded by PyAV: pip install 'windlass[video]'.") from error
    return av


def sample_frames(data: bytes, count: int) -> Clip:
    """Return frames of a clip, from the middle of each of so many equal parts of it. Blocks.

    A part without a frame of its own gives none, so a short clip gives fewer. Raises InputError for a clip that
    cannot be decoded or is too long, ConfigurationError without a decoder.
    """
    av = require_decoder()
    try:
        demuxer = _DEMUXERS.get(mime_type_of(data), "mov")
        duration = _duration_of(av, data, demuxer)
        if duration > LONGEST_S:
            raise InputError(
                f"The clip lasts {duration:.0f} s, longer than the {LONGEST_S:.0f} s that are looked at: cut it."
            )
        times = [duration * (part + 0.5) / count for part in range(count)]
        with av.open(io.BytesIO(data), format=demuxer) as container:
            frames = tuple(_chosen(container, _video_of(container), times))
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"The clip cannot be decoded ({error}): is it a whole file?") from error
    if not frames:
        raise InputError("The clip has no frames.")
    return Clip(duration, frames)


def _duration_of(av: Any, data: bytes, demuxer: str) -> float:
    """Return how long a clip lasts; one whose header does not say is read through, without being decoded."""
    with av.open(io.BytesIO(data), format=demuxer) as container:
        stream = _video_of(container)
        if stream.duration is not None and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        if container.duration is not None:
            return float(container.duration / av.time_base)
        ends = (
            float((packet.pts + (packet.duration or 0)) * packet.time_base)
            for packet in container.demux(stream)
            if packet.pts is not None and packet.time_base is not None
        )
        return max(ends, default=0.0)


def _video_of(container: "InputContainer") -> "VideoStream":
    if not container.streams.video:
        raise InputError("The clip has no video, only sound.")
    stream = container.streams.video[0]
    pixels = stream.codec_context.width * stream.codec_context.height
    if pixels > _MOST_PIXELS:
        raise InputError(f"The clip has {pixels / 1e6:.0f} megapixels a frame: make it smaller.")
    stream.thread_type = "AUTO"
    return stream


def _chosen(container: "InputContainer", stream: "VideoStream", times: list[float]) -> Iterator[Frame]:
    """Give for each time the frame that is shown then: the last one that began before or at it."""
    wanted = times
    shown: VideoFrame | None = None
    start = 0.0
    for frame in container.decode(stream):
        if frame.pts is None:
            continue
        if shown is None:
            start = frame.time
        later = [time for time in wanted if time >= frame.time - start]
        if shown is not None and len(later) < len(wanted):
            yield _encoded(shown, start)
            wanted = later
        if not wanted:
            return
        shown = frame
    if shown is not None:
        yield _encoded(shown, start)


def _encoded(frame: "VideoFrame", start: float) -> Frame:
    from av.codec.context import CodecContext

    scale = min(1.0, _LONGEST_SIDE / max(frame.width, frame.height))
    # JPEG halves the colours' resolution, for which sides are even.
    width, height = (max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height))
    picture = frame.reformat(width=width, height=height, format="yuvj420p")
    encoder: Any = CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "yuvj420p", frame.time_base
    encoder.options = {"qmin": "2", "qmax": "4"}
    data = b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
    return Frame(round(frame.time - start, 3), data)
