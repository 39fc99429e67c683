"""Two items of one case that end at once, in two processes, on PostgreSQL."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

from exchange.ledger import Entry
from exchange.store import case_rows
from exchange.store.engine import Connection
from zhida import progress
from zhida.hub import Hub

STORES = ("postgresql",)


def test_what_waits_for_both_is_freed_by_the_later_one(town: Any) -> None:
    """Each sees its own item over and the other's as it was, unless they decide in turn."""
    certificate = town.bear(1)
    town.take_in()
    case = town.case(certificate).id
    before = {"birth": "applied", "household": "sent", "insurance": "sent", "reply": "waiting"}
    with town.hub.store.write() as connection:
        for item, state in before.items():
            case_rows.set_item(connection, case, item, {"state": state})
    both = Barrier(2)

    def end(hub: Hub, item: str) -> None:
        def work(connection: Connection) -> list[Entry]:
            case_rows.set_item(connection, case, item, {"state": "applied"})
            both.wait(30)
            return progress.ended(hub, connection, town.matter, case)

        hub.ledger.commit(work)

    other = town.open_hub()
    threads = [
        Thread(target=end, args=(town.hub, "household")),
        Thread(target=end, args=(other, "insurance")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert town.states(certificate)["reply"] == "ready"
