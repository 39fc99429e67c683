"""What the other side says of a batch: which rows it has, which not and why. A dataset, signed by it.

Its rows are those of the batch that it did not bring about, by their place in the batch's dataset; its head
says how many came to what. Nobody but the two sides needs to read it, so it has no document of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from exchange import canonical, dataset_file
from exchange.dataset import Dataset, Form
from exchange.errors import Problem, Rejected
from exchange.ports import Record
from exchange.store.sync_batch_rows import BatchRow, Counts
from zhida.message import told
from zhida.sync_sorted import INVALID, QUARANTINED, REFUSED, Held

KIND = "sync-answer"
_WIDTH = 7
"""Digits of a row's place: a batch has at most 100,000."""
_KINDS = (INVALID, QUARANTINED, REFUSED)
Lost = Mapping[int, Held]
"""Place in the batch's dataset → why the row is not there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one batch."""

    batch: str
    dataset: str
    counts: Counts
    lost: Lost


def message(batch: str) -> str:
    """Under which id the answer to a batch crosses."""
    return f"answer-{batch}"


def form(sent: BatchRow, counts: Counts) -> Form:
    """What the head of the answer says."""
    stated = {name: value for name, value in asdict(counts).items() if value}
    return Form(KIND, ("row",), {"batch": sent.id, "dataset": sent.dataset, "counts": stated})


def rows(lost: Lost) -> Iterator[Record]:
    """Each row that is not there, and why."""
    for place in sorted(lost):
        held = lost[place]
        problems = canonical.dumps(told(held.problems)).decode()
        yield {"row": f"{place:0{_WIDTH}}", "kind": held.kind, "problems": problems}


def read(head: Dataset, raw: bytes, records: Sequence[Record]) -> Answer:
    """``records``: the rows of the batch. ``Rejected`` for what is no answer to it."""
    try:
        about: Any = head.form.about
        counts = Counts(**{str(name): int(value) for name, value in about["counts"].items()})
        lost = dict(_lost(each.record, records) for each in dataset_file.rows(raw))
        return Answer(str(about["batch"]), str(about["dataset"]), counts, lost)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise Rejected("sync.answer-wrong", dataset=head.id) from None


def _lost(row: Record, records: Sequence[Record]) -> tuple[int, Held]:
    place, kind = int(row["row"]), row["kind"]
    if kind not in _KINDS or place < 0:
        raise ValueError
    found = canonical.loads(row["problems"].encode())
    problems = tuple(Problem(each.pop("code"), each) for each in found)
    return place, Held(kind, problems, records[place])


def ended(sent: BatchRow, answer: Answer) -> Counts:
    """The counts of a batch once it is answered. ``Rejected`` for an answer that does not add up to it."""
    one, told_of = sent.counts, answer.counts
    made = Counts(
        read=one.read,
        applied=one.applied + told_of.applied + told_of.unchanged,
        unchanged=one.unchanged,
        invalid=one.invalid + told_of.invalid,
        quarantined=one.quarantined + told_of.quarantined,
        refused=one.refused + told_of.refused,
        gone=one.gone,
        deleted=told_of.deleted,
        kept=told_of.kept,
    )
    right = made.is_exact and made.gone == made.deleted + made.kept
    if not right or len(answer.lost) != told_of.wrong + told_of.kept:
        raise Rejected("sync.answer-wrong", dataset=answer.dataset)
    return made
