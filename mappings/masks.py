"""Show the form of a value without the value: what a log, the ledger or an alert may carry.

Runs of one class of character become the class and its count, so that an operator sees *what
is odd* (a full-width digit, a stray space, one digit too many) and never whose value it was.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import Any

_LONGEST = 40
_NEEDLESS = re.compile(r" (?![9Aa汉９Ａ])")
"""After a count, where no class follows."""


def mask(value: Any) -> str:
    """The form of ``value``: digits ``9``, letters ``A``/``a``, Han ``汉``, full-width ``９``/``Ａ``.
    A space parts a count from the next class, so that ``A×2 9×2`` is not read as 29.

    >>> mask("32011720260105001X")
    '9×17 A'
    >>> mask("张小直"), mask("３２"), mask("2019 - 04"), mask(True), mask("")
    ('汉×3', '９×2', '9×4␣-␣9×2', 'boolean', 'empty')
    """
    if isinstance(value, str):
        return _form(value) or "empty"
    if isinstance(value, bool) or not isinstance(value, int):
        return _KINDS.get(type(value), "other")
    return "integer " + _form(str(value))


_CHINESE = {
    "boolean": "是或否",
    "integer": "整数",
    "float": "小数",
    "list": "列表",
    "object": "对象",
}
_CHINESE |= {"null": "无", "empty": "空", "other": "其他"}
_KINDS = {bool: "boolean", float: "float", list: "list", dict: "object", type(None): "null"}


def in_chinese(shown: str) -> str:
    """A mask as a Chinese table shows it: what it has in words is in English, for it stands in facts.

    >>> in_chinese("integer 9×8"), in_chinese("9×17 A"), in_chinese("boolean")
    ('整数 9×8', '9×17 A', '是或否')
    """
    word, space, form = shown.partition(" ")
    return _CHINESE.get(word, word) + space + form


def _form(text: str) -> str:
    runs = ((kind, len(list(run))) for kind, run in groupby(text[: 4 * _LONGEST], _kind))
    shown = "".join(kind if count == 1 else f"{kind}×{count} " for kind, count in runs)
    shown = _NEEDLESS.sub("", shown)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def _kind(character: str) -> str:
    if character.isascii():
        return _ascii_kind(character)
    name = unicodedata.name(character, "")
    if "IDEOGRAPH" in name:
        return "汉"
    if character.isdigit():
        return "９"
    return "Ａ" if character.isalpha() else "¿"


def _ascii_kind(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return "␣" if character.isspace() else character if character.isprintable() else "¿"
