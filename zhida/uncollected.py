"""Python's search for circles of objects, put off while a page of rows is worked on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """While a page is worked on nothing looks for circles: its hundred thousand small objects hold none,
    and to look at them again and again took a fifth of the time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
