"""A running district with a hub in this process; effects are counted in the sandbox's books."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import audit, times
from exchange.ports import utc_now
from exchange.store import case_rows, delivery_rows, document_rows, schema
from exchange.store.case_rows import CaseRow, ItemRow
from sandbox.births import birth
from sandbox.books import read_wire
from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.handle import Handle
from sandbox.postgres import Postgres
from tests.kills import APPLIED, BEFORE, OWNED, RECORDED, SENT
from zhida import site, sweep
from zhida.hub import Hub
from zhida.operators import Signatory, signatory
from zhida.sweep import Report

ROOT = Path(__file__).resolve().parents[2]


SWEEPER = """
import datetime, json, os, sys
from exchange.ports import utc_now
from zhida import site, sweep
from zhida.environment import site_folder, store_url, var_folder
from zhida.hub import Hub

turns, ahead = int(sys.argv[1]), datetime.timedelta(seconds=float(sys.argv[2]))
items = sys.argv[3:]
secret = os.environ["ZHIDA_KEY_PASSWORD"].encode()
clock = lambda: utc_now() + ahead
hub = Hub(site.load(site_folder()), var=var_folder(), secret=secret, clock=clock, store=store_url())
matter, told = hub.site.matter("newborn"), []
for _ in range(turns):
    some = [sweep.sweep_item(hub, matter, matter.items[name]) for name in items]
    told += some or sweep.sweep(hub, matter)
hub.close()
print(json.dumps([[r.item, dict(r.states), r.sick.code if r.sick else ""] for r in told]))
"""
"""Another worker: a process that sweeps, with a test's clock, and tells its reports.

It sweeps only the items that are named; if none is, everything.
"""


class SkippingClock:
    """The machine's clock, which a test may put forward instead of waiting."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def skip(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


class Worker(subprocess.Popen[str]):
    """Another process of the hub; it never outlives its ``with``, even if it was stopped."""

    def __exit__(self, *error: Any) -> None:
        if error[0] is not None:
            self.kill()
        super().__exit__(*error)


