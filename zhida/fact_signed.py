"""Facts that their holder has signed itself (custody ``unit``): taken in as they are, or not at all.

The hub neither maps nor mends them: one row that it can't use makes the list one to send again, for
what is left of a signed list is nobody's word. Of several lists the one with the latest ``as_of``
counts; an older one that comes later changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.bulk import BulkSource
from exchange import dataset_file, dataset_taking, times
from exchange.dataset import Dataset
from exchange.errors import Rejected
from exchange.ports import Parcel
from exchange.store import dataset_rows
from zhida import dataset_books, fact_rows
from zhida.fact_rows import KEY, KIND
from zhida.grants_file import FactSource
from zhida.hub import Hub

CUSTODY = "unit"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What lies at the holder's."""

    cursor: str
    keys: Sequence[str]
    """Of all parcels that are done with once this is stored."""
    chosen: Parcel | None
    head: Dataset | None
    passed: int


def look(
    hub: Hub, source: FactSource, adapter: BulkSource, cursor: str, known: Callable[[str], bool]
) -> Waiting:
    """``Rejected`` for a list that its holder did not sign, ``Invalid`` for what is none."""
    waiting, after = adapter.take(source.stream, cursor)
    new = [each for each in waiting if not known(each.key)]
    opened = [(_opened(hub, source, each), each) for each in new]
    newest = max(opened, key=lambda pair: pair[0].document.origin.as_of, default=None)
    keys = [each.key for each in waiting]
    if newest is None or not _is_newer(hub, source, newest[0]):
        return Waiting(after, keys, None, None, len(waiting))
    head, chosen = newest
    _check_rows(source, chosen.raw)
    return Waiting(after, keys, chosen, head, len(waiting) - 1)


def _opened(hub: Hub, source: FactSource, parcel: Parcel) -> Dataset:
    if parcel.error is not None:
        raise parcel.error
    found = dataset_taking.opened(dataset_books.of(hub), parcel.raw)
    origin = found.document.origin
    told = {
        "kind": (origin.kind, KIND),
        "iss": (origin.issuer, source.unit),
        "provider": (origin.provider, source.unit),
        "custody": (origin.custody, CUSTODY),
        "source": (origin.source, source.system),
        "key": (found.form.key, (KEY,)),
    }
    wrong = [name for name, (one, other) in told.items() if one != other]
    if wrong or origin.as_of > hub.clock() + times.SKEW:
        field = ", ".join(wrong) or "as_of"
        raise Rejected("facts.signed-head", system=source.system, field=field)
    return found


def _is_newer(hub: Hub, source: FactSource, found: Dataset) -> bool:
    with hub.store.read() as connection:
        before = dataset_rows.newest(connection, KIND, source.system)
    return before is None or before.as_of < times.stamp(found.document.origin.as_of)


def _check_rows(source: FactSource, raw: bytes) -> None:
    wrong: Counter[str] = Counter()
    for row in dataset_file.rows(raw):
        try:
            fact_rows.facts_of(row.record, source.gives)
        except Rejected as error:
            wrong[error.code] += 1
    if wrong:
        ((most, _),) = wrong.most_common(1)
        system, invalid = source.system, wrong.total()
        raise Rejected("facts.signed-rows", system=system, invalid=invalid, most=most)
