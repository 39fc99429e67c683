"""Order finance over REST: letters are handed in, requests asked, answers read; each by the bank whose they are.

A bank sends the letter as the firm signed it, then the request that names it. What can be found out within
``answer_seconds`` is in the answer; the sweeps go on with the rest, and an answer says whether it is complete.
Each reading is allowed anew by the letter, counted and written down before anything leaves (``finance_access``);
``Idempotency-Key`` names a reading that is repeated. What belongs to another bank looks as if it were not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import agreement as agreements
from exchange import pointer, times
from exchange.agreement import Agreement, Flow
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.ports import Record
from zhida import (
    finance_access,
    finance_after_served,
    finance_answers,
    finance_asking,
    finance_claiming,
    finance_cover,
    finance_letters,
    finance_live,
    finance_postings,
    finance_refusals,
    finance_renewing,
    finance_requests,
    finance_revoking,
    finance_stopping,
    finance_telling,
)
from zhida.finance_access import READ, REQUEST, Reading
from zhida.finance_answers import Asked, Desk
from zhida.finance_holding import FINANCED
from zhida.finance_letters import Letter
from zhida.finance_requests import KIND, MATTER, Request
from zhida.finance_telling import REQUESTS
from zhida.hub import Hub
from zhida.serve_file import Settings
from zhida.serve_route import Call, Route, Told

LETTERS = "/finance/letters"


def routes(hub: Hub, settings: Settings) -> tuple[Route, ...]:
    """All of them. ``Invalid`` where the site's files of order finance are wrong."""
    hub.site.matter(MATTER)

    def made(desk: Desk) -> tuple[Route, ...]:
        return of(BankDesk(desk, settings.answer_seconds)) + finance_after_served.routes(desk)

    live = finance_live.Live(hub, made)
    return tuple(finance_refusals.recorded(hub, each) for each in live.routes())


def of(desk: BankDesk) -> tuple[Route, ...]:
    """The routes that a desk answers."""
    return (
        Route("POST", LETTERS, "finance", desk.take_letter),
        Route("POST", f"{LETTERS}/revocations", "finance", desk.take_back),
        Route("POST", REQUESTS, "finance", desk.ask),
        Route("GET", f"{REQUESTS}/{{number}}", "finance", desk.look),
        Route("POST", f"{REQUESTS}/{{number}}/withdrawal", "finance", desk.withdraw),
    )