class Town:
    """The district, a hub in this process, and questions that tests ask of both."""

    def __init__(self, district: District, store: str = "") -> None:
        self.district = district
        self.store = store
        self.clock = SkippingClock()
        self.connections: dict[str, Any] = {}
        """Those of a test, beside the district's."""
        self.hub = self.open_hub()
        schema.upgrade(self.hub.store)
        self.matter = self.hub.site.matter("newborn")
        self.clerk = Clerk(district.system("oa").address)
        self.forms: dict[str, list[int]] = {}

    def open_hub(self) -> Hub:
        env = self.district.env
        Path(env["ZHIDA_VAR"]).mkdir(mode=0o700, exist_ok=True)
        return Hub(
            site.load(Path(env["ZHIDA_SITE"])),
            var=Path(env["ZHIDA_VAR"]),
            secret=env["ZHIDA_KEY_PASSWORD"].encode(),
            find=lambda name: (
                self.connections.get(name) or json.loads(env[f"AIRFLOW_CONN_{name.upper()}"])
            ),
            clock=self.clock,
            store=self.store,
        )

    @property
    def env(self) -> dict[str, str]:
        """The district's, with this test's connections and store."""
        told = {f"AIRFLOW_CONN_{k.upper()}": json.dumps(v) for k, v in self.connections.items()}
        return self.district.env | told | ({"ZHIDA_STORE_URL": self.store} if self.store else {})

    @property
    def police(self) -> Handle:
        return self.district.system("police")

    # --- what people do ----------------------------------------------------------------------

    def declare(self, number: int, **changed: str) -> str:
        """The clerk fills in the form; the certificate's number."""
        form = birth(number).form | changed
        self.forms.setdefault(form["cszmbh"], []).append(self.clerk.fill_in(form))
        return form["cszmbh"]

    def record(self, facts: dict[str, Any]) -> None:
        """The hospital records a birth, and its signer has acknowledged it."""
        self.district.birth(facts)
        end = time.monotonic() + 20
        while any(row["ack"] != "AA" for row in self.district.system("hospital").books()):
            assert time.monotonic() < end, "the signer has not taken it"
            time.sleep(0.01)

    def bear(self, number: int) -> str:
        """The hospital records the birth, and the parents declare it."""
        self.record(birth(number).facts)
        return self.declare(number)

    def bear_ready(self, number: int) -> str:
        """A birth whose household registration can begin."""
        certificate = self.bear(number)
        self.take_in()
        reports = self.sweep("birth")
        states = self.states(certificate)
        assert states["household"] == "ready", (reports, states)
        return certificate

    # --- what the hub does ---------------------------------------------------------------------

    def sweep(self, turns: str = "") -> dict[str, Report]:
        """One sweep, or only some of its turns: ``intake birth``."""
        chosen = turns.split() or ["intake", *self.matter.items]
        reports = [sweep.take_in(self.hub, self.matter)] if "intake" in chosen else []
        items = [item for item in sweep.in_order(self.matter) if item.name in chosen]
        reports += [sweep.sweep_item(self.hub, self.matter, item) for item in items]
        return {report.item: report for report in reports}

    def take_in(self) -> Report:
        """Look at the OA now, whenever it was last looked at."""
        with self.hub.store.write() as connection:
            cursor = document_rows.get_cursor(connection, "oa", "form:615")
            told = {"value": cursor[0], "next_at": "", "failures": 0}
            document_rows.put_cursor(connection, "oa", "form:615", **told)
        return self.sweep("intake")["intake"]

    def finish(self, *certificates: str, sweeps: int = 20, skip: float = 6.0) -> None:
        """Sweep until these cases are over; the clock is put forward between sweeps."""
        for _ in range(sweeps):
            self.sweep()
            if all(self.is_over(number) for number in certificates):
                return
            self.clock.skip(skip)
        raise AssertionError({number: self.states(number) for number in certificates})

    # --- what the hub says ---------------------------------------------------------------------

    def case(self, certificate: str) -> CaseRow:
        identity = self.hub.vault.tag("case", "newborn", certificate)
        with self.hub.store.read() as connection:
            found = case_rows.by_identity(connection, "newborn", identity)
            row = case_rows.get_case(connection, found or "")
        assert row is not None, f"{certificate} has no case"
        return row

    def is_over(self, certificate: str) -> bool:
        with suppress(AssertionError):
            return self.case(certificate).state != "open"
        return False

    def item(self, certificate: str, name: str) -> ItemRow:
        case = self.case(certificate).id
        with self.hub.store.read() as connection:
            return next(row for row in case_rows.items(connection, case) if row.item == name)

    def states(self, certificate: str) -> dict[str, str]:
        case = self.case(certificate).id
        with self.hub.store.read() as connection:
            return {row.item: row.state for row in case_rows.items(connection, case)}

    def delivery(self, certificate: str, item: str) -> str:
        """State of the item's delivery row, ``none`` if there is no row."""
        case = self.case(certificate).id
        with self.hub.store.read() as connection:
            rows = delivery_rows.deliveries(connection, case)
        return next((row.state for row in rows if row.item == item), "none")

    def audit(self) -> audit.Audit:
        found = audit.verify(self.hub.store, self.hub.signer.public, self.hub.site.name)
        assert found.problems == []
        return found

    # --- what the systems say: the only place where effects are counted ------------------------

    def registered(self, certificate: str) -> list[dict[str, Any]]:
        rows = self.police.books()
        return [row for row in rows if row["cszmbh"] == certificate]

    def enrolled(self, certificate: str) -> list[dict[str, Any]]:
        numbers = {row["gmsfhm"] for row in self.registered(certificate)}
        rows = self.district.system("insurance").books()
        return [row for row in rows if row["certno"] in numbers]

    def replied(self, certificate: str) -> list[dict[str, Any]]:
        """The hub's submits of this birth's forms."""
        rows = self.district.system("oa").books()
        forms = self.forms[certificate]
        return [
            r for r in rows if (r["act"], r["user"]) == ("submit", 900) and r["request"] in forms
        ]

    def effects(self, certificate: str) -> tuple[int, int, int]:
        """Rows in the books of police, insurance and OA."""
        told = (self.registered, self.enrolled, self.replied)
        police, insurance, oa = (len(ask(certificate)) for ask in told)
        return police, insurance, oa

    def form(self, certificate: str) -> dict[str, str]:
        """The first form as the clerk sees it."""
        return self.clerk.read(self.forms[certificate][0])

    def calls(self, certificate: str, operation: str = "csdj") -> int:
        """How often the police heard of this certificate."""
        wire = read_wire(self.district.directory / "police" / "books.sqlite")
        heard = [r for r in wire if (r["direction"], r["operation"]) == ("in", operation)]
        return sum(certificate.encode() in row["body"] for row in heard)

    def struck(self, certificate: str, until: Callable[..., None]) -> str:
        """What a kill in household registration hits (``tests.kills``), asked in that moment."""
        row = self.delivery(certificate, "household")
        if row != "sent":
            return BEFORE if row == "none" else RECORDED
        if self.registered(certificate):
            return APPLIED
        if not self.calls(certificate):  # it may lie in their socket, unread
            until(self.is_quiet)
        return SENT if self.calls(certificate) else OWNED

    def is_quiet(self) -> bool:
        """The police have hung up on every caller that is gone: nothing of theirs is executed.

        CLOSE_WAIT (08) at the police's port: the caller is gone, the call may not be over.
        """
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ports = [int(row[1].partition(":")[2], 16) for row in rows if row[3] == "08"]
        return self.police.port not in ports

    # --- people who run the hub ---------------------------------------------------------------

    def operator(self, name: str, role: str = "operate") -> Signatory:
        """An operator of the example site, with his or her own key."""
        env = self.district.operator_env(name)
        key = Path(env["ZHIDA_OPERATOR_KEY"]).read_bytes()
        password = env["ZHIDA_OPERATOR_PASSWORD"].encode()
        now = self.clock()
        return signatory(self.hub.site, name, (key, password), role=role, now=now)

    # --- another worker -------------------------------------------------------------------------

    def worker(
        self,
        *command: str,
        operator: str = "",
        env_more: dict[str, str] | None = None,
        **options: Any,
    ) -> Worker:
        """A process of its own with the hub's environment, and perhaps an operator's."""
        inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        env = inherited | self.env | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        env |= self.district.operator_env(operator) if operator else {}
        env |= env_more or {}
        words = [sys.executable, *command]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True} | options
        return Worker(words, cwd=ROOT, env=env, **pipes)

    def sweeper(self, turns: int = 1) -> Worker:
        """A process that sweeps; on stdout ``[[item, states, sick], …]`` when it ends."""
        return self.worker("-c", SWEEPER, str(turns), str(self.clock.ahead.total_seconds()))

    def item_worker(self, item: str) -> Worker:
        """A process for one item, as Airflow's task of it is."""
        return self.worker("-c", SWEEPER, "1", str(self.clock.ahead.total_seconds()), item)

    def close(self) -> None:
        self.hub.close()


