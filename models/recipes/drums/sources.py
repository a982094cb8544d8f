"""Where the sound comes from: Debian's packages, unpacked beside each other.

None of it is kept in this repository. Whole packages and whole kits are held out for the scores.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

KITS = ("hydrogen-drumkits", "sonic-pi-samples", "lmms-common", "avldrums.lv2-soundfont")
FONTS = ("fluidr3mono-gm-soundfont", "timgm6mb-soundfont")
SONGS = ("freedoom", "freedm", "simutrans-data", "simutrans-pak64", "planetblupi-music-midi")
MUSIC = ("wesnoth-1.16-music", "drascula-music")
"""Orchestras and synthesisers: what sounds like a drum kit there is none."""
PACKAGES = (*KITS, *FONTS, *SONGS, *MUSIC)

MOST_TRACKS = 30
"""Of each package of music."""

HELD_OUT_KITS = (
    "TR808EmulationKit",
    "GMRockKit",
    "Millo_MultiLayered3",
    "BJA_Pacific",
    "Red_Zeppelin",
)
HELD_OUT_FONT = "TimGM6mb"
HELD_OUT_SONGS = ("freedm", "planetblupi-music-midi")
HELD_OUT_MUSIC = ("drascula-music",)
HELD_OUT_STYLES = ("latin", "break")
"""None of these is in any practice mix: they are what the detector is scored on."""


def fetch(folder: Path) -> None:
    """Download and unpack what is not there yet: 0.5 GB."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        target = folder / package
        if target.is_dir():
            continue
        if not any(folder.glob(f"{package}_*.deb")):
            subprocess.run(["apt-get", "download", package], cwd=folder, check=True)
        (deb,) = folder.glob(f"{package}_*.deb")
        part = folder / f".{package}"
        subprocess.run(["dpkg", "-x", deb, part], check=True)
        part.rename(target)


def held_out(path: Path, names: tuple[str, ...]) -> bool:
    """Whether one of the names is part of the path."""
    return any(name in str(path) for name in names)


def fonts(folder: Path, test: bool) -> list[Path]:
    """SoundFonts of General MIDI."""
    found = {
        path.resolve()
        for package in FONTS
        for path in (folder / package).glob("usr/share/sounds/sf?/*.sf[23]")
    }
    return [path for path in sorted(found) if (HELD_OUT_FONT in path.name) == test]


def drum_fonts(folder: Path, test: bool) -> list[Path]:
    """SoundFonts with kits: those of General MIDI and the recorded ones of avldrums."""
    recorded = sorted((folder / "avldrums.lv2-soundfont").glob("usr/share/sounds/sf2/*.sf2"))
    kits = [path for path in recorded if held_out(path, HELD_OUT_KITS) == test]
    return [*fonts(folder, test), *kits]


def songs(folder: Path, test: bool) -> list[Path]:
    """MIDI files, those inside Doom's WADs and simutrans's folders taken out."""
    found: list[Path] = []
    for package in SONGS:
        if held_out(Path(package), HELD_OUT_SONGS) != test:
            continue
        for wad in sorted((folder / package).rglob("*.wad")):
            found += lumps(wad, folder / "midi" / f"{package}-{wad.stem}")
        found += sorted((folder / package).rglob("*.mid"))
    return found


def lumps(wad: Path, out: Path) -> list[Path]:
    """The MIDI files in a WAD: a directory of (offset, size, name) at the place its head says."""
    out.mkdir(parents=True, exist_ok=True)
    data = wad.read_bytes()
    count, at = (int.from_bytes(data[i : i + 4], "little") for i in (4, 8))
    found: list[Path] = []
    known: set[bytes] = set()
    for i in range(count):
        entry = data[at + 16 * i : at + 16 * i + 16]
        start, size = (int.from_bytes(entry[k : k + 4], "little") for k in (0, 4))
        body = data[start : start + size]
        if body[:4] == b"MThd" and body not in known:
            known.add(body)
            name = entry[8:].rstrip(b"\0").decode("ascii", "replace")
            path = out / f"{name}.mid"
            if not path.exists():
                path.write_bytes(body)
            found.append(path)
    return found


def music(folder: Path, test: bool) -> list[Path]:
    """Recorded music of games."""
    found: list[Path] = []
    for package in MUSIC:
        if held_out(Path(package), HELD_OUT_MUSIC) == test:
            tracks = [
                path
                for path in sorted((folder / package).rglob("*"))
                if path.suffix in {".ogg", ".opus", ".mp3"}
                and path.is_file()
                and path.stat().st_size > 400_000
            ]
            found += tracks[:: -(-len(tracks) // MOST_TRACKS) if tracks else 1]
    return found