class BankDesk:
    """Answers banks' programs. Thread-safe. ``seconds``: for which a caller is kept waiting."""

    def __init__(self, desk: Desk, seconds: float) -> None:
        self._desk, self._hub, self._seconds = desk, desk.hub, seconds

    def take_letter(self, call: Call) -> Told:
        """A letter, as the firm signed it: ``{"letter": "<compact JWS>"}``."""
        self._permit(finance_letters.KIND, call.client.unit, self._hub.site.unit)
        token = _text(call, "letter")
        letter = finance_letters.take(
            self._hub,
            self._desk.rules,
            bank=call.client.unit,
            token=token,
            known=self._desk.checklist.datasets,
        )
        return Told(self._letter(letter), 201)

    def take_back(self, call: Call) -> Told:
        """A firm's signed word that a letter does not hold any more: ``{"revocation": "<compact JWS>"}``."""
        token = _text(call, "revocation")
        letter = finance_revoking.revoke(self._hub, self._desk.rules, token=token)
        finance_stopping.stop(self._hub)
        return Told({"id": letter, "state": finance_letters.REVOKED})

    def ask(self, call: Call) -> Told:
        """A request; the same again is a reading of its answer."""
        record = self._record(call)
        known = finance_requests.find(self._hub, call.client.unit, str(record["number"]))
        if known is not None:
            finance_requests.require_same(known, record)
            name = finance_postings.name(_key(call), record)
            again = finance_postings.is_again(self._hub, call.client.unit, name)
            return self._read(call, known, act=REQUEST if again else READ)
        letter = self._allowed(call, record, act=REQUEST)
        covered = [name for name in self._desk.checklist.datasets if name in letter.datasets]
        record = finance_requests.of_bank(self._hub, call.client.unit, call.json(), covered)
        request = finance_requests.take(self._hub, record, letter)
        return self._answer(call, request, letter)

    def look(self, call: Call) -> Told:
        """How a request of this bank stands now."""
        found = finance_requests.find(self._hub, call.client.unit, call.path["number"])
        if found is None:
            raise Rejected("finance.no-request")
        return self._read(call, found)

    def withdraw(self, call: Call) -> Told:
        """The bank does not lend on it: the order is free for others. Again it changes nothing."""
        found = finance_requests.find(self._hub, call.client.unit, call.path["number"])
        if found is None:
            raise Rejected("finance.no-request")
        state = finance_claiming.decline(self._hub, found)
        if state == FINANCED:
            raise Rejected("finance.loan-of-request", request=found.number)
        return Told({"request": found.number, "state": state})

    def _read(self, call: Call, request: Request, act: str = READ) -> Told:
        case = request.case if act == READ else ""
        letter = self._allowed(call, request.record, act=act, case=case)
        finance_requests.put_letter(self._hub, request, letter)
        finance_renewing.renew(self._desk, request, letter)
        return self._answer(call, request, letter)

    def _answer(self, call: Call, request: Request, letter: Letter) -> Told:
        """Everybody is asked what is not known yet, and what is known then is told."""
        broken = finance_asking.ask(self._hub, request, self._seconds)
        return finance_telling.told(self._desk, call, Asked(request, letter, broken))

    def _record(self, call: Call) -> Record:
        """What was sent, as the hub keeps it; not more than the bank may hand in."""
        given = call.json()
        if not isinstance(given, Mapping) or given.keys() & {"id", "bank", "received_on", "leave"}:
            raise Invalid("finance.request-form")
        allowed = self._permit(KIND, call.client.unit, self._hub.site.unit)
        _, withheld = agreements.split(pointer.flatten(given), allowed)
        if withheld:
            raise Forbidden("finance.not-agreed", agreement=allowed.id, path=withheld[0])
        return finance_requests.of_bank(self._hub, call.client.unit, given)

    def _allowed(self, call: Call, record: Record, *, act: str, case: str = "") -> Letter:
        """The letter by which this reading is allowed, which has been counted."""
        self._permit(finance_answers.KIND, self._hub.site.unit, call.client.unit)
        number = finance_requests.letter_id(self._hub, record)
        reading = Reading(
            id=finance_postings.name(_key(call), record) if act == REQUEST else _key(call),
            bank=call.client.unit,
            letter=number,
            datasets=self._datasets(number),
            purpose=finance_cover.ORDER_FINANCE,
            case=case,
            order=str(record["order"]),
            act=act,
        )
        finance_access.allow(self._hub, self._desk.rules, reading)
        return finance_letters.get(self._hub.store, number)

    def _datasets(self, letter: str) -> tuple[str, ...]:
        """What of the letter's data there are checks for; of an unknown letter everything is asked."""
        known = self._desk.checklist.datasets
        with self._hub.store.read() as connection:
            found = finance_letters.read(connection, letter)
        covered = [name for name in known if found is None or name in found.datasets]
        return tuple(covered) or known

    def _permit(self, kind: str, provider: str, receiver: str) -> Agreement:
        flow = Flow(provider, receiver, kind, self._hub.site.matter(MATTER).purpose)
        return agreements.permit(
            self._hub.site.agreements, flow, times.civil_day(self._hub.clock())
        )

    def _letter(self, letter: Letter) -> dict[str, Any]:
        today = times.civil_day(self._hub.clock())
        return {
            "id": letter.id,
            "state": letter.state(today),
            "valid_until": letter.row.valid_until,
            "uses_left": letter.row.max_uses - letter.row.uses,
        }


def _key(call: Call) -> str:
    return call.headers.get("idempotency-key", call.id)


def _text(call: Call, name: str) -> str:
    given = call.json()
    token = given.get(name) if isinstance(given, Mapping) and set(given) == {name} else None
    if not isinstance(token, str):
        raise Invalid("finance.body-form", name=name)
    return token
