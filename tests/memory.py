"""How much memory a value holds, beyond what it says of itself."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

_TIMES = 300


def memory_of(make: Callable[[], object]) -> float:
    """Bytes that one of many of them keeps."""
    tracemalloc.start()
    try:
        kept = [make() for _ in range(_TIMES)]
        return tracemalloc.get_traced_memory()[0] / len(kept)
    finally:
        tracemalloc.stop()
