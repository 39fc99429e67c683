"""A place told before a restore is no further than the backup was; after it, places count on."""

from __future__ import annotations

import pytest

from exchange import epoch
from exchange.epoch import Lost
from exchange.errors import Rejected
from exchange.ports import utc_now
from exchange.store.engine import Connection
from tests.signer.own_home import OwnHome
from zhida import signer_places
from zhida.signer_desk import SignerDesk


def restored(desk: SignerDesk, size: int) -> None:
    entry = epoch.entry(f"epoch/{size}", size=size, backup_at=utc_now(), lost=Lost())
    desk.ledger.commit(lambda _: [entry])


def entry(desk: SignerDesk, place: int) -> int:
    with desk.store.read() as connection:
        return signer_places.entry(connection, place)


def place(connection: Connection, number: int) -> int:
    return signer_places.place(connection, number)


def test_a_log_that_was_never_restored_counts_its_entries(own: OwnHome) -> None:
    desk = own.desk()
    own.births(desk, 1, 2)
    with desk.store.read() as connection:
        assert place(connection, 2) == 2
    assert [entry(desk, each) for each in (0, 1, 2)] == [0, 1, 2]
    for beyond in (3, 10**12, 10**15 - 1):
        with pytest.raises(Rejected, match=r"signer\.beyond"):
            entry(desk, beyond)


def test_after_restores_each_goes_back_to_where_it_has_really_been(own: OwnHome) -> None:
    desk = own.desk()
    own.births(desk, 1, 2)
    restored(desk, 2)  # entry 2
    with desk.store.read() as connection:
        first = place(connection, 3)
    own.births(desk, 3, 4, 5)
    restored(desk, 6)
    assert [entry(desk, each) for each in (1, 2, 90)] == [1, 2, 2]
    assert [entry(desk, first + more) for more in (0, 2, 80)] == [3, 5, 6]
    with desk.store.read() as connection:
        assert place(connection, 7) == 2 * 10**12 + 7
