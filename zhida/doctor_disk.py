"""The doctor on this machine: space, what may be written, who may read secrets, the time zone."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from exchange.errors import Fatal
from zhida.doctor_line import Line, Part

_PART = Part("machine")
SCARCE, LITTLE = 200 << 20, 1 << 30
"""Bytes: below the first it is bad, below the second to be seen to."""
_INODES = 1000
_OTHERS, _GROUP = stat.S_IRWXO, stat.S_IRWXG


def look(folders: dict[str, Path], secrets: Iterable[Path]) -> Iterator[Line]:
    """``folders`` by title: each is written to and its space told."""
    for title, folder in folders.items():
        yield from _PART.tried(title, partial(_folder, title, folder))
    yield from _PART.tried("密钥文件的权限", lambda: modes(secrets))
    yield umask(_umask())
    yield time_zone(time.localtime().tm_gmtoff)


def _folder(title: str, folder: Path) -> Iterator[Line]:
    require_writable(folder)
    yield space(_PART, title, folder)


def space(part: Part, title: str, folder: Path) -> Line:
    """How much is free where the folder lies."""
    try:
        free = shutil.disk_usage(folder).free
        nodes = os.statvfs(folder)
    except OSError as error:
        raise Fatal("doctor.no-folder", folder=str(folder), reason=_why(error)) from None
    facts = {"folder": str(folder), "free": told(free)}
    if nodes.f_files and nodes.f_favail < _INODES:
        return part.bad(title, "doctor.inodes", folder=str(folder), free=nodes.f_favail)
    if free < SCARCE:
        return part.bad(title, "doctor.disk", **facts)
    if free < LITTLE:
        return part.note(title, "doctor.disk-little", **facts)
    return part.good(title, f"{folder}，剩余 {told(free)}")


def told(size: int) -> str:
    """Bytes for a person.

    >>> told(3 << 30), told(5 << 20)
    ('3.0 GiB', '5 MiB')
    """
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{size >> 20} MiB"


def require_writable(folder: Path) -> None:
    """A page can be written there, and reaches the disk. ``Fatal doctor.no-folder`` if not."""
    try:
        with tempfile.NamedTemporaryFile(prefix=".zhida-doctor-", dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Fatal("doctor.no-folder", folder=str(folder), reason=_why(error)) from None


def modes(secrets: Iterable[Path]) -> Iterator[Line]:
    """Nobody but their owner may read or change files (or folders) of secrets."""
    title, seen, well = "密钥文件的权限", 0, True
    for path in secrets:
        if not path.exists():
            continue
        seen += 1
        mode = stat.S_IMODE(path.stat().st_mode)
        facts = {"file": str(path), "mode": f"{mode:04o}"}
        if mode & _OTHERS:
            well = False
            yield _PART.bad(title, "doctor.mode", **facts)
        elif mode & _GROUP:
            well = False
            yield _PART.note(title, "doctor.mode-group", **facts)
    if well:
        yield _PART.good(title, f"{seen} 处，只有属主可读")


def umask(found: int) -> Line:
    """Files that are made may not be changed by others."""
    if found & 0o022 == 0o022:
        return _PART.good("umask", f"{found:04o}")
    return _PART.note("umask", "doctor.umask", umask=f"{found:04o}")


def _umask() -> int:
    """Linux tells it without changing it, which no other thread must notice."""
    for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    return 0o077


def time_zone(offset: int) -> Line:
    """Seconds east of UTC. Days are counted in China whatever it is; logs go by it."""
    if offset == 8 * 3600:
        return _PART.good("时区", "北京时间")
    if offset == 0:
        return _PART.good("时区", "UTC：日志差八小时，期限和日期不受影响")
    return _PART.note("时区", "doctor.time-zone", hours=f"{offset / 3600:+g}")


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
