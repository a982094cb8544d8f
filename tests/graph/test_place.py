"""A line of a set is found from wherever livegan itself is taken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SET = """from livegan.live import *
sound = listen()
show(encode.waveform(sound).no_such_mixer())
"""


def test_a_checkout_that_is_reached_through_a_link_is_still_livegans_own(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(ROOT)
    (tmp_path / "set.py").write_text(SET)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from livegan.graph.place import SetError\n"
        "try:\n    exec(compile(open(sys.argv[2]).read(), sys.argv[2], 'exec'))\n"
        "except SetError as error:\n    print(error.place)\n"
    )
    link, path = str(tmp_path / "link"), str(tmp_path / "set.py")
    done = subprocess.run(
        [sys.executable, "-c", code, link, path], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{path}:3"
