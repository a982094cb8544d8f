"""The benchmark in a network of its own: prints its result as JSON."""

from __future__ import annotations

import json
import sys

from livegan.benchmark.io.bench import measured

if __name__ == "__main__":
    print(json.dumps(measured(float(sys.argv[1]), sys.argv[2] == "alone")))
