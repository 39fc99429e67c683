"""A district, its store, and one warm Airflow on SQLite, for the whole folder."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import times
from exchange.ports import utc_now
from exchange.store import case_rows, delivery_rows, document_rows, incident_rows, schema
from exchange.store.delivery_rows import CircuitRow
from exchange.store.engine import Store
from exchange.store.incident_rows import IncidentRow
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.handle import Handle
from zhida import case_view, site
from zhida.airflow.once import settings
from zhida.watch import Watch

ROOT = Path(__file__).resolve().parents[2]
DRIVER = str(Path(__file__).with_name("run_dag.py"))


class Airflow:
    """The driver process: ``ask`` waits for the answer, ``begin`` only for the child's pid."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.home = home
        inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        env = inherited | settings(home) | env | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        self._log = (home / "driver.log").open("w")
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        words = [sys.executable, DRIVER]
        self._driver = subprocess.Popen(
            words, cwd=ROOT, env=env, stderr=self._log, text=True, **pipes
        )

    def ask(self, do: str, **order: Any) -> Any:
        self.begin(do, **order)
        return self.answer()

    def begin(self, do: str, **order: Any) -> int:
        assert self._driver.stdin is not None
        self._driver.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self._driver.stdin.flush()
        return int(self.answer()["pid"])

    def answer(self) -> Any:
        assert self._driver.stdout is not None
        line = self._driver.stdout.readline()
        assert line, (self.home / "driver.log").read_text()[-3000:]
        return json.loads(line)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in Airflow's own database."""
        with sqlite3.connect(self.home / "airflow.db") as database:
            found = database.execute(query).fetchall()
        database.close()
        return found

    def close(self) -> None:
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.close()
        self._driver.wait(30)
        self._driver.stdout.close()
        self._log.close()


class Office:
    """What people do, and what the books and the store then say."""

    def __init__(self, district: District) -> None:
        self.district = district
        env = district.env
        told = site.load(Path(env["ZHIDA_SITE"]))
        Path(env["ZHIDA_VAR"]).mkdir(mode=0o700, exist_ok=True)
        self.store = Store(told.store.format(var=env["ZHIDA_VAR"]))
        schema.upgrade(self.store)
        self.watch = Watch(told, self.store)

    @property
    def police(self) -> Handle:
        return self.district.system("police")

    def bear(self, number: int) -> str:
        """A birth recorded, acknowledged and declared; the id is its certificate's number."""
        told = birth(number)
        self.district.birth(told.facts)
        end = time.monotonic() + 20
        while any(row["ack"] != "AA" for row in self.district.system("hospital").books()):
            assert time.monotonic() < end, "the signer has not taken it"
            time.sleep(0.01)
        Clerk(self.district.system("oa").address).fill_in(told.form)
        self.look_now()
        return told.form["cszmbh"]

    def look_now(self) -> None:
        """The OA is to be looked at now, not only in a minute."""
        with self.store.write() as connection:
            value = document_rows.get_cursor(connection, "oa", "form:615")[0]
            told: dict[str, Any] = {"value": value, "next_at": "", "failures": 0}
            document_rows.put_cursor(connection, "oa", "form:615", **told)

    def registered(self, certificate: str) -> int:
        return sum(row["cszmbh"] == certificate for row in self.police.books())

    def newest(self) -> dict[str, str]:
        """Item → state of the newest case."""
        case = case_view.cases(self.watch)[0]["case"]
        return {item["item"]: item["state"] for item in case_view.one(self.watch, case)["items"]}

    def postpone(self, item: str, seconds: float) -> None:
        """Nobody works on this item of the newest case before then."""
        self._set_due(item, case_view.cases(self.watch)[:1], seconds)

    def hasten(self, item: str) -> None:
        """This item of every open case is due now."""
        found = case_view.cases(self.watch)
        self._set_due(item, [case for case in found if case["state"] == "open"], 0)

    def _set_due(self, item: str, cases: list[dict[str, Any]], seconds: float) -> None:
        at = {"next_at": times.stamp(utc_now() + timedelta(seconds=seconds))}
        with self.store.write() as connection:
            for case in cases:
                case_rows.set_item(connection, case["case"], item, at)

    def police_have_failed(self, times_in_a_row: int) -> None:
        """So often already; they may be asked again now."""
        now = times.stamp(utc_now())
        row = CircuitRow("police", times_in_a_row, now, now, "wire.refused")
        with self.store.write() as connection:
            delivery_rows.put_circuit(connection, row)

    def incidents(self) -> list[IncidentRow]:
        with self.store.read() as connection:
            return incident_rows.newest(connection)

    def states(self) -> set[str]:
        """The states of all cases."""
        return {case["state"] for case in case_view.cases(self.watch)}

    def open_cases(self) -> int:
        return sum(case["state"] == "open" for case in case_view.cases(self.watch))

    def close(self) -> None:
        self.store.close()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    district = District(tmp_path_factory.mktemp("office"))
    district.prepare()
    file = district.directory / "site" / "systems" / "police.yaml"
    file.write_text(re.sub(r"settle_s: *\d+", "settle_s: 1", file.read_text("utf-8")), "utf-8")
    with district:
        found = Office(district)
        yield found
        found.close()


@pytest.fixture(scope="session")
def airflow(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    found = Airflow(tmp_path_factory.mktemp("airflow"), office.district.env)
    assert found.ask("initialise") == "ready"
    yield found
    found.close()


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    """Wait until something is so."""

    def wait(is_so: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.02)

    return wait
