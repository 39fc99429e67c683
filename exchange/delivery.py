"""One effect, whatever happens (design: section 4).

The truth is the delivery row. A worker that owns the effect's liveness lock sees in it what the
worker before did: nothing (send), perhaps something (wait until it has settled, probe), or
everything (the old receipt again). ``kill -9`` between any two lines leaves one of these.

States of a delivery::

    pending  ─ asked for; surely nothing is there yet
    sent     ─ the request may have left, and its worker lives, or has died: the lock tells
    unknown  ─ it may have left and nobody is at it: settle, then probe
    stored   ─ the target has it, a person there must act
    applied, refused ─ over
    parked   ─ a person must find out
    given-up ─ two people have ended it: no order sends it any more
    invalid  ─ the wire could not carry it; nothing left
"""

from __future__ import annotations

from dataclasses import replace

from exchange import times, turn
from exchange.bookkeeping import Order
from exchange.case import CANCELLED, ENDED
from exchange.due import BUSY_POLL, settled
from exchange.errors import Forbidden, Invalid, Rejected, Retriable
from exchange.journal import Attempt, Follow, Journal
from exchange.ledger import Ledger
from exchange.locks import Locks
from exchange.outcome import (
    ABSENT,
    BUSY,
    Outcome,
    cannot_ask,
    of_acting,
    of_call,
    of_invalid,
    of_preparing,
)
from exchange.ports import Adapter, Clock, Prepared
from exchange.store.case_rows import WORKABLE, ItemRow
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Store
from exchange.vault import Vault