class Ward:
    """The hospital's system, correcting what it has said."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._spoken = 0

    def tells(self, number: int, event: str = "A08", late_s: int = 0, **parent: str) -> None:
        """A message about a birth with another mother; ``late_s``: as of so long before."""
        facts = birth(number).facts
        facts["mother"] |= parent
        self.tells_facts(facts, event, late_s)

    def tells_facts(self, facts: dict[str, Any], event: str = "A08", late_s: int = 0) -> None:
        self._spoken += 1  # the hospital's own order, whatever the speed of this machine
        at = datetime.now(times.CHINA) + timedelta(seconds=self._spoken - late_s)
        told = f"{at:%Y%m%d%H%M%S.%f}"[:-2]
        self.town.record(facts | {"event": event, "recorded_at": told})


def configure(directory: Path, system: str, **options: int) -> None:
    """Write options into the district's own copy of a system's file."""
    file = directory / "site" / "systems" / f"{system}.yaml"
    text = file.read_text("utf-8")
    for name, value in options.items():
        text, changed = re.subn(rf"(?m)^( +{name}:) *\S+", rf"\g<1> {value}", text)
        assert changed == 1, (system, name)
    file.write_text(text, "utf-8")


def keep_in(directory: Path, address: str) -> None:
    """Have the hub of this district keep its store there."""
    file = directory / "site" / "site.yaml"
    text, changed = re.subn(r"(?m)^store: .*$", f'store: "{address}"', file.read_text("utf-8"))
    assert changed == 1
    file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def police_options() -> dict[str, int]:
    """How this module's hub speaks with the police; a module may say otherwise."""
    return {"timeout_s": 3, "settle_s": 5}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module whose ``STORES`` names both kinds runs its tests on both."""
    stores = getattr(metafunc.module, "STORES", ())
    told = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "store_address" in metafunc.fixturenames and stores and "store_address" not in told:
        metafunc.parametrize("store_address", stores, indirect=True, scope="module")


@pytest.fixture(scope="module")
def store_address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the town's hub keeps its store; empty: where the example site says, SQLite."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield ""
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"town-{secrets.token_hex(4)}"
    yield server.database(name)
    server.drop(name)


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    """What this module's site has beside the example's: path in the site → text."""
    return {}


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory,
    police_options: dict[str, int],
    site_files: dict[str, str],
    store_address: str,
) -> Iterator[Town]:
    district = District(tmp_path_factory.mktemp("town"))
    district.prepare()
    configure(district.directory, "police", **police_options)
    if store_address:
        keep_in(district.directory, store_address)
    for name, text in site_files.items():
        file = district.directory / "site" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    with district:
        found = Town(district, store_address)
        yield found
        found.close()


@pytest.fixture(scope="session")
def open_town() -> Callable[[District], Town]:
    """For a module that makes its own district; the module closes it."""
    return Town


@pytest.fixture(scope="module")
def ward(town: Town) -> Ward:
    return Ward(town)


@pytest.fixture
def police(town: Town) -> Iterator[Handle]:
    """The police's stand-in for faults; healed after the test, and asked again at once."""
    yield town.police
    town.police.clear()
    town.clock.skip(600)


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    """Wait until something is so."""

    def wait(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.02)

    return wait
