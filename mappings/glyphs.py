"""One code point for one written character: to compare texts, never to store them.

The same character reaches us in several codes, because systems are older than the standard:

* as a private character: the 80 of GBK's fifth region (U+E815 to U+E864), which systems before
  GB 18030-2000 had to use, among them 䶮 as U+E863, and the 18 that GB 18030-2022 moved;
* as a radical (⻓ for 长), which PDF files and some input methods bring;
* as a compatibility ideograph (U+F9B4 for 領), full or half width, with a variation selector.

What is a character of its own stays one: simplified and traditional, 黄 and 黃, 祿 and 禄 are never
made equal here. A private character that is left is unknown: each vendor has its own.

Sources: GB 18030-2000, 2005 and 2022, annex of private characters (order of the region, as in Python's
codec); Unicode names of U+2E80 to U+2EF3 (those radicals that are whole characters).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

from mappings.encoding import normal_form

_FIRST_PRIVATE = 0xE815
_RADICALS = dict(
    zip(
        "⺊⺒⺝⺠⺩⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
        "卜巳月民王西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙",
        strict=True,
    )
)
# In these six places GB 18030 kept a private character beside the Unicode one, up to 2022.
_KEPT = {
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE831: 0x215D7,
    0xE83B: 0x2298F,
    0xE855: 0x241FE,
}
_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


def unified(text: str) -> str:
    """``text`` with each character in one code; invisible signs and selectors are gone.

    >>> unified("\ue863⻓\uf9b4Ａ\u200b"), unified("黃"), unified("葛\U000e0100")
    ('䶮长領A', '黃', '葛')
    """
    plain = normal_form(text).translate(_table())
    shown = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", shown)


def is_private(character: str) -> bool:
    """Whether nobody but the sender's vendor knows what the character looks like.

    >>> is_private("\ue000"), is_private("张")
    (True, False)
    """
    return unicodedata.category(character) == "Co"


@cache
def _table() -> Mapping[int, str | None]:
    table: dict[int, str | None] = {ord(radical): whole for radical, whole in _RADICALS.items()}
    table.update(dict.fromkeys(_SELECTORS))
    for place, trail in enumerate((*range(0x50, 0x7F), *range(0x80, 0xA1))):
        modern = normal_form(bytes((0xFE, trail)).decode("gb18030"))
        table[_FIRST_PRIVATE + place] = modern.translate(_RADICALS_BY_NUMBER)
    table.update({private: chr(modern) for private, modern in _KEPT.items()})
    return table


_RADICALS_BY_NUMBER = {ord(radical): whole for radical, whole in _RADICALS.items()}
