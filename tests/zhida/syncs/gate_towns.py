"""Two hubs, a register behind the one, a front-end table behind the other, and a gate between them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from exchange.store import schema, sync_batch_rows
from exchange.store.sync_batch_rows import Counts
from sandbox.gate import Ferry, made
from tests.zhida.syncs.conftest import COLUMNS, SYNC, TABLE, Base, Row, Town, lay, system
from zhida import sync_file, sync_to, sync_view
from zhida.sync_run import Done
from zhida.watch import Watch

SECRET = "agreed by both sides"
USUAL, PATIENCE = 600, 60


@dataclass
class Gap:
    """Both sides and what lies between; the test makes the gate's turns and the clock's."""

    near: Town
    far: Town
    rules: dict[str, Any] = field(default_factory=dict)
    ferries: list[Ferry] = field(default_factory=list)

    def cross(self) -> None:
        """Everything that lies in a folder is in the other one afterwards."""
        for ferry in self.ferries:
            ferry.turn(0.0)

    def go(self, minutes: int) -> None:
        """The time on both sides."""
        self.near.now = self.far.now = self.near.now + timedelta(minutes=minutes)

    def there_and_back(self) -> tuple[Done, Done]:
        """A run on each side, with the gate between, until the answers are home."""
        near = self.near.run()
        self.cross()
        far = self.far.run()
        self.cross()
        self.near.run()
        return near, far

    def put(self, *rows: Row) -> None:
        self.near.registry.put("firm", *rows)

    @property
    def is_equal(self) -> bool:
        return self.far.front.rows("firm_in") == self.near.registry.rows("firm")

    def counts(self, town: Town) -> Counts:
        """What all runs of a side came to, which must add up."""
        with closing(town.hub()) as hub, hub.store.read() as connection:
            [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
            found = sync_batch_rows.of_line(connection, *line.names)
        assert found.is_exact
        return found

    def status(self) -> dict[str, Any]:
        """The near side's."""
        with closing(self.near.hub()) as hub:
            watch = Watch(hub.site, hub.store, clock=hub.clock)
            [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
            return sync_view.status(watch, line)


def lay_gap(near: Town, **changes: Any) -> Gap:
    """``near``: a town whose register is there; the other one is laid beside it."""
    far = Town(near.folder / "far", now=near.now)
    far.folder.mkdir()
    (far.folder / "var").mkdir()
    theirs = lay(far, "inner")
    place = str(far.folder / "front.db")
    far.bases["front"] = Base("sqlite", place)
    far.connections["front"] = {"conn_type": "generic", "host": ""}
    system(far, "front", {"driver": "sqlite", "database": place})
    far.front.run(TABLE.format(name="firm_in", key=" PRIMARY KEY"))
    far.agree()
    _know(near, "inner", theirs.leaf.pem, theirs.root.pem)
    ours = (near.site / "keys" / "hub.crt").read_bytes()
    _know(far, "hub", ours, (near.site / "trust" / "root.crt").read_bytes())
    found = Gap(near, far)
    found.ferries = made(near.folder / "gate", far.folder / "gate", lambda: found.rules)
    for town, unit, names in ((near, "licensing", ("a", "b")), (far, "market", ("b", "a"))):
        _gate(town, unit, *names)
    sync_both(found, **changes)
    with closing(far.hub()) as hub:
        schema.upgrade(hub.store)
    return found


def sync_both(gap: Gap, *, far: dict[str, Any] | None = None, **changes: Any) -> None:
    """Write both sides' files."""
    target = {"system": "gate", "gate": "firms", "hub": "inner"}
    gap.near.sync(targets=[target], **changes)
    source = {"system": "gate", "gate": "firms", "hub": "hub", "columns": list(COLUMNS)}
    told = {name: value for name, value in SYNC.items() if name not in ("cursor", "batch")}
    gap.far.write("syncs", "firms", {**told, "source": source, **(far or {})})


def _gate(town: Town, unit: str, us: str, them: str) -> None:
    folder = town.folder / "gate"
    (folder / "state").mkdir()
    town.connections["gate"] = {"conn_type": "generic", "host": str(folder), "password": SECRET}
    channel = {"out": "out", "in": "in", "state": "state", "us": us, "them": them}
    more = {"delay_s": USUAL, "patience_s": PATIENCE}
    told = {
        "system": "gate",
        "title": "网闸",
        "unit": unit,
        "adapter": "gate",
        "connection": "gate",
    }
    town.write("systems", "gate", {**told, "options": {"channels": {"firms": {**channel, **more}}}})


def _know(town: Town, unit: str, leaf: bytes, root: bytes) -> None:
    """A unit's certificate, and the root above it."""
    (town.site / "units" / f"{unit}.crt").write_bytes(leaf)
    (town.site / "trust" / f"{unit}-root.crt").write_bytes(root)
    told = {"unit": unit, "title": "对侧中枢", "certificates": [f"{unit}.crt"]}
    town.write("units", unit, told)


def files(folder: Path) -> list[str]:
    """What lies in a folder of the gate's."""
    return sorted(each.name for each in folder.iterdir() if each.is_file())
