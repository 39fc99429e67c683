"""What a procedure names, as clerks write it into one field of a form: by its title or by its id.

Titles hold the very signs that stand between names (``绿化、节能…意见``), so the longest known name is read first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from exchange.errors import Invalid
from exchange.names import LONGEST, NONE, similar
from matters.acceptance_parts import Procedure

MOST = 12
"""So many names are offered to somebody who wrote none of them."""
_BETWEEN = re.compile(r"[、,;\s]")

Titles = Mapping[str, str]
"""Id → title."""


def titles(procedure: Procedure, field: str) -> Titles:
    """All that a field of a form may name: ``items``, ``materials``, ``parts`` or ``checks``."""
    known: Mapping[str, Any] = getattr(procedure, field)
    return {n: each if isinstance(each, str) else each.title for n, each in known.items()}


def read(text: str, known: Titles) -> list[str]:
    """The ids, each once, in the order of the text. What nobody knows stays as it is written.

    ``Invalid("acceptance.ambiguous")`` where a title is that of several.

    >>> read("消防验收、绿化、节能意见；fire", {"fire": "消防验收", "green": "绿化、节能意见"})
    ['fire', 'green']
    >>> read("消防", {"fire": "消防验收"})
    ['消防']
    """
    by_name: dict[str, list[str]] = {}
    for name, title in known.items():
        for each in {_plain(name), _plain(title), _plain(shown(name, known))}:
            by_name.setdefault(each, []).append(name)
    words = _words(_plain(text), by_name)
    return list(dict.fromkeys(_one(each, by_name.get(each, [each]), known) for each in words))


def _plain(text: str) -> str:
    """Whichever width its signs and letters have."""
    return unicodedata.normalize("NFKC", text).strip()


def _words(text: str, known: Mapping[str, Any]) -> Iterator[str]:
    longest_first = sorted(known, key=len, reverse=True)
    while text := re.sub(rf"^{_BETWEEN.pattern}+", "", text):
        word = next((each for each in longest_first if _begins(text, each)), None)
        word = _BETWEEN.split(text, maxsplit=1)[0] if word is None else word
        yield word
        text = text[len(word) :]


def _begins(text: str, word: str) -> bool:
    return text.startswith(word) and (
        len(text) == len(word) or _BETWEEN.match(text[len(word)]) is not None
    )


def _one(word: str, found: list[str], known: Titles) -> str:
    if len(found) > 1:
        which = "、".join(shown(each, known) for each in found)
        raise Invalid("acceptance.ambiguous", name=word, which=which)
    return found[0]


def shown(name: str, known: Titles) -> str:
    """Its title, with the id that may be written instead.

    >>> shown("fire", {"fire": "消防验收"}), shown("fier", {})
    ('消防验收（fire）', 'fier')
    """
    return f"{known[name]}（{name}）" if name in known else name


def nearest(word: str, known: Titles) -> str:
    """What was probably meant, or the first dozen that there are.

    >>> nearest("消防", {"fire": "消防验收"}), nearest("fier", {"fire": "消防验收"})
    ('消防验收（fire）', '消防验收（fire）')
    """
    by_name = {_plain(title): name for name, title in known.items()} | {n: n for n in known}
    holds = [name for name, title in known.items() if word in _plain(title)]
    found = similar(_plain(word), by_name)
    if found != NONE or len(holds) == 1:
        return shown(by_name[found] if found != NONE else holds[0], known)
    listed = [shown(name, known)[: 2 * LONGEST] for name in holds or known]
    return "、".join(listed[:MOST]) + ("、…" if len(listed) > MOST else "") if listed else NONE
