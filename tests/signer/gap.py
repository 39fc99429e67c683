"""A unit's signer and a hub's adapter with a gate between them; the test makes its turns and the clock's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters import hospital
from exchange import pointer
from exchange.errors import Invalid
from exchange.ports import Arrival, Endpoint
from exchange.store import ledger_rows
from sandbox.births import birth
from sandbox.gate import made
from tests.signer.own_home import HUB, OwnHome
from zhida import signer_gate
from zhida.signer_desk import SignerDesk

SECRET = "agreed by both sides"
USUAL, PATIENCE = 600, 60
NAMES = {"us": "hospital", "them": "hub"}
FOLDERS = {"out": "out", "in": "in", "state": "state", "delay_s": USUAL, "patience_s": PATIENCE}


def number(n: int) -> str:
    """The certificate of a birth."""
    return str(birth(n).form["cszmbh"])


class Hub:
    """Takes in what its adapter gives, as ``zhida.intake`` does, and remembers it."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], **changed: str) -> None:
        names = {"us": NAMES["them"], "them": NAMES["us"]}
        options = {"gate": {**FOLDERS, **names, **changed}}
        self.adapter: Any = hospital.open_system(
            options, Endpoint(str(folder), "", SECRET, clock=clock)
        )
        self.cursors = {"births": "", "changes": ""}
        self.taken: dict[str, tuple[str, Arrival]] = {}
        self.given: list[str] = []
        self.codes: list[str] = []

    def look(self, *streams: str, settles: bool = True) -> None:
        """Once at each list; what is wrong is told by its code."""
        for stream in streams or ("births", "changes"):
            try:
                found, after = self.adapter.poll(stream, self.cursors[stream])
            except Invalid as error:
                self.codes.append(error.code)
                continue
            self.cursors[stream] = after
            self.given += [each.key for each in found]
            self.codes += [each.error.code for each in found if each.error is not None]
            self.taken |= {each.key: (stream, each) for each in found if each.key not in self.taken}
            if settles:
                self.adapter.settle(stream, [each.key for each in found])

    @property
    def signed(self) -> list[tuple[str, str]]:
        """Stream and token, in the order in which they came."""
        return [(stream, each.signed) for stream, each in self.taken.values() if each.signed]


class Gap:
    """Both sides. ``own``: the unit's, which has no other door for the hub than the gate."""

    def __init__(self, own: OwnHome, folder: Path) -> None:
        self.own, self.now = own, datetime(2026, 3, 2, 8, tzinfo=UTC)
        self.rules: dict[str, Any] = {}
        self.near, self.far = folder / "near", folder / "far"
        self.ferries = made(self.near, self.far, lambda: self.rules)
        for side in (self.near, self.far):
            (side / "state").mkdir()
        own.set(gate={"to": HUB, "folder": str(self.near), **FOLDERS, **NAMES})
        self.hub = Hub(self.far, lambda: self.now)
        self.start()

    def start(self) -> None:
        """The signer's process, anew."""
        self.own.close()
        self.desk: SignerDesk = self.own.desk()
        clock = lambda: self.now  # noqa: E731
        self.door = signer_gate.opened(self.own.home(), self.desk, SECRET, clock)

    def channel(self, name: str) -> None:
        """Both sides agree on another channel, with a new state."""
        for side in (self.near, self.far):
            (side / name).mkdir()
        told = {**FOLDERS, **NAMES, "to": HUB, "folder": str(self.near)}
        self.own.set(gate={**told, "channel": name, "state": name})
        new = Hub(self.far, lambda: self.now, channel=name, state=name)
        new.taken = self.hub.taken
        self.hub = new
        self.start()

    def cross(self) -> None:
        for ferry in self.ferries:
            ferry.turn(0.0)

    def go(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def round(self) -> None:
        """There and back, and the time that it usually takes."""
        self.door.turn()
        self.cross()
        for _ in range(4):
            self.hub.look()
        self.cross()
        self.go(USUAL + 1)

    def settle(self) -> None:
        """Rounds until nothing waits any more."""
        for _ in range(40):
            self.round()
            if self.is_quiet:
                return
        raise AssertionError("it did not come about")

    @property
    def is_quiet(self) -> bool:
        before = self.door.books.given()
        self.door.turn()
        after = self.door.books.given()
        return not after.waiting and after.place == before.place

    def log(self, kind: str) -> int:
        with self.desk.store.read() as connection:
            return len(ledger_rows.entries_of(connection, kind))

    def told(self) -> list[tuple[str, Any, Any]]:
        """Stream, certificate and mother of all that the hub has got, each verified by the unit's key."""
        found = []
        for stream, token in self.hub.signed:
            document = self.desk.archive.verify(token)
            number = pointer.get(document.record, "/certificate/number")
            mother = None
            with suppress(KeyError):
                mother = pointer.get(document.record, "/mother/name")
            found.append((stream, number, mother))
        return found
