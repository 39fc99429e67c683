"""How new data is to be, by whose promise, and how new it is.

``promises`` is the one place that knows of them all: what a unit promises in ``catalogue.yaml``,
what ``grants.yaml`` demands of lists of facts, and how old a sync lets its data become. Whatever else has a promise
joins here, with one more generator, and is then in the catalogue and in ``zhida report freshness``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange import times
from exchange.custody import several
from exchange.store.catalogue_rows import Newest
from zhida import catalogue_schema, catalogue_sources, grants_schema, sync_file
from zhida.catalogue_file import CatalogueFile
from zhida.catalogue_sources import Giver
from zhida.fact_rows import KIND
from zhida.report_spread import lasted

WITHIN, LATE, NEVER, NO_PROMISE = "within", "late", "never", "no-promise"


@dataclass(frozen=True, slots=True)
class Promise:
    """The newest ``as_of`` of a kind from a unit lies no further back than ``within``."""

    document: str
    provider: str
    within: timedelta
    told_by: str
    """The file that says so."""
    system: str = ""
    """Of one system's only; empty: of all that the unit gives."""


def promises(givers: Iterable[Giver], declared: CatalogueFile) -> list[Promise]:
    """All of a site. Of several about the same data the strictest counts."""
    known = list(givers)
    return [*_declared(declared), *_lists(known), *_syncs(known)]


def _declared(declared: CatalogueFile) -> Iterator[Promise]:
    for (document, provider), each in declared.resources.items():
        if each.fresh is not None:
            yield Promise(document, provider, each.fresh, catalogue_schema.FILE)


def _lists(givers: Iterable[Giver]) -> Iterator[Promise]:
    for each in givers:
        if each.way == catalogue_sources.LIST and each.source is not None:
            within = each.source.fresh
            yield Promise(KIND, each.unit, within, grants_schema.FILE, each.system)


def _syncs(givers: Iterable[Giver]) -> Iterator[Promise]:
    for each in givers:
        if each.within is not None:
            file = f"{sync_file.FOLDER}/{each.name}.yaml"
            yield Promise(each.document, each.unit, each.within, file, each.system)


def strictest(known: Iterable[Promise], system: str) -> Promise | None:
    """The strictest of those that are about one system (empty: about the unit's data as a whole)."""
    own = (each for each in known if each.system == system)
    return min(own, key=lambda each: each.within, default=None)


def words(within: timedelta) -> str:
    """A promise for a person.

    >>> words(timedelta(days=2)), words(timedelta(hours=36))
    ('2 天以内', '1 天 12 小时以内')
    """
    return (
        f"{lasted(int(within.total_seconds())).removesuffix(' 0 小时').removesuffix(' 0 分')}以内"
    )


@dataclass(frozen=True, slots=True)
class Age:
    """What the store knows of one system's data of a kind."""

    number: int = 0
    """Documents, or rows' datasets."""
    as_of: str = ""
    """Of the newest; empty: nothing has come."""
    custody: str = ""
    late_s: int | None = None
    """Seconds beyond the promise; None: within it, or nothing to measure by."""
    verdict: str = NO_PROMISE
    promise: Promise | None = None

    @property
    def is_bad(self) -> bool:
        """Does somebody have to do something?"""
        return self.verdict in (LATE, NEVER)


def age(rows: Iterable[Newest], promise: Promise | None, now: datetime) -> Age:
    """Put together of what one system gave of a kind.

    >>> from datetime import UTC
    >>> row = Newest("k", "u", "hub", "s", 3, "2026-01-01T00:00:00.000000Z", "")
    >>> promise = Promise("k", "u", timedelta(days=1), "catalogue.yaml")
    >>> age([row], promise, datetime(2026, 1, 3, tzinfo=UTC)).late_s
    86400
    >>> age([], promise, datetime(2026, 1, 3, tzinfo=UTC)).verdict
    'never'
    """
    found = list(rows)
    as_of = max((each.as_of for each in found), default="")
    custody = several(each.custody for each in found)
    number = sum(each.number for each in found)
    if promise is None or not as_of:
        return Age(
            number, as_of, custody, verdict=NEVER if promise else NO_PROMISE, promise=promise
        )
    late = int((now - times.instant(as_of) - promise.within).total_seconds())
    if late <= 0:
        return Age(number, as_of, custody, verdict=WITHIN, promise=promise)
    return Age(number, as_of, custody, late, LATE, promise)
