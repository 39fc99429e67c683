"""The signer's door to a hub that only files reach, through a gate (网闸): it goes out, and nothing comes in.

What the hub would get at ``/births`` and ``/changes`` is put where the gate takes it, in the log's order,
sealed with the secret that both sides agreed on, and put again until its receipt is there. From the other
side only receipts are read. Whatever else comes is refused, noted in the log and put aside: none of
it makes the unit sign anything, or tell anything.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from adapters.gate import GateSystem
from connectors import gate as wire
from exchange.errors import Fatal, ZhidaError
from exchange.ports import Clock, Endpoint, utc_now
from exchange.store.engine import Store
from zhida.output import tell
from zhida.signer_desk import SignerDesk
from zhida.signer_gate_books import GateBooks, Given, given
from zhida.signer_settings import GATE, SignerHome

CHANNEL = "signer"
WINDOW = 16
"""Batches that may be without a receipt; a gate takes minutes each way."""
_MOST = 50
EVERY_S: int = GATE["properties"]["every_s"]["default"]
_CHANNEL_KEYS = wire.OPTIONS["properties"]["channels"]["additionalProperties"]["properties"]


@dataclass(frozen=True, slots=True)
class GateDoor:
    """Hands over to one hub. For one thread."""

    books: GateBooks
    gate: GateSystem

    def turn(self) -> None:
        """Look once: what came back, what has to be put again, what is new."""
        now = self._push(self._refuse(self.books.given()))
        while len(now.waiting) < WINDOW:
            before, now = now, self.books.next(now)
            if now == before:
                return
            for batch in now.waiting[len(before.waiting) :]:
                self._send(batch)

    def _refuse(self, now: Given) -> Given:
        """What is no receipt is nothing that this side ever asked for."""
        parcels, cursor = self.gate.receive(CHANNEL, now.arrivals, _MOST)
        for parcel in parcels:
            if parcel.error is None:  # it was made with the secret: it is the other side's
                self.books.desk.refused(self.books.asker, "signer.question", "gate")
            else:
                code = getattr(parcel.error, "code", "cli.defect")
                self.books.desk.refused("", code, "gate")
            self.gate.settle(CHANNEL, parcel.key)
        if cursor == now.arrivals:
            return now
        now = replace(now, arrivals=cursor)
        self.books.keep(now)
        return now

    def _push(self, now: Given) -> Given:
        """In order: a number is given to a batch when it is put there for the first time."""
        states = {each: self.gate.state(CHANNEL, each) for each in now.waiting}
        for batch, (state, overdue) in states.items():
            if state != "received" and (state != "waiting" or overdue):
                self._send(batch)
        done = [batch for batch, (state, _) in states.items() if state == "received"]
        return self.books.received(now, done) if done else now

    def _send(self, batch: str) -> None:
        self.gate.send(CHANNEL, batch, self.books.content(batch), again=True)


def opened(home: SignerHome, desk: SignerDesk, secret: str, clock: Clock = utc_now) -> GateDoor:
    """``Fatal`` without the secret, without its folders, or for a hub that the unit has not named."""
    told = home.told["gate"]
    if told["to"] not in desk.announces_to:
        raise Fatal("signer.gate-to", to=told["to"])
    return GateDoor(GateBooks(desk, told["to"]), system(home, secret, clock))


def system(home: SignerHome, secret: str, clock: Clock = utc_now) -> GateSystem:
    """The unit's side of the gate."""
    told: Mapping[str, Any] = home.told["gate"]
    channel = {key: told[key] for key in _CHANNEL_KEYS if key in told}
    address = str(home.file(told["folder"]).resolve())
    return GateSystem({"channels": {CHANNEL: channel}}, Endpoint(address, "", secret, clock=clock))


def told(home: SignerHome, secret: str) -> str:
    """For ``zhida signer check``: does it open, and what is under way."""
    gate, to = system(home, secret), home.told["gate"]["to"]
    if to not in home.told.get("announces_to", ()):
        raise Fatal("signer.gate-to", to=to)
    file = home.file(home.told["store"])
    if not file.exists():
        return f"交给 {to}"
    with closing(Store(f"sqlite:///{file.resolve()}")) as store:
        waiting = given(store, to).waiting
    late = sum(gate.state(CHANNEL, each)[1] for each in waiting)
    return f"交给 {to}，{len(waiting)} 批等回执" + (f"，{late} 批逾期" if late else "")


@dataclass(slots=True)
class GateTurns:
    """Turns the door in a thread while the context is open; what went wrong is told once."""

    door: GateDoor
    every: float
    _end: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _told: str = ""

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._turn, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def _turn(self) -> None:
        while not self._end.is_set():
            try:
                self.door.turn()
                self._told = ""
            except Exception as error:  # noqa: BLE001 (it must not end the hand-over for good)
                self._tell(error)
            self._end.wait(self.every)

    def _tell(self, error: Exception) -> None:
        """A defect by its kind only: it may quote data."""
        known = (
            error
            if isinstance(error, ZhidaError)
            else Fatal("cli.defect", type=type(error).__name__)
        )
        if known.code != self._told:
            self._told = known.code
            tell(known)
