"""Every kind of entry that the hub writes has a Chinese word."""

from __future__ import annotations

import re

from exchange import dataset_ledger, epoch, pruning
from exchange.entry_words import KINDS
from exchange.store import self_rows
from sandbox.process import ROOT
from zhida import (
    data_request,
    evidence_out,
    finance_show,
    key_book,
    ledger_holds,
    person,
    reread,
    transfer_values,
    vault_book,
)

_WRITTEN = re.compile(r"""\b(?:_?[Ee]ntry\(|_note\(hub, known,)\s*"([a-z-]+)\"""")
_NAMED = {
    *(
        person.READ,
        person.ROW,
        evidence_out.EXPORT,
        transfer_values.LOOK,
        finance_show.LOOK,
        reread.REREAD,
        key_book.KIND,
    ),
    *(vault_book.ARCHIVED, vault_book.ERASING, vault_book.ERASED, pruning.KIND, epoch.KIND),
    *(ledger_holds.HOLD, ledger_holds.RELEASE, dataset_ledger.KIND, self_rows.KIND),
    *(data_request.OPENED, data_request.ANSWERED, data_request.GIVEN),
}
"""Those whose modules give them a name."""


def _kinds() -> set[str]:
    files = [f for name in ("exchange", "zhida") for f in (ROOT / name).rglob("*.py")]
    return {kind for file in files for kind in _WRITTEN.findall(file.read_text("utf-8"))} | _NAMED


def test_each_that_stands_in_the_source_has_a_word() -> None:
    found = _kinds()
    assert len(found) > 60, "the source is read as it is written"
    assert sorted(found - set(KINDS)) == []


def test_no_word_is_an_identifier() -> None:
    assert [word for word in KINDS.values() if word.isascii()] == []
