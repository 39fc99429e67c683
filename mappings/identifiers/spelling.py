"""How people and programs misspell identifiers, undone. For identifiers only, never for names.

NFKC turns full-width digits and letters into plain ones; it also rewrites legitimate ideographs
(U+F9B4), which is why a stored name never passes here (dossier D-07, D-08, D-09).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container

from exchange.errors import Invalid, Problem
from mappings.masks import mask

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"\s+")


def compact(text: str, separators: str = "") -> str:
    """Plain, upper-case, without spaces, invisible characters and ``separators``.

    >>> compact("３２０１１７ 1990\\u200b0307772ｘ\\ufeff")
    '32011719900307772X'
    """
    if text.isascii():  # nearly every one: NFKC leaves it as it is
        plain = "".join(text.split()).upper()
    else:
        plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
        plain = _SPACES.sub("", plain).upper()
    return plain.translate(dict.fromkeys(map(ord, separators))) if separators else plain


def check_form(
    clean: str, lengths: Container[int], pattern: re.Pattern[str], *, scheme: str, text: str
) -> None:
    """``Invalid("identifier.wrong-length")`` or ``wrong-characters`` for another form.

    ``clean`` is judged, ``text`` is what stood there.
    """
    if len(clean) not in lengths:
        raise refuse("wrong-length", scheme, text)
    if not pattern.fullmatch(clean):
        raise refuse("wrong-characters", scheme, text)


def is_accepted(validate: Callable[[str], str], text: str) -> bool:
    """Does ``validate`` give something back?"""
    try:
        validate(text)
    except Invalid:
        return False
    return True


def refuse(code: str, scheme: str, text: str) -> Invalid:
    """The error of an identifier: which scheme, and the form of what stood there."""
    return Invalid(f"identifier.{code}", scheme=scheme, mask=mask(text))


def doubt(code: str, scheme: str, text: str) -> Problem:
    """A warning: the identifier is accepted, and somebody should look at it. Never the number."""
    return Problem(f"identifier.{code}", {"scheme": scheme, "mask": mask(text)})
