"""Frames of clips at stated times."""

import io
import sys
from fractions import Fraction

import av
import pytest
from PIL import Image

from tests.pictures import Drawn, clip, moving
from tests.vision import things_in
from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.media.frames import sample_frames
from windlass.models.completion import Picture


def places(data: bytes, count: int) -> list[float]:
    """Return where the one thing is in each frame, as a fraction of the width."""
    frames = sample_frames(data, count).frames
    return [things_in(Picture(frame.data, "image/jpeg"))[0].x for frame in frames]


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_frame_is_what_is_shown_in_the_middle_of_its_part(kind: str) -> None:
    data = clip(moving("blue", "square", begin=0, end=190, frames=20), kind=kind)  # type: ignore[arg-type]
    sampled = sample_frames(data, 4)
    assert sampled.duration_s == pytest.approx(2.0, abs=0.1)
    assert [frame.time_s for frame in sampled.frames] == pytest.approx([0.2, 0.7, 1.2, 1.7], abs=0.05)
    # It goes 10 pixels of 320 a frame, 10 frames a second.
    assert places(data, 4) == pytest.approx([20 / 320, 70 / 320, 120 / 320, 170 / 320], abs=0.02)


def test_a_clip_of_fewer_frames_than_asked_for_gives_those_it_has() -> None:
    assert len(sample_frames(clip([[Drawn("red", "circle", 10, 10)]] * 3), 8).frames) == 3


def test_a_large_clip_is_made_smaller_and_keeps_its_form() -> None:
    data = clip([[Drawn("red", "circle", 100, 100, 300)]] * 2, sides=(1600, 900))
    (frame, *_) = sample_frames(data, 1).frames
    assert Image.open(io.BytesIO(frame.data)).size == (768, 432)


def sound() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.sample_rate, frame.pts, frame.time_base = 8000, 0, Fraction(1, 8000)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (clip([[]] * 2)[:200], "The clip cannot be decoded ("),
        (b"\0\0\0\x18ftypmp42", "The clip cannot be decoded ("),
        (sound(), "The clip has no video, only sound."),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "The clip cannot be decoded ("),
    ],
    ids=["cut off", "nothing but a beginning", "sound", "a list of other files"],
)
def test_what_cannot_be_decoded_says_so(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as raised:
        sample_frames(data, 4)
    assert raised.value.message.startswith(said)


def test_a_clip_that_lasts_too_long_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("windlass.evaluation.media.frames.LONGEST_S", 1.0)
    with pytest.raises(InputError, match=r"lasts 2 s, longer than the 1 s that are looked at: cut it\."):
        sample_frames(clip([[]] * 20), 4)


def test_a_clip_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("windlass.evaluation.media.frames._MOST_PIXELS", 1000)
    with pytest.raises(InputError, match="megapixels a frame: make it smaller"):
        sample_frames(clip([[]] * 2), 4)


def test_without_a_decoder_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ConfigurationError, match=r"decoded by PyAV: pip install 'windlass\[video\]'"):
        sample_frames(b"", 4)
