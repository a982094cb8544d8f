"""Picture and sound from one file, with no input: the drone opens as the picture gets brighter."""

import pyo                                       # never from pyo import *: it hides `time`

from livegan.live import *

settings(bpm=96, swap="bar", dissolve=0.5)


@patch
def drone(*, note=param(38, 24, 60, "MIDI note"), cut=param(900, 80, 9000, unit="Hz")):
    """Saws on a note and its fifth, through a low-pass."""
    hz = pyo.midiToHz(note)
    saws = pyo.SuperSaw(freq=[hz, hz * 1.5], detune=0.5, mul=0.16)
    return pyo.MoogLP(saws.mix(2), freq=cut, res=0.5)


@patch
def kick(*, hit=param(0.0, 0.0, 1.0, "a rise strikes")):
    """A sine that falls from 150 to 45 Hz at each stroke."""
    struck = pyo.Thresh(hit, threshold=0.5)
    fall = pyo.TrigEnv(struck, pyo.ExpTable([(0, 150), (1500, 60), (8191, 45)]), dur=0.3)
    loud = pyo.TrigEnv(struck, pyo.ExpTable([(0, 0), (60, 1), (8191, 0)], exp=4), dur=0.35)
    return pyo.Sine(freq=fall, mul=loud * 0.8)


@patch
def bells(*, note=param(62, 36, 96, "MIDI note"), hit=param(0.0, 0.0, 1.0, "a rise strikes")):
    """Struck bells with an echo."""
    struck = pyo.Thresh(hit, threshold=0.5)
    loud = pyo.TrigEnv(struck, pyo.ExpTable([(0, 0), (80, 1), (8191, 0)], exp=6), dur=0.6)
    tone = pyo.FM(carrier=pyo.midiToHz(note), ratio=3.01, index=4 * loud, mul=0.2 * loud)
    return tone.mix(2) + pyo.Delay(tone.mix(2), delay=[0.3125, 0.46875], feedback=0.4, mul=0.4)


@patch
def band(low, drum, high):
    """All of them, in one room."""
    dry = low * 0.7 + high
    return pyo.Freeverb(dry, size=0.8, bal=0.35) + drum


d = drone(note=choose(38, 41, 33, 36, bars=2, order="cycle"), cut=250 + 5000 * prev("a").brightness)
k = kick(hit=every(beats=1))
b = bells(note=choose(62, 65, 69, 72, 76, beats=0.5), hit=where(lfo(bars=4) > 0.3, every(beats=0.5), 0))

sound = band(d, k, b, heard=True)                # the room hears it, and the encoders do

a = model("nebula", encode.timeline(sound, seconds=6).mix(encode.waveform(sound), 0.4 + 0.4 * k.kick))
show(a.zoom(1 + 0.06 * k.kick).hue(lfo(bars=8)))
