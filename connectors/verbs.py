"""An operation on a place with names in it: a verb and one of the site's own names.

``insert births``, ``put outgoing``: a table or folder that is not declared cannot be spoken of,
so a mistake in a mapping reaches nothing else in the same database or on the same disk.
"""

from __future__ import annotations

from collections.abc import Iterable

from exchange.errors import Fatal
from exchange.names import nearest


def spoken(operation: str, verbs: Iterable[str], names: Iterable[str]) -> tuple[str, str]:
    """The verb and the name; ``Fatal wire.no-operation`` gives the nearest that there is.

    >>> spoken("put 出院", ("put", "get"), ["出院"])
    ('put', '出院')
    """
    verb, _, name = operation.partition(" ")
    known = [f"{each} {one}" for each in verbs for one in names]
    if f"{verb} {name}" not in known:
        near = nearest(operation, known)
        raise Fatal("wire.no-operation", operation=operation[:80], nearest=near)
    return verb, name
