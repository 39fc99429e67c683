"""Tags of every firm of a snapshot, signed: one dataset, in which an unknown tag is simply not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from exchange import times
from exchange.dataset import Dataset, Form
from exchange.document import Origin
from exchange.ports import Record
from matters import tag_file
from matters.criteria_columns import holds, test_column
from matters.tag_file import Tag
from zhida import dataset_books, policy_find
from zhida.fact_rows import KEY
from zhida.grants_file import GrantsFile
from zhida.hub import Hub
from zhida.snapshot import Snapshot

KIND = "enterprise-tags"
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Tagging:
    """A snapshot about to be tagged."""

    hub: Hub
    site: GrantsFile
    frozen: Snapshot
    tell: Tell = lambda _: None

    def run(self) -> Dataset:
        """Sign the tags as of the snapshot; the head names the snapshot and what the tags mean."""
        tags = tag_file.of_site(self.hub.site.folder / policy_find.FOLDER, self.site.facts)
        as_of = times.instant(self.frozen.as_of)
        on = times.civil_day(as_of)
        unit = self.hub.site.unit
        about = {
            "snapshot": self.frozen.id,
            "snapshot_digest": self.frozen.digest,
            "tags": {name: tag.title for name, tag in tags.items()},
        }
        return dataset_books.of(self.hub).write(
            _rows(self.frozen.frames(), list(tags.values()), on),
            Form(KIND, (KEY,), about),
            Origin(KIND, unit, unit, "hub", self.frozen.name, as_of),
            bucket=self.site.bucket(times.civil_day(self.hub.clock())),
            tell=self.tell,
        )


def _rows(frames: Iterator[pl.DataFrame], tags: Sequence[Tag], on: date) -> Iterator[Record]:
    for frame in frames:
        yield from map(_known, tagged(frame, tags, on).iter_rows(named=True))


def _known(row: Mapping[str, bool | str | None]) -> Record:
    return {name: value for name, value in row.items() if value is not None}


def tagged(frame: pl.DataFrame, tags: Sequence[Tag], on: date) -> pl.DataFrame:
    """Firm and tags, true, false, or null for unknown; ``on``: the day from which periods count."""
    columns = [holds(tag.when, lambda test: test_column(test, on)).alias(tag.name) for tag in tags]
    return frame.select(KEY, *columns)


def counts(hub: Hub, made: Dataset) -> dict[str, int]:
    """How many firms have each tag."""
    told: Mapping[str, str] = made.form.about.get("tags", {})
    found = dict.fromkeys(told, 0)
    for row in dataset_books.of(hub).rows(made):
        for name in found:
            found[name] += row.get(name) is True
    return found
