"""The doctor on programs: Python, our own packages, and the lock."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.version import Version

from zhida import lock_file
from zhida.doctor_line import Line, Part
from zhida.lock_file import Differing
from zhida.version import VERSION

_PART = Part("versions")
CELERY_BELOW = "5.7"
"""With 5.7.0 worker and scheduler of Airflow 3.3 end at once, with a message that misleads."""
_LISTED = 5
"""So many packages are named; where it is more, the number tells enough."""


def look(lock: Path | None) -> Iterator[Line]:
    """``lock``: the file of the release that is installed here; None: nobody told."""
    yield from _PART.tried("Python", lambda: [python(sys.version_info[:2])])
    yield from _PART.tried("所需软件包", _needs)
    yield from _PART.tried("Celery", lambda: [celery(lock_file.installed("celery"))])
    if lock is None:
        yield _PART.open("锁定文件", "没有说是哪一个：--lock，或 ZHIDA_LOCK")
    else:
        yield from _PART.tried("锁定文件", lambda: _locked(lock))


def python(found: tuple[int, ...]) -> Line:
    """Of this process."""
    told = f"{platform.python_version()}，{platform.machine()}，zhida {VERSION}"
    if (3, 11) <= found < (3, 14):
        return _PART.good("Python", told)
    return _PART.bad("Python", "doctor.python", found=".".join(map(str, found)))


def celery(found: str) -> Line:
    """``-``: there is none, which is right for LocalExecutor."""
    if found == "-":
        return _PART.open("Celery", "没有安装（CeleryExecutor 才要）")
    if Version(found) < Version(CELERY_BELOW):
        return _PART.good("Celery", found)
    return _PART.bad("Celery", "doctor.celery", found=found, below=CELERY_BELOW)


def _needs() -> Iterator[Line]:
    try:
        found = list(lock_file.against_needs("zhida"))
    except metadata.PackageNotFoundError:
        yield _PART.open("所需软件包", "zhida 没有安装成软件包，而是从源码目录运行")
        return
    airflow = lock_file.installed("apache-airflow")
    yield from _differing("所需软件包", found, f"齐全，Airflow {airflow}")


def _locked(lock: Path) -> Iterator[Line]:
    told = f"与 {lock.name} 一致"
    yield from _differing("锁定文件", list(lock_file.against_lock(lock)), told)


def _differing(title: str, found: list[Differing], well: str) -> Iterator[Line]:
    for each in found[:_LISTED]:
        facts = {"package": each.package, "found": each.found, "wanted": each.wanted}
        yield _PART.bad(title, "doctor.package", **facts)
    if len(found) > _LISTED:
        yield _PART.bad(title, "doctor.packages", more=len(found) - _LISTED)
    if not found:
        yield _PART.good(title, well)
