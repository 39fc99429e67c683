"""What a holder's own machine does with its lists: read them as the hub would, and sign what *it* read.

The same adapter and the same mapping; the key is the unit's, and so are the books in which the list, the
bytes that it was read from and the signer's own log are kept. A row that can't be read is left out and
told by its place; a list of which too much can't be read is not signed at all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from adapters.bulk import BulkSource
from exchange import dataset_file, times
from exchange.dataset import Dataset
from exchange.datasets import Datasets
from exchange.document import Origin
from zhida import fact_batch, fact_outcome
from zhida.fact_batch import Batch
from zhida.fact_rows import KIND
from zhida.grants_file import FactSource

BUCKET = "signer"


@dataclass(frozen=True, slots=True)
class ListSigner:
    """One unit's signer of lists."""

    source: FactSource
    books: Datasets
    """The unit's own."""
    out: Path
    """Where the signed lists lie for the hub."""

    def run(self, adapter: BulkSource) -> Mapping[str, object]:
        """Sign what waits: the file's name and the counts; ``{}`` if nothing new is there."""
        batch = fact_batch.take(adapter, self.source, "", lambda _: False)
        if not batch.used:
            return {}
        fact_outcome.check(self.source, batch)
        made = self._signed(batch, adapter.mapping(self.source.stream).digest)
        name = self._handed_over(made)
        adapter.settle(self.source.stream, batch.keys)
        wrong = [each.place.rpartition("#")[2] for each in batch.gathered.wrong]
        counts = {"count": batch.gathered.count, "rows": made.count, "invalid": len(wrong)}
        return {"file": name, "dataset": made.id, **counts, "invalid_rows": wrong}

    def _signed(self, batch: Batch, mapping: str) -> Dataset:
        unit, system, now = self.source.unit, self.source.system, self.books.parts.clock()
        as_of = min(batch.as_of, now) if batch.as_of else now
        origin = Origin(KIND, unit, unit, "unit", system, as_of, mapping_digest=mapping)
        form = fact_batch.form(self.source, batch)
        rows = batch.gathered.in_order()
        return self.books.write(rows, form, origin, bucket=BUCKET, raw=batch.raw)

    def _handed_over(self, made: Dataset) -> str:
        """Whole, or not there."""
        at = times.stamp(made.document.origin.as_of)
        name = f"{''.join(filter(str.isdigit, at))}-{made.id[:8]}.list"
        draft = self.out / f".{name}.tmp"
        rows = chain.from_iterable(self.books.parts_of(made))
        with draft.open("wb") as file:
            file.writelines(dataset_file.written(made.document.token, rows))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.out / name)
        return name
