"""Which process is at an effect, and whether it is surely dead.

A lock of PostgreSQL may be lost while its holder lives (the server restarted, the network broke),
so whoever gets the lock after it asks here. Only a process of the same host can be proven dead:
there the kernel tells.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path


@cache
def _host() -> str:
    """This boot of this machine, and the pid namespace (a container's pids are its own)."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    space = os.readlink("/proc/self/ns/pid")
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:12]


def name(pid: int | None = None) -> str:
    """A name that no other process ever has: host, pid, and when it started."""
    own = os.getpid() if pid is None else pid
    return f"{_host()}/{own}/{_started(own)}"


def is_dead(owner: str) -> bool:
    """Whether the process of this name surely runs no more; False when it can't be known.

    >>> is_dead(name()), is_dead("another-host/1/1")
    (False, False)
    """
    host, _, rest = owner.partition("/")
    pid, _, started = rest.partition("/")
    if host != _host() or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """Start time in clock ticks since boot (proc(5), field 22); empty if there is none, or a corpse.

    The name of the program stands in brackets and may hold anything, so we count from behind it.
    """
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    fields = told.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
