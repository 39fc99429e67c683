"""What two processes do in the same moment to the same case, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest

from exchange.ledger import Entry
from exchange.store import case_rows, document_rows
from exchange.store.engine import Connection
from zhida import intake, progress
from zhida.hub import Hub
from zhida.intake import Intake
from zhida.message import Stream

STORES = ("postgresql",)


def at_once(*work: Callable[[], None]) -> None:
    threads = [Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_a_message_that_two_take_in_at_once_is_one_case_and_nobody_s_mistake(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later one's insert is refused by the database: it looks again, and knows the message."""
    certificate = town.declare(2)
    town.clock.skip(61)
    both, remember = Barrier(2), document_rows.remember

    def together(*given: Any, **told: Any) -> None:
        with suppress(BrokenBarrierError):  # who looks again comes alone
            both.wait(5)
        remember(*given, **told)

    monkeypatch.setattr(document_rows, "remember", together)
    other, found = town.open_hub(), list[Intake]()

    def look(hub: Hub) -> None:
        """Without the stream's lock: as a queue hands a message to two when a line was cut."""
        opening = town.matter.opens_on[0]
        stream = Stream(hub, town.matter, opening, hub.site.systems["oa"])
        found.append(intake.look(stream, lambda: hub.adapter(stream.system)))

    at_once(lambda: look(town.hub), lambda: look(other))
    other.close()
    assert [each.error for each in found] == [None, None]
    assert found[0].words + found[1].words == {"opened": 1, "known": 1}
    assert town.case(certificate).state == "open"


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
    at_once(lambda: end(town.hub, "household"), lambda: end(other, "insurance"))
    other.close()
    assert town.states(certificate)["reply"] == "ready"
