"""CPU seconds of processes that were started for a benchmark, with their children: proc(5)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_SESSION, _UTIME, _CSTIME = 3, 11, 14
"""Places in ``/proc/PID/stat`` after the command's name."""


def by_session(leaders: Mapping[int, str]) -> dict[str, float]:
    """CPU seconds so far, by the name of the session's leader.

    Children that have ended count with the parent that waited for them.
    """
    ticks: Counter[str] = Counter()
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            fields = place.read_text("ascii", "replace").rpartition(")")[2].split()
            name = leaders.get(int(fields[_SESSION]))
            if name is not None:
                ticks[name] += sum(map(int, fields[_UTIME : _CSTIME + 1]))
    return {name: count / _TICKS for name, count in ticks.items()}
