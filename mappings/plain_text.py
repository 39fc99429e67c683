"""What text may hold so that it survives every wire: characters, and nothing that steers."""

from __future__ import annotations

import re

# C0, C1 and DEL break XML and terminals; lone surrogates break UTF-8; U+FFFD says that somebody
# before us already lost a character; U+FFFE and U+FFFF are no characters.
_BAD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]")


def first_bad(text: str) -> int:
    """Index of the first character that must not stand in a record, or -1.

    >>> first_bad("张小直"), first_bad("张\\x07")
    (-1, 1)
    """
    found = _BAD.search(text)
    return found.start() if found else -1


def is_plain(text: str) -> bool:
    """True for text without control characters, surrogates and replacement characters.

    >>> is_plain("阿卜杜热西提·阿卜杜热合曼"), is_plain("张�")
    (True, False)
    """
    return _BAD.search(text) is None
