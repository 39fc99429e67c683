"""Names of persons compared: a form to compare by, kept apart from the name that is stored.

A stored name is evidence and is never rewritten. Two systems that write one person differently are
matched through ``comparison_form``; what remains of doubt is told as such: ``ALIKE`` (equal but for
dots and spaces), ``UNKNOWN`` (a name that is none yet, a character that somebody lost).

Dossier D-02, D-03, D-05, D-08, D-09, D-13, D-19.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from mappings import glyphs

DOT = "·"
"""U+00B7, the middle dot of GB/T 15834 and the only one that GBK has."""
_DOTS = re.compile(r"\s*(?:[·•‧∙⋅●⸱⸳・ꞏᐧ.。]\s*)+")
"""After NFKC, which has made of ． ․ ﹒ a full stop, of ･ ・, of U+0387 U+00B7."""
_SPACES = re.compile(r"\s+")
_LOST = re.compile(r"[?？�□〓※*＊_]")
_MISSING = {
    "",
    "/",
    "-",
    "--",
    "na",
    "n/a",
    "null",
    "none",
    "nil",
    "无",
    "不详",
    "未取名",
    "未起名",
    "待定",
}
_PLACEHOLDER = re.compile(r"之[长次大小三]?(子|女|婴|男婴|女婴)$|(婴儿|男婴|女婴)$")


class Match(StrEnum):
    """What a comparison of two names gave."""

    SAME = "same"
    ALIKE = "alike"
    """Equal by the weaker key: a person looks before anything is done."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """Nothing can be said: never a match, and never a difference either."""


def comparison_form(name: str) -> str:
    """The form by which two spellings of one name are equal. Not for storing, showing or sending.

    >>> comparison_form("买买提•小直") == comparison_form("买买提．小直 ") == "买买提·小直"
    True
    >>> comparison_form("张　三"), comparison_form("John  SMITH"), comparison_form("⼥\ue863")
    ('张三', 'john smith', '女䶮')
    """
    plain = _DOTS.sub(DOT, glyphs.unified(name).casefold())
    spaced = _SPACES.sub(_space, plain.strip())
    return unicodedata.normalize("NFKC", spaced)


def weak_form(name: str) -> str:
    """The second key: without dots and spaces. Equal here is a reason to look, not equality.

    >>> weak_form("买买提·小直") == weak_form("买买提小直")
    True
    """
    return _SPACES.sub("", comparison_form(name).replace(DOT, ""))


def same_name(one: str, other: str) -> bool:
    """Whether both are one name, written in whatever way. False where nobody can tell.

    >>> same_name("阿依·古丽", "阿依・古丽"), same_name("张三", "张王"), same_name("", "")
    (True, False, False)
    """
    return match(one, other) is Match.SAME


def match(one: str, other: str) -> Match:
    """The two names compared.

    >>> [match("阿依·古丽", each).value for each in ("阿依•古丽", "阿依古丽", "阿依", "阿依·?丽")]
    ['same', 'alike', 'different', 'unknown']
    >>> match("张某之子", "张某之子").value
    'unknown'
    """
    if is_placeholder(one) or is_placeholder(other):
        return Match.UNKNOWN
    return matched(one, other, comparison_form, weak_form)


def matched(one: str, other: str, form: Callable[[str], str], weak: Callable[[str], str]) -> Match:
    """Two names by their forms; a name that is missing or has lost a character is unknown."""
    forms = form(one), form(other)
    if any(each in _MISSING or _is_damaged(each) for each in forms):
        return Match.UNKNOWN
    if forms[0] == forms[1]:
        return Match.SAME
    return Match.ALIKE if weak(one) == weak(other) else Match.DIFFERENT


def is_placeholder(name: str) -> bool:
    """Whether it stands for a child without a name yet: twins share it, and neither is called so.

    >>> is_placeholder("张某之子"), is_placeholder("李某之女婴"), is_placeholder("晏婴")
    (True, True, False)
    """
    return bool(_PLACEHOLDER.search(comparison_form(name)))


def _is_damaged(form: str) -> bool:
    return bool(_LOST.search(form)) or any(map(glyphs.is_private, form))


def _space(found: re.Match[str]) -> str:
    """One space between words of an alphabet, none beside a Han character."""
    text, begin, end = found.string, found.start(), found.end()
    return " " if _is_letter(text[begin - 1]) and _is_letter(text[end]) else ""


def _is_letter(character: str) -> bool:
    return character.isalnum() and not unicodedata.name(character, "").startswith("CJK")
