"""Where a number is the key of a row: lists that were taken in, batches that syncs have passed on.

Rows of datasets bear no tag (there are millions a night), so each dataset is opened and searched by its
index: a few milliseconds each, which is why it is asked for apart. A dataset whose key is something
else, or more than the number, is not searched; one whose bucket is erased can't be, and is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from exchange import canonical, times
from exchange.dataset import Dataset
from exchange.errors import Fatal
from exchange.store import dataset_rows, subject_rows
from zhida import dataset_books
from zhida.hub import Hub
from zhida.person_extract import GONE
from zhida.person_told import Telling

_BATCH = "sync-batch"
_MOST = 100_000
"""Datasets that are gone through."""


@dataclass(slots=True)
class InRows:
    """What was found, and how much could be searched."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    searched: int = 0
    other_key: int = 0
    erased: int = 0


def search(
    hub: Hub, telling: Telling, numbers: Iterable[str], tell: Callable[[int], None] = lambda _: None
) -> InRows:
    """Every dataset that has a row of one of the numbers, newest first."""
    wanted, found, books = tuple(numbers), InRows(), dataset_books.of(hub)
    with hub.store.read() as connection:
        known = dataset_rows.listed(connection, limit=_MOST)
    for row in known:
        try:
            dataset = books.get(row.id)
            if len(dataset.form.key) != 1:
                found.other_key += 1
            elif any(books.find(dataset, (each,)) is not None for each in wanted):
                found.rows.append(_told(hub, telling, dataset))
            found.searched += len(dataset.form.key) == 1
        except Fatal as error:
            if error.code not in GONE:
                raise
            found.erased += 1
        tell(found.searched + found.other_key + found.erased)
    return found


def _told(hub: Hub, telling: Telling, dataset: Dataset) -> dict[str, Any]:
    origin = dataset.document.origin
    batch = _batch(hub, str(dataset.form.about.get("batch", "")))
    receiver = str(batch.get("receiver", ""))
    return {
        "dataset": dataset.id,
        "kind": origin.kind,
        "kind_zh": telling.kind(origin.kind),
        "provider": origin.provider,
        "provider_zh": telling.unit(origin.provider),
        "custody": origin.custody,
        "custody_zh": telling.word(origin.provider, origin.custody),
        "as_of": times.stamp(origin.as_of),
        "sync": str(batch.get("sync", "")),
        "receiver": receiver,
        "receiver_zh": telling.unit(receiver),
        "agreement": str(batch.get("agreement", "")),
        "purpose": str(batch.get("purpose", "")),
    }


def _batch(hub: Hub, identifier: str) -> Mapping[str, Any]:
    """The ledger's word of the batch that a sync passed on; nothing of a list that only came in."""
    if not identifier:
        return {}
    with hub.store.read() as connection:
        notes = subject_rows.notes(connection, [identifier], (_BATCH,))
    if not notes:
        return {}
    told: dict[str, Any] = canonical.loads(notes[0][3])
    with suppress(Fatal):  # a system that the site has no longer
        told["receiver"] = hub.site.system(str(told["target"]).partition("/")[0]).unit
    return told
