"""Several files for one mapping: ``name.yaml``, ``name@2026-07-01.yaml``; a day chooses among them.

The day in a file's name is the first (in China) on which it holds; the file without one holds
before all of them. See docs/adr/0017-mapping-versions.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from exchange import times
from exchange.errors import Fatal
from exchange.ports import utc_now
from mappings.formats import is_civil_date

SIGN = "@"


def today() -> date:
    """The day in China on which somebody who names none asks."""
    return times.civil_day(utc_now())


def split(stem: str) -> tuple[str, str]:
    """The mapping's name, and the day from which this file of it holds; empty: always did.

    ``Fatal("mapping.bad-version")`` for what stands behind the sign and is no day.

    >>> split("form@2026-07-01"), split("form")
    (('form', '2026-07-01'), ('form', ''))
    """
    name, sign, day = stem.partition(SIGN)
    if sign and not (name and is_civil_date(day)):
        raise Fatal("mapping.bad-version", file=f"{stem[:80]}.yaml")
    return name, day


def is_right(stem: str) -> bool:
    """Is it a name, or a name with a day?

    >>> is_right("form@2026-07-01"), is_right("form@july")
    (True, False)
    """
    name, sign, day = stem.partition(SIGN)
    return bool(name) and (not sign or is_civil_date(day))


def in_force(stems: Iterable[str], named: str, day: date | None = None) -> str:
    """The file of ``named`` that holds on ``day`` (None: today); with a day in the name, that file.

    ``Fatal("mapping.not-yet")`` tells the day from which there is one. At least one is there.

    >>> in_force(["a", "a@2026-07-01", "b"], "a", date(2026, 7, 1))
    'a@2026-07-01'
    """
    if SIGN in named:
        return named
    since = {split(stem)[1]: stem for stem in stems if split(stem)[0] == named}
    asked = (day or today()).isoformat()
    begun = [begin for begin in since if begin <= asked]
    if not begun:
        raise Fatal("mapping.not-yet", name=named[:80], since=min(since), day=asked)
    return since[max(begun)]
