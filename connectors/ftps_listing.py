"""What FTP servers answer to LIST and MDTM: read in UNIX's form, and never guessed.

A line that cannot be read may be a file: who left it out would take a full folder for an empty
one, and a name for free that is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_LISTED = re.compile(r"([-dlbcps])\S{9}\S*\s+\d+\s+\S+\s+\S+\s+(\d+)\s+\S+\s+\d+\s+[\d:]+ (.+)")
"""A line of ``ls -l``, which is what servers without MLSD answer to LIST."""
_TOTAL = re.compile(r"\s*(total \d+)?\s*")
"""Its first line, with some servers."""
_TIME = re.compile(r"213 (\d{14})(?:\.\d+)?\s*")
"""The answer to MDTM (RFC 3659, 2.3)."""


def entries(lines: Sequence[str]) -> Sequence[tuple[Any, int, str]] | None:
    """Kind, size and name of everything in the folder; None if a line has another form.

    A name that would lead elsewhere is no file's name: it is left out.

    >>> entries(["total 1", "-rw-------    1 ftp      ftp           11 Jan 08 12:00 张 a.csv"])
    [('file', 11, '张 a.csv')]
    >>> entries(["01-08-26  12:00PM                   11 a.csv"])
    """
    found = []
    for line in lines:
        read = _LISTED.fullmatch(line)
        if read is not None:
            found.append(_entry(read[1], int(read[2]), read[3]))
        elif not _TOTAL.fullmatch(line):
            return None
    return [each for each in found if "/" not in each[2] and each[2] not in ("", ".", "..")]


def _entry(kind: str, size: int, name: str) -> tuple[Any, int, str]:
    if kind == "l":
        name = name.partition(" -> ")[0]
    return {"-": "file", "d": "folder"}.get(kind, "other"), size, name


def time(answer: str) -> int | None:
    """The time of a file's last change as a number to compare; None if that is not what it says.

    >>> time("213 20260108010000.123"), time("213 yesterday")
    (20260108010000, None)
    """
    found = _TIME.fullmatch(answer)
    return int(found[1]) if found else None
