"""Imported by nothing but the process that engines are forked from, which is to end with the stage.

That process ends by itself when all that was forked from it has ended, too: an engine that hangs
would outlive a stage that was killed.  So Linux kills it with the thread that started it (see
`launch.prepare`), and the engine with it.
"""

from __future__ import annotations

import sys

from livegan.stage.supervision.orphans import end_with_parent

end_with_parent()
# Nothing is imported from the working folder (see `launch`): Python 3.10 looks there all the same.
sys.path[:] = filter(None, sys.path)
