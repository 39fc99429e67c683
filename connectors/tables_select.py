"""One SELECT and nothing else: what a site may write as a query that is put into brackets and read from.

No grammar is known here. What could end the brackets, hide something or write is refused by its token, so
a harmless query may be refused too; a view of the source's owner has no such limits.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)
    |(?P<bad>--|/\*|\*/|\#|;|\?|\$|['"`]|:(?!:)|@|\x00)|(?P<word>[^\W\d]\w*)
    |(?P<number>\d[\w.]*)|(?P<other>::|.)""",
    re.X | re.S,
)
_BAD_WORDS = frozenset(
    [
        "insert",
        "update",
        "delete",
        "merge",
        "drop",
        "create",
        "alter",
        "truncate",
        "grant",
        "revoke",
        "call",
        "exec",
        "execute",
        "into",
        "lock",
        "for",
        "limit",
        "offset",
        "fetch",
        "top",
    ]
)
"""Written outside quotes. ``limit`` and its like: which rows are left out would change from run to run."""


def wrong(query: str) -> str:
    """What of it is refused; empty: nothing.

    >>> wrong("SELECT a, 'x;--' AS b FROM t WHERE c::text = 'y' AND (d = 1 OR e IS NULL)")
    ''
    >>> wrong("SELECT a FROM t) AS q; DROP TABLE t"), wrong("DELETE FROM t"), wrong("SELECT 1 -- x")
    (')', 'DELETE', '--')
    >>> wrong("SELECT a FROM t WHERE b = :b"), wrong("SELECT (1"), wrong("SELECT 'a")
    (':', '(', "'")
    """
    if "\\" in query:  # MySQL's strings end elsewhere then than others' do
        return "\\"
    depth, words = 0, 0
    for token in _TOKEN.finditer(query):
        text = token.group()
        if token.lastgroup == "bad" or text.lower() in _BAD_WORDS:
            return text
        if token.lastgroup == "word" and not words and text.lower() != "select":
            return text
        if not words and token.lastgroup not in ("word", "space"):
            return text
        words += token.lastgroup == "word"
        depth += {"(": 1, ")": -1}.get(text, 0)
        if depth < 0:
            return text
    return "(" if depth else ("" if words > 1 else query[:20])
