"""A letter does not hold any more: nobody is asked by it from now on. What was asked is not asked back."""

from __future__ import annotations

from exchange import times
from exchange.ledger import Entry
from exchange.store import case_rows
from exchange.store.engine import Connection
from zhida import cancelling, finance_letters, finance_requests
from zhida.cancelling import Words
from zhida.finance_letters import EXPIRED, REVOKED
from zhida.hub import Hub

ENDED = {REVOKED: "企业撤回了授权书", EXPIRED: "授权书已到期"}
"""State of a letter → why nothing more is asked by it."""


def stop(hub: Hub) -> int:
    """Every open request whose letter was taken back or has run out is cancelled; how many were."""
    with hub.store.read() as connection:
        listed = case_rows.list_cases(connection, finance_requests.MATTER)
    open_ones = [row.id for row in listed if row.state == "open"]
    return sum(_stop(hub, case) for case in open_ones)


def _stop(hub: Hub, case: str) -> bool:
    record = finance_requests.read(hub, case).record
    number = finance_requests.letter_id(hub, record)
    with hub.store.read() as connection:
        if _state(hub, connection, number) not in ENDED:
            return False  # so it is with nearly all of them, each minute

    def write(connection: Connection) -> tuple[bool, list[Entry]]:
        case_rows.lock_case(connection, case)
        row, state = case_rows.get_case(connection, case), _state(hub, connection, number)
        if row is None or row.state != "open" or state not in ENDED:
            return False, []
        words = Words(hub.site.unit, ENDED[state], ())
        return True, cancelling.carry_out(hub, connection, case, words)

    return hub.ledger.decide(write)


def _state(hub: Hub, connection: Connection, number: str) -> str:
    letter = finance_letters.read(connection, number)
    return letter.state(times.civil_day(hub.clock())) if letter else ""
