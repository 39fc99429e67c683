"""What a peer wrote, where it may stand in a fact: facts go to logs in clear, people's data must not."""

from __future__ import annotations

import re

_CODE = re.compile(r"[\w-]{1,16}", re.ASCII)


def code(text: str) -> str:
    """A peer's code if it looks like one, else ``?``: an odd peer may write a name there.

    >>> code("-2"), code("E_0042"), code("张小直"), code("Zhang Xiaozhi"), code("")
    ('-2', 'E_0042', '?', '?', '?')
    """
    return text if _CODE.fullmatch(text) else "?"
