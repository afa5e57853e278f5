"""Recordings: decoded, cut to what people listen to, encoded anew as MP3.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.matters.uploads.upload import Sort, Upload

if TYPE_CHECKING:
    from av import AudioFrame, VideoStream
    from av.container import InputContainer

LONGEST_S = 600
RATE, BITS = 24_000, 48_000  # enough for speech
# What devices record with, per second.  A head may say anything: of half a gigahertz the filter alone
# takes many seconds to compute, and at one hertz a kilobyte of sound lasts a quarter of an hour.
RATES = range(4_000, 384_001)
FORMATS = {
    b"RIFF": "wav",
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"#!AM": "amr",
    b"\x1aE\xdf\xa3": "matroska",
    b"ID3": "mp3",
}
MP3_FRAMES = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
AAC_FRAMES = (b"\xff\xf1", b"\xff\xf9")


def audio_format(content: bytes) -> str:
    """Return which format of sound a file begins like, or ""."""
    if content[4:8] == b"ftyp":
        return "mp4"
    if content[:2] in MP3_FRAMES:
        return "mp3"
    if content[:2] in AAC_FRAMES:
        return "aac"
    return next((name for start, name in FORMATS.items() if content.startswith(start)), "")


def recording(content: bytes, name: str) -> Upload:
    """Return a recording as it is kept: MP3, one channel, without metadata.

    :raises ValidationError: longer than ten minutes, with pictures, or nothing that can be heard
    """
    try:
        return Upload(Sort.RECORDING, _encoded(content), name)
    except ValidationError:
        raise
    except Exception as fault:
        raise ValidationError(
            _("This file is not a recording we can read. Please send MP3, M4A, WAV or OGG.")
        ) from fault


def _encoded(content: bytes) -> bytes:
    import av  # it is large, and few send recordings

    out = BytesIO()
    plain = {"write_id3v2": "0", "write_xing": "0"}
    with (
        av.open(BytesIO(content), "r", format=audio_format(content)) as source,
        av.open(out, "w", format="mp3", options=plain) as made,
    ):
        if any(not _is_cover(stream) for stream in source.streams.video):
            raise ValidationError(
                _("Videos are not taken. Please send photos or a recording of the sound.")
            )
        stream = made.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = BITS
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=RATE)
        for frame in chain(_frames(source), [None]):  # the last one empties what is on its way
            for part in resampler.resample(frame):
                made.mux(stream.encode(part))
        made.mux(stream.encode(None))
    return out.getvalue()


def _frames(source: InputContainer) -> Iterator[AudioFrame]:
    for frame in source.decode(audio=0):
        if frame.sample_rate not in RATES:
            raise ValueError(frame.sample_rate)
        if frame.time is not None and frame.time > LONGEST_S:
            raise ValidationError(
                _("The recording is longer than ten minutes. Please send a shorter one.")
            )
        yield frame


def _is_cover(stream: VideoStream) -> bool:
    """Return whether it is a picture that goes with the sound."""
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)
