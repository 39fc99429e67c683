"""How people and programs misspell identifiers, undone. For identifiers only, never for names.

NFKC turns full-width digits and letters into plain ones; it also rewrites legitimate ideographs
(U+F9B4), which is why a stored name never passes here (dossier D-07, D-08, D-09).
"""

from __future__ import annotations

import re
import unicodedata

from exchange.errors import Invalid, Problem
from mappings.masks import mask

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"\s+")


def compact(text: str, separators: str = "") -> str:
    """Plain, upper-case, without spaces, invisible characters and ``separators``.

    >>> compact("３２０１１７ 1990\\u200b0307772ｘ\\ufeff")
    '32011719900307772X'
    """
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    plain = _SPACES.sub("", plain).upper()
    return plain.translate(dict.fromkeys(map(ord, separators))) if separators else plain


def refuse(code: str, scheme: str, text: str) -> Invalid:
    """The error of an identifier: which scheme, and the form of what stood there."""
    return Invalid(f"identifier.{code}", scheme=scheme, mask=mask(text))


def doubt(code: str, scheme: str, text: str) -> Problem:
    """A warning: the identifier is accepted, and somebody should look at it. Never the number."""
    return Problem(f"identifier.{code}", {"scheme": scheme, "mask": mask(text)})
