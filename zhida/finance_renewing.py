"""What has grown too old is asked again under the same request, when its bank reads it and the letter still allows it.

Only what is too old, and only while the bank holds the order by this request: after a loan the hub asks each day
anyway (``finance_watch``), and compares with the order as the request had found it. What was told before stays: the
new facts make a new answer, which names the one that it takes the place of.
"""

from __future__ import annotations

from collections.abc import Sequence

from exchange import times
from exchange.case import CANCELLED
from exchange.corrections import Scene
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from matters import finance_case
from matters.matter import Item
from zhida import (
    clock_start,
    definitions,
    finance_answers,
    finance_claims,
    finance_holding,
    finance_letters,
    finance_requests,
    oa_task,
    progress,
)
from zhida.clock_start import Which
from zhida.finance_answers import Desk
from zhida.finance_letters import Letter
from zhida.finance_requests import Request
from zhida.finance_stopping import ENDED
from zhida.hub import Hub

_APPLIED = "applied"


def renew(desk: Desk, request: Request, letter: Letter) -> tuple[str, ...]:
    """The items that are to be asked again from now on; a reading that finds them so changes nothing more."""
    hub = desk.hub
    if not _is_reserved(hub, request):
        return ()
    documents = finance_requests.papers(hub, request)
    known = finance_answers.papers_of(hub, request, letter, documents)
    old = set(finance_case.stale(desk.checklist, known))
    items = hub.site.matter(finance_requests.MATTER).items.values()
    wanted = [
        each.name
        for each in items
        if each.gives in old and request.items[each.name].state == _APPLIED
    ]
    return hub.ledger.decide(lambda c: _begin(hub, c, request, wanted)) if wanted else ()


def _is_reserved(hub: Hub, request: Request) -> bool:
    try:
        held = finance_claims.standing(hub, case=request.case, bank=request.bank)
    except Rejected:  # another bank had the order: nothing is held
        return True
    return held.state == finance_holding.RESERVED


def _begin(
    hub: Hub, connection: Connection, request: Request, wanted: Sequence[str]
) -> tuple[tuple[str, ...], list[Entry]]:
    """Looked at again under the case's lock: another reading, or a firm that takes its letter back, may have been first."""
    case_rows.lock_case(connection, request.case)
    row = case_rows.get_case(connection, request.case)
    rows = {each.item: each for each in case_rows.items(connection, request.case)}
    begun = tuple(name for name in wanted if rows[name] == request.items[name])
    if row is None or row.state == CANCELLED or not begun or _has_ended(hub, connection, request):
        return (), []
    matter = definitions.of_row(hub.site, connection, row)
    for name in begun:
        _ask_anew(hub, connection, rows[name], matter.items[name])
    told = Entry("finance-renewed", request.case, request.case, {"items": sorted(begun)})
    return begun, [told, *progress.ended(hub, connection, matter, request.case)]


def _ask_anew(hub: Hub, connection: Connection, row: ItemRow, item: Item) -> None:
    """As if nothing had left for it. A person has another task, and the whole time for it from today."""
    Scene(connection, row.case, hub.clock()).set_anew(row)
    case_rows.drop_document(connection, row.case, oa_task.name_of(row.item))
    if item.term is not None:
        today = times.civil_day(hub.clock())
        which = Which(row.case, row.matter, row.item, item.term)
        clock_start.start(connection, which, today, today, holidays=hub.site.holidays)


def _has_ended(hub: Hub, connection: Connection, request: Request) -> bool:
    """Held until the transaction ends, so that whoever takes the letter back finds the case open, and stops it."""
    number = finance_requests.letter_id(hub, request.record)
    letter = finance_letters.read(connection, number, hold=True)
    return letter is None or letter.state(times.civil_day(hub.clock())) in ENDED
