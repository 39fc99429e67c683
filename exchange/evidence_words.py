"""What the reader of evidence calls what it names: the words of whoever verifies, never the bundle's.

A title is no part of what was signed, so it stands before the signed name and never in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol

_NAME = re.compile(r"[!-~]*")
NOTE = (
    "字段、数据、用途和代码的中文说法是核验程序所附的、和本机站点文件（ZHIDA_SITE）里的，不在签名之内；"
    "签名所及的是写在旁边的标识和值。"
)


class Words(Protocol):
    """Who knows none gives the name back; ``meaning`` then is empty."""

    def kind(self, kind: str) -> str:
        """Of a kind of document."""

    def field(self, kind: str, path: str) -> str:
        """Of one of its fields."""

    def meaning(self, kind: str, path: str, value: Any) -> str:
        """Of a code that stands there."""

    def purpose(self, name: str) -> str:
        """Of what it was given for."""


class AsSigned:
    """No words: every name as it was signed."""

    def kind(self, kind: str) -> str:
        """The name."""
        return kind

    def field(self, kind: str, path: str) -> str:
        """The pointer."""
        return path

    def meaning(self, kind: str, path: str, value: Any) -> str:
        """None."""
        return ""

    def purpose(self, name: str) -> str:
        """The name."""
        return name


def both(title: str, name: str, mark: str = "") -> str:
    """The title with the signed name behind it; ``mark``: around the name. A name that is none, such as one
    that looks like a title with a name behind it, stands in quotation marks.

    >>> both("母亲 姓名", "/mother/name", "`"), both("/x", "/x"), both("出生记录 birth-record", "出生记录 birth-record")
    ('母亲 姓名 `/mother/name`', '/x', '“出生记录 birth-record”')
    """
    said = name if _NAME.fullmatch(name) else f"“{name}”"
    signed = f"{mark}{said}{mark}"
    return signed if title == name else f"{title} {signed}"


def every(words: Words, kind: str, paths: Iterable[str], mark: str = "") -> list[str]:
    """Of these fields."""
    return [both(words.field(kind, path), path, mark) for path in paths]


def valued(told: str, meaning: str, value: Any) -> str:
    """A field with its value, and what a code means.

    >>> valued("性别 /sex", "女性", "2"), valued("/name", "", "张")
    ('性别 /sex = 2（女性）', '/name = 张')
    """
    return f"{told} = {value}（{meaning}）" if meaning else f"{told} = {value}"
