"""A hub of the example site, none of whose systems runs: for what is done with its store and its files."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from exchange.incident import Trouble, begin
from exchange.ports import utc_now
from exchange.store import incident_rows, schema
from exchange.store.engine import Store
from exchange.store.incident_rows import IncidentRow
from sandbox.district import District
from zhida import site
from zhida.hub import Hub
from zhida.operators import Signatory, signatory
from zhida.watch import Watch


class Clock:
    """Stands still until it is put forward or set."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def skip(self, **span: float) -> None:
        self.now += timedelta(**span)


@cache
def _model() -> Path:
    """Files, keys and an empty store, made once for all tests of a process."""
    folder = Path(tempfile.mkdtemp(prefix="zhida-house-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    district = District(folder)
    district.prepare()
    var = Path(district.env["ZHIDA_VAR"])
    var.mkdir(mode=0o700, exist_ok=True)
    with closing(Store(f"sqlite:///{var}/store.db")) as store:
        schema.upgrade(store)
    return folder


class House:
    """Its files, its store, its people."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(_model(), folder, dirs_exist_ok=True)
        self.district, self.clock = District(folder), Clock()
        self.district.prepare()
        self.site = Path(self.district.env["ZHIDA_SITE"])
        self.hub = self.opened()

    def opened(self) -> Hub:
        env = self.district.env
        return Hub(
            site.load(self.site),
            var=Path(env["ZHIDA_VAR"]),
            secret=env["ZHIDA_KEY_PASSWORD"].encode(),
            clock=self.clock,
        )

    @property
    def watch(self) -> Watch:
        return Watch(self.hub.site, self.hub.store, self.clock)

    def operator(self, name: str) -> Signatory:
        """With his or her own key."""
        env = self.district.operator_env(name)
        key = Path(env["ZHIDA_OPERATOR_KEY"]).read_bytes()
        secret = env["ZHIDA_OPERATOR_PASSWORD"].encode()
        return signatory(self.hub.site, name, (key, secret), role="operate", now=self.clock())

    def env(self, name: str = "") -> dict[str, str]:
        """Of a process in which this operator (empty: nobody) acts."""
        who = self.district.operator_env(name) if name else {}
        return {"PATH": os.environ["PATH"]} | self.district.env | who

    def trouble(
        self, system: str = "police", kind: str = "system", code: str = "wire.refused"
    ) -> str:
        """An incident begins; its id."""
        with self.hub.store.write() as connection:
            begin(connection, Trouble(system, kind, code, {"peer": "p:1"}), self.clock())
            rows = incident_rows.still_open(connection, kind, system)
        return rows[-1].id

    def row(self, identifier: str) -> IncidentRow:
        with self.hub.store.read() as connection:
            found = incident_rows.get(connection, identifier)
        assert found is not None
        return found
