"""Places in a signer's log, as those are told who ask what came after: a number, and it survives a restore.

After a restore the log is shorter than it was. Who had come further would ask for what lies beyond its
end, and miss whatever takes the place of the lost entries. So a place counts the restores before it; one
of before a restore is no further than the backup was.
"""

from __future__ import annotations

from exchange import epoch
from exchange.errors import Rejected
from exchange.store import ledger_rows
from exchange.store.engine import Connection

EPOCHS = "epoch/"
"""How the ids of restores begin, by which their entries are found."""
_STEP = 10**12


def entry(connection: Connection, place: int) -> int:
    """From which entry of the present log on whoever has come to ``place`` is to be told.

    ``Rejected signer.beyond`` for a place that this log never had: it was longer once.
    """
    restores = [epoch.read(row.body) for row in ledger_rows.entries_about(connection, EPOCHS)]
    known, number = divmod(place, _STEP)
    first = min([number, *(each.size for each in restores[known:])])
    head = ledger_rows.head(connection)
    if known > len(restores) or first > (head.size if head else 0):
        raise Rejected("signer.beyond")
    return first


def place(connection: Connection, number: int) -> int:
    """The place of entry ``number`` of the present log."""
    return len(ledger_rows.entries_about(connection, EPOCHS)) * _STEP + number
