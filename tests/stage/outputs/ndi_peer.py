"""The other end of an NDI test: cyndilib alone, in a process of its own, nothing of livegan.

``send NAME`` sends what lines of its input say, ``WIDTH HEIGHT RED GREEN BLUE``, and with a sixth
number, the alpha, as BGRA; beside it a tone. ``receive NAME`` prints each new picture in that form,
the colour taken from the middle, and each new loudness as ``0 0 PEAK RATE 0``, the peak in per
cent, the rate in kHz.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

import numpy as np
from cyndilib.audio_frame import AudioFrameSync, AudioSendFrame
from cyndilib.finder import Finder
from cyndilib.receiver import Receiver
from cyndilib.sender import Sender
from cyndilib.video_frame import VideoFrameSync, VideoSendFrame
from cyndilib.wrapper.ndi_recv import RecvBandwidth, RecvColorFormat
from cyndilib.wrapper.ndi_structs import FourCC

RATE, BLOCK = 48000, 480
TONE, LOUD = 500, 0.5  # Hz and peak


def send(name: str) -> None:
    asked: list[list[int]] = []

    def listen() -> None:
        for line in sys.stdin:
            asked.append([int(word) for word in line.split()])

    threading.Thread(target=listen, daemon=True).start()
    sender: Any = None
    size: tuple[int, int, int] | None = None
    sound = 0
    while True:
        if asked:
            width, height, *colour = asked[-1]
            alpha = colour[3:]
            if size != (width, height, len(alpha)):
                if sender is not None:
                    sender.close()
                frame, size = VideoSendFrame(), (width, height, len(alpha))
                frame.set_fourcc(FourCC.BGRA if alpha else FourCC.RGBX)
                frame.set_resolution(width, height)
                sender = Sender(name, clock_video=False, clock_audio=False)
                sender.set_video_frame(frame)
                tone = AudioSendFrame(BLOCK)
                tone.sample_rate, tone.num_channels = RATE, 2
                sender.set_audio_frame(tone)
                sender.open()
                began, sound = time.monotonic(), 0
            pixels = np.empty((height, width, 4), np.uint8)
            pixels[:] = (*colour[2::-1], *alpha) if alpha else (*colour, 255)
            sender.write_video(pixels.reshape(-1))
            while sound + BLOCK <= (time.monotonic() - began) * RATE:
                at = np.arange(sound, sound + BLOCK, dtype=np.float64) / RATE
                wave = (LOUD * np.sin(2 * np.pi * TONE * at)).astype(np.float32)
                sender.write_audio(np.stack([wave, wave]))
                sound += BLOCK
        time.sleep(1 / 30)


def receive(name: str) -> None:
    finder = Finder()
    finder.open()
    receiver = Receiver(color_format=RecvColorFormat.RGBX_RGBA, bandwidth=RecvBandwidth.highest)
    frame = VideoFrameSync()
    receiver.frame_sync.set_video_frame(frame)
    heard = AudioFrameSync()
    heard.sample_rate, heard.num_channels = RATE, 2
    receiver.frame_sync.set_audio_frame(heard)
    found, before, loud = None, "", 0
    while True:
        if found is None:
            finder.wait_for_sources(0.2)
            finder.update_sources()
            for full in finder.get_source_names():
                if full.endswith(f"({name})"):
                    found = finder.get_source(full)
                    receiver.set_source(found)
        receiver.frame_sync.capture_video()
        if frame.xres:
            pixels = frame.get_array().reshape(frame.yres, frame.xres, 4)
            colour = pixels[frame.yres // 2, frame.xres // 2, :3]
            line = " ".join(str(int(v)) for v in (frame.xres, frame.yres, *colour))
            if line != before:
                print(line, flush=True)
                before = line
        if receiver.frame_sync.audio_samples_available():
            receiver.frame_sync.capture_audio(RATE // 60)
            peak = round(100 * float(np.abs(heard.get_array()).max(initial=0)))
            if abs(peak - loud) > 2:
                loud = peak
                print(0, 0, peak, heard.sample_rate // 1000, 0, flush=True)
        time.sleep(1 / 60)


if __name__ == "__main__":
    {"send": send, "receive": receive}[sys.argv[1]](sys.argv[2])
