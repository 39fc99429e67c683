"""What came of taking a holder's facts in, counted: nothing that came is in no column."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from exchange.dataset import Dataset
from exchange.errors import Rejected
from zhida.fact_batch import Batch
from zhida.grants_file import FactSource


@dataclass(frozen=True, slots=True)
class Synced:
    """What came of one source: ``count == rows + invalid + duplicates``."""

    system: str
    state: str
    """``synced``, ``nothing`` (there was nothing new), ``waiting`` (not due yet), ``stopped``, ``busy`` (another
    process is at it)."""
    dataset: str = ""
    count: int = 0
    rows: int = 0
    invalid: int = 0
    duplicates: int = 0
    passed: int = 0
    """Whole lists that a later one took the place of, or that had come before."""
    total: int = 0
    """Firms in the dataset: of changes, those that were known before too."""
    problems: dict[str, int] = field(default_factory=dict)
    """Code → rows with it."""


def of(system: str, batch: Batch, made: Dataset) -> Synced:
    """The counts of a batch that became a dataset."""
    gathered = batch.gathered
    return Synced(
        system,
        "synced",
        dataset=made.id,
        count=gathered.count,
        rows=len(gathered.rows),
        invalid=len(gathered.wrong),
        duplicates=gathered.duplicates,
        passed=batch.passed,
        total=made.count,
        problems=problems(batch),
    )


def signed(system: str, made: Dataset, passed: int) -> Synced:
    """The counts of a list that its holder has signed: every row of it is there."""
    count = made.count
    return Synced(
        system,
        "synced",
        dataset=made.id,
        count=count,
        rows=count,
        passed=passed,
        total=count,
    )


def counts(done: Synced) -> dict[str, int]:
    """For the ledger."""
    names = ("count", "rows", "invalid", "duplicates", "passed", "total")
    return {name: getattr(done, name) for name in names}


def problems(batch: Batch) -> dict[str, int]:
    """Code → rows of the batch that have it."""
    found: Counter[str] = Counter()
    for wrong in batch.gathered.wrong:
        found.update({problem.code for problem in wrong.problems})
    return dict(found)


def check(source: FactSource, batch: Batch) -> None:
    """``Rejected`` for a list of which more can't be read than the source may have wrong."""
    counts, gathered = problems(batch), batch.gathered
    if 100 * len(gathered.wrong) > source.most_invalid * gathered.count:
        raise Rejected(
            "facts.too-many-invalid",
            system=source.system,
            invalid=len(gathered.wrong),
            count=gathered.count,
            most=max(counts, key=lambda code: counts[code]),
        )