class Delivery:
    """Brings effects about, once each. Thread-safe."""

    def __init__(
        self, *, store: Store, ledger: Ledger, locks: Locks, vault: Vault, clock: Clock
    ) -> None:
        self._journal = Journal(
            store=store, ledger=ledger, vault=vault, clock=clock, owner=locks.owner
        )
        self._locks = locks
        self._vault = vault
        self._clock = clock

    def deliver(self, order: Order, adapter: Adapter, follow: Follow) -> Outcome:
        """Work on the order once, if its item is due: send, probe, or give the old receipt again.

        No error of the data or of the target leaves it; ``Retriable`` and ``Fatal`` of our own
        store, vault and locks do.
        """
        try:
            return self._unless_invalid(order, adapter, follow)
        except Retriable as error:  # our lock was lost, and another worker goes on from here
            if error.code != "delivery.overtaken":
                raise
        return self._journal.busy(order, self._clock() + BUSY_POLL)

    def _unless_invalid(self, order: Order, adapter: Adapter, follow: Follow) -> Outcome:
        try:
            attempt = Attempt.plan(self._vault.tag, order, adapter, follow)
        except Invalid as error:
            _, item = self._journal.look(order, "")
            if self._is_due(item):
                return self._journal.unsent(order, follow, of_invalid(error), seen=item)
            return BUSY
        with self._locks.hold(attempt.chain) as owned:  # so one version at a time is on its way
            if owned:
                return self._owned(attempt)
        return self._journal.busy(order, self._clock() + BUSY_POLL)

    def _owned(self, attempt: Attempt) -> Outcome:
        row, item = self._journal.look(attempt.order, attempt.effect)
        attempt = replace(attempt, seen=item)
        over = row is not None and row.state in ("applied", "refused")
        same = row is not None and row.content == attempt.content
        if not self._is_due(item):  # another worker has just been at it
            ended = item is not None and item.state in ENDED
            return self._known(attempt, row) if row and over and same and ended else BUSY
        if row is None or row.state in ("pending", "invalid") or (over and not same):
            return self._anew(attempt, row)
        return self._again(attempt, row) if over else self._unsettled(attempt, row)

    def _anew(self, attempt: Attempt, row: DeliveryRow | None) -> Outcome:
        """As far as our store knows, this content never came about."""
        if row is not None and row.state == "applied":
            other = bool(row.content)  # else only the target's own books have told us of it
            return self._again(attempt, row) if other else self._adopt(attempt, row)
        since = self._journal.doubt(attempt.order.system)
        if since is None or attempt.order.operation.idempotence in ("natural", "keyed"):
            return self._send_in_turn(attempt, row)
        prepared = of_preparing(attempt.prepare)
        if isinstance(prepared, Outcome):  # what can't be built now could not be built before
            return self._unbuilt(attempt, row, prepared)
        return self._find_out(attempt, self._journal.in_doubt(attempt, row, since))

    def _adopt(self, attempt: Attempt, row: DeliveryRow) -> Outcome:
        """A restored store does not know how it came about, and the target has it."""
        order = attempt.order
        mine = replace(row, case=order.case, item=order.item)
        if order.operation.idempotence in ("natural", "keyed"):  # a repetition, of what we forgot
            return self._send(attempt, replace(mine, state="unknown"))
        mine = replace(mine, content=attempt.content)
        if order.operation.idempotence == "probe":
            return self._ask(attempt, replace(mine, state="stored"))
        if row.state == "stored":
            told = Outcome("parked", "delivery.waiting-there", {"effect": row.effect})
            return self._journal.finish(attempt, mine, told)
        told = Outcome("applied", "delivery.duplicate", {"effect": row.effect})
        return self._journal.again(attempt, row, told)

    def _again(self, attempt: Attempt, row: DeliveryRow) -> Outcome:
        return self._journal.again(attempt, row, self._known(attempt, row))

    def _is_due(self, item: ItemRow | None) -> bool:
        if item is None:
            return True
        return item.state in WORKABLE and item.next_at <= times.stamp(self._clock())

    # --- what can be done -----------------------------------------------------------------

    def _send_in_turn(self, attempt: Attempt, before: DeliveryRow | None) -> Outcome:
        """Never before an earlier version is over, nor after a later one."""
        order, others = attempt.order, self._journal.others(attempt)
        verdict = turn.of(others, order, attempt.content)
        if verdict is not None and before is not None:
            self._journal.not_there(before)
        if verdict is BUSY:
            return self._journal.busy(order, self._clock() + BUSY_POLL)
        if verdict is not None:
            return self._unsent(attempt, verdict)
        if before is None and order.operation.corrects and order.operation.idempotence == "probe":
            return self._send_unless_there(attempt)
        return self._send(attempt, before)

    def _send_unless_there(self, attempt: Attempt) -> Outcome:
        """Few books tell of corrections: after a restore nothing else could tell us of this one."""
        prepared = of_preparing(attempt.prepare)
        if isinstance(prepared, Outcome):
            return self._unbuilt(attempt, None, prepared)
        row = self._journal.in_doubt(attempt, None, self._clock())
        outcome = self._probe(attempt, row, prepared)
        if outcome is ABSENT:
            return self._send(attempt, None)
        if outcome.state == "unknown":  # that it can't be asked now is no doubt: we sent nothing
            return self._unsent(attempt, replace(outcome, state="ready"))
        return self._journal.finish(attempt, row, outcome)

    def _send(self, attempt: Attempt, before: DeliveryRow | None) -> Outcome:
        doubtful = before is not None and before.state in ("unknown", "parked")
        prepared = of_preparing(attempt.prepare)
        if isinstance(prepared, Outcome):
            return self._unbuilt(attempt, before, prepared)
        try:
            row = self._journal.begin(attempt, before, repeated=doubtful)
        except Forbidden as error:
            return self._held(attempt, before, error)
        if row is None:
            return BUSY
        unsent = "unknown" if doubtful else "ready"  # the call before may have been executed
        outcome = of_acting(lambda: attempt.adapter.submit(prepared), unsent=unsent)
        if before is not None and doubtful:
            answers = attempt.order.operation.idempotence == "keyed"
            same = answers and before.content == attempt.content
            outcome = _of_repetition(outcome, is_answered_for=same)
        if outcome is ABSENT:
            outcome = Outcome("unknown", "delivery.defect", {"type": "NoneType"}, sick=True)
        if outcome.state == "unknown":  # the peer may have begun only now: it settles from here
            row = replace(row, sent_at=times.stamp(self._clock()))
        return self._journal.finish(attempt, row, outcome)

    def _held(self, attempt: Attempt, before: DeliveryRow | None, why: Forbidden) -> Outcome:
        """Its leg was stopped in this moment: as if we had not come yet. Or its case is cancelled.

        Then what is surely not there does not come about any more; what may be, and could be found
        out only by repeating it, is for a person.
        """
        if why.code != "case.cancelled":
            return self._journal.busy(attempt.order, self._clock() + BUSY_POLL)
        if before is not None and before.state in ("unknown", "parked"):
            return self._journal.finish(attempt, before, Outcome("parked", "delivery.unknowable"))
        if before is not None:
            self._journal.not_there(before)
        return self._unsent(attempt, Outcome(CANCELLED, why.code, {"case": attempt.order.case}))

    def _unsettled(self, attempt: Attempt, row: DeliveryRow) -> Outcome:
        """Asked for and not known to be over: by this very item, or by another for the same."""
        order = attempt.order
        if row.state == "given-up":
            told = Outcome("parked", "delivery.given-up", {"effect": row.effect})
            return self._journal.again(attempt, row, told)
        if row.state == "parked" and not order.began(row):
            told = Outcome("parked", "delivery.parked-before", {"effect": row.effect})
            return self._journal.again(attempt, row, told)
        if row.state == "stored" and not row.content:
            return self._adopt(attempt, row)
        if row.state == "stored" and row.content != attempt.content and not order.began(row):
            return self._journal.again(attempt, row, _conflict(row))
        if row.state == "stored":
            return self._ask(attempt, row)
        if row.state == "sent":
            row = self._journal.bereaved(row)
        return self._find_out(attempt, row)

    def _find_out(self, attempt: Attempt, row: DeliveryRow) -> Outcome:
        """The worker before died, or its answer was lost: what became of the effect?"""
        order, now = attempt.order, self._clock()
        if order.operation.idempotence == "none":
            code = "delivery.unknowable" if row.attempts else "delivery.in-doubt"
            return self._journal.finish(attempt, row, Outcome("parked", code))
        if now < settled(row, order.operation):
            return self._journal.busy(order, settled(row, order.operation))
        if order.operation.idempotence == "probe":
            return self._ask(attempt, row)
        changed = row.content != attempt.content
        if changed and not order.began(row):
            return self._journal.busy(order, now + BUSY_POLL)  # who sent it finds out first
        if changed and order.operation.idempotence == "keyed":  # its answer would be for neither
            return self._journal.finish(attempt, row, Outcome("parked", "delivery.changed-since"))
        return self._send(attempt, row)

    def _ask(self, attempt: Attempt, row: DeliveryRow) -> Outcome:
        """Probe, and go on from what the target says."""
        prepared = of_preparing(attempt.prepare)
        if isinstance(prepared, Outcome):
            return self._unbuilt(attempt, row, prepared)
        outcome = self._probe(attempt, row, prepared)
        other = row.content != attempt.content
        if outcome is ABSENT and row.state == "stored":
            return self._journal.finish(attempt, row, Outcome("parked", "delivery.vanished"))
        if outcome is ABSENT and self._may_still_send(attempt, row):
            return self._journal.finish(attempt, row, Outcome("parked", "delivery.owner-lives"))
        if outcome is ABSENT or (other and outcome.state == "refused"):
            return self._send_in_turn(attempt, replace(row, state="pending"))
        if other and outcome.answer is not None and not attempt.order.began(row):
            return self._journal.again(attempt, row, _conflict(row))
        return self._journal.finish(attempt, row, outcome)

    def _may_still_send(self, attempt: Attempt, row: DeliveryRow) -> bool:
        """Its worker lost the lock and is not surely dead: it may wake up and send after all."""
        irreversible = attempt.order.operation.irreversible
        return irreversible and bool(row.owner) and not self._locks.proves_death(row.owner)

    def _probe(self, attempt: Attempt, row: DeliveryRow, prepared: Prepared) -> Outcome:
        still = _still(row)
        outcome = of_call(lambda: attempt.adapter.probe(prepared), lost=still, unsent=still)
        return cannot_ask(outcome, still) if outcome.state == "invalid" else outcome

    def _unbuilt(self, attempt: Attempt, row: DeliveryRow | None, why: Outcome) -> Outcome:
        """There is no message: nothing left, and what may have left before stays in doubt."""
        if row is None or row.state not in turn.BEGUN:
            return self._unsent(attempt, why)
        return self._journal.finish(attempt, row, cannot_ask(why, _still(row)))

    def _unsent(self, attempt: Attempt, why: Outcome) -> Outcome:
        return self._journal.unsent(attempt.order, attempt.follow, why, seen=attempt.seen)

    def _known(self, attempt: Attempt, row: DeliveryRow) -> Outcome:
        """What a delivery that is over means to this item."""
        if row.content != attempt.content:
            return _conflict(row)
        old = self._journal.receipt(row)
        facts = {"effect": row.effect}
        if row.state == "applied" and old is not None:
            own = attempt.order.began(row)
            answer = old.answer()
            return Outcome("applied", "" if own else "delivery.duplicate", facts, answer=answer)
        refusal = Rejected("delivery.refused-before", **facts)
        if old is not None:
            refusal.answered(old.raw, old.reason)
        return Outcome("refused", refusal.code, facts, refusal=refusal)


def _still(row: DeliveryRow) -> str:
    """What an effect stays while nobody can be asked about it."""
    return "stored" if row.state == "stored" else "unknown"


def _conflict(row: DeliveryRow) -> Outcome:
    return Outcome("refused", "delivery.conflict", {"effect": row.effect})


def _of_repetition(outcome: Outcome, *, is_answered_for: bool) -> Outcome:
    """That a repetition failed says little about the call before, whose answer was lost.

    Only who keeps our key answers for both, if both said the same.
    """
    if outcome.state == "refused" and not is_answered_for:
        facts = {"because": outcome.code}
        return Outcome("parked", "delivery.refused-repeated", facts, refusal=outcome.refusal)
    return cannot_ask(outcome, "unknown") if outcome.state == "invalid" else outcome
