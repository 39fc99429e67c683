"""The encodings in which a peer may answer: a closed list.

Python has codecs that a peer must not choose: some take quadratic time (punycode, idna), some are
no encodings of characters at all. What is labelled GB2312 or GBK is read as GB 18030, which holds
both: a rare name is no encoding error.
"""

from __future__ import annotations

CHINESE = frozenset(
    {"gb2312", "gbk", "gb18030", "cp936", "ms936", "windows-936", "x-gbk", "euc-cn"}
)
_UNICODE = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
_OTHERS = frozenset({"iso-8859-1", "latin-1", "windows-1252", "big5", "big5-hkscs"})


def codec(label: str) -> str:
    """Python's name of the encoding, or the label itself in lower case, which ``known`` refuses.

    >>> codec("GBK"), codec("UTF8"), codec("Punycode")
    ('gb18030', 'utf-8', 'punycode')
    """
    name = label.lower()
    if name in CHINESE:
        return "gb18030"
    return "utf-8" if name in _UNICODE else name


def known(label: str) -> str:
    """The same. ``LookupError`` for what is not on the list.

    >>> known("Big5")
    'big5'
    """
    name = codec(label)
    if name not in _OTHERS and name not in ("gb18030", "utf-8"):
        raise LookupError(name)
    return name
