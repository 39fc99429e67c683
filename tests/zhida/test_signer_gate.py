"""The whole way where only files come through: the hospital's signer, a gate and the hub, each by itself (G1, G2).

The signer has no other door for the hub: what the hub knows of a birth came as files, signed by the hospital.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.outcome import Outcome
from exchange.store import case_rows, ledger_rows
from exchange.store.engine import Store
from sandbox.births import birth
from sandbox.process import Process
from tests.signer.gap import FOLDERS, NAMES, SECRET
from tests.signer.own_home import HUB
from zhida import backup, query
from zhida.cli import app

pytestmark = pytest.mark.guarantee("G1")

SYSTEM = """
system: his
title: 医院信息系统（经网闸）
unit: hospital
adapter: hospital
connection: hospital
options:
  gate: {out: out, in: in, state: state, us: hub, them: hospital, delay_s: 600, patience_s: 0}
"""
OPENING = """
  - adapter: hospital
    unit: hospital
    stream: births
    gives: birth
    identity: [/certificate/number]
    every: 1 minute
changes_on:"""
CORE = Path(__file__).resolve().parents[2] / "sandbox" / "site" / "matters" / "newborn.yaml"


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    """The example's matter, opened by the hospital too; all that acts waits for the parents' form."""
    text = CORE.read_text("utf-8").replace("\nchanges_on:", OPENING, 1)
    waits = "    awaits: [declaration]\n"
    for do, more in {
        "hospital.birth_record": "    skip_when: {present: /birth}\n",
        "public_security.register_birth": "",
        "oa.reply": "",
    }.items():
        text = text.replace(f"    do: {do}\n", f"    do: {do}\n{waits}{more}", 1)
    return {"systems/his.yaml": SYSTEM, "matters/newborn.yaml": text}


class Crossing:
    """The hospital beyond a gate, which is a process too."""

    def __init__(self, town: Any) -> None:
        self.town, self.folder = town, town.district.directory / "gap"
        self.near, self.far = self.folder / "near", self.folder / "far"
        for side in (self.near, self.far):
            (side / "state").mkdir(parents=True)
        command = [sys.executable, "-m", "sandbox.gate", "--inner", str(self.near)]
        command += ["--outer", str(self.far), "--rules", str(self.folder / "rules")]
        self.gate = Process("gate", command, self.folder / "gate.log", "sandbox.gate")
        self.gate.start()
        self.until(lambda: (self.near / "in").is_dir() and (self.far / "in").is_dir())
        town.connections["hospital"] = {"host": str(self.far), "password": SECRET}
        self.signer = town.district.signer
        self.signer.stop()
        file = town.district.directory / "hospital" / "signer.json"
        told = json.loads(file.read_text())
        del told["https"]
        told["gate"] = {**FOLDERS, **NAMES, "to": HUB, "folder": str(self.near)}
        told["gate"] |= {"delay_s": 1, "every_s": 1}
        file.write_text(json.dumps(told))
        self.signer.environment = {
            **self.signer.environment,
            "ZHIDA_SIGNER_GATE_SECRET": SECRET,
        }
        self.signer.start()

    def rules(self, *faults: str, times: int = 2) -> None:
        told = {"faults": [{"match": "*", "do": each, "times": times} for each in faults]}
        new = self.folder / "new"
        new.write_text(json.dumps(told))
        new.replace(self.folder / "rules")

    def until(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + 120
        while not is_so():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.1)

    def record(self, *numbers: int) -> list[str]:
        """Births that the hospital records; their certificates."""
        for number in numbers:
            self.town.district.birth(birth(number).facts)
        return [birth(number).form["cszmbh"] for number in numbers]

    def taken(self) -> None:
        """Until the signer has acknowledged them all."""
        books = self.town.district.system("hospital").books
        self.until(lambda: all(row["ack"] == "AA" for row in books()))

    def look(self) -> None:
        self.town.clock.skip(61)
        self.town.sweep("intake")

    def knows(self, certificate: str) -> bool:
        """Has the hub got this birth?"""
        self.look()
        try:
            case = self.town.case(certificate).id
        except AssertionError:
            return False
        with self.town.hub.store.read() as connection:
            return "birth" in case_rows.documents(connection, case)

    def restored(self, folder: Path) -> str:
        """Put a backup back, by the command; what it says."""
        self.town.hub.close()
        words = ("-m", "zhida", "restore", str(folder), "--replace", "--reason", "磁盘损坏")
        with self.town.worker(*words, operator="wang") as process:
            told = str(process.communicate(timeout=120)[0])
        assert process.returncode == 0
        self.town.hub = self.town.open_hub()
        return told

    def log(self, kind: str) -> int:
        home = self.town.district.directory / "hospital"
        store = Store(f"sqlite:///{home / 'signer.sqlite'}")
        with closing(store), store.read() as connection:
            return len(ledger_rows.entries_of(connection, kind))

    def entries(self, certificate: str, kind: str) -> int:
        """What the hub's ledger says of the case."""
        with self.town.hub.store.read() as connection:
            rows = ledger_rows.entries_of_case(connection, self.town.case(certificate).id)
        return sum(row.kind == kind for row in rows)


@pytest.fixture(scope="module")
def crossing(town: Any) -> Iterator[Crossing]:
    found = Crossing(town)
    yield found
    found.gate.stop()


def test_a_birth_that_came_as_files_is_registered_insured_and_answered(
    crossing: Crossing, town: Any
) -> None:
    [certificate] = crossing.record(700)
    town.declare(700)
    crossing.until(lambda: crossing.knows(certificate))
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert crossing.entries(certificate, "joined") + crossing.entries(certificate, "change") >= 1
    crossing.until(lambda: crossing.log("receipt") == crossing.log("handed") >= 1)


def test_what_the_hospital_corrects_comes_after_it(
    crossing: Crossing, town: Any, ward: Any
) -> None:
    [certificate] = crossing.record(701)
    crossing.until(lambda: crossing.knows(certificate))
    crossing.taken()
    ward.tells(701, name="李小知")

    def changed() -> bool:
        crossing.look()
        return crossing.entries(certificate, "change") == 1

    crossing.until(changed)


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("fault", ["lose", "repeat", "cut", "hold"])
def test_over_a_bad_gate_and_kills_of_the_signer_each_birth_opens_one_case(
    crossing: Crossing, town: Any, fault: str
) -> None:
    first = {"lose": 710, "repeat": 720, "cut": 730, "hold": 740}[fault]
    crossing.rules(fault)
    certificates = []
    for number in range(first, first + 4):
        certificates += crossing.record(number)
        crossing.signer.kill()
        crossing.look()
        crossing.signer.start()
    crossing.rules()
    crossing.until(lambda: all(crossing.knows(each) for each in certificates))
    for each in certificates:
        assert crossing.entries(each, "case-opened") == 1
    crossing.until(lambda: crossing.log("receipt") == crossing.log("handed"))
    assert "Traceback" not in crossing.signer.log.read_text()
    town.audit()


@pytest.mark.guarantee("G12")
def test_a_restored_hub_gets_again_what_came_after_its_backup(
    crossing: Crossing, town: Any, tmp_path: Path
) -> None:
    """Both gates hold it as received; the restore says what the hospital is to run, and it runs that."""
    [early] = crossing.record(745)
    crossing.until(lambda: crossing.knows(early))
    backup.make(town.hub, tmp_path / "backup")
    [late] = crossing.record(746)
    crossing.until(lambda: crossing.knows(late))
    crossing.until(lambda: crossing.log("receipt") == crossing.log("handed"))
    told = crossing.restored(tmp_path / "backup")
    for _ in range(3):
        assert not crossing.knows(late)
    crossing.signer.stop()
    *words, since = told[told.index("signer again") :].splitlines()[0].split()
    words.append((datetime.fromisoformat(since) - town.clock.ahead).isoformat())
    home = town.district.directory / "hospital"
    words += ["--home", str(home), "--reason", "中枢恢复了备份"]
    done = CliRunner().invoke(app, words, env=crossing.signer.environment)
    assert done.exit_code == 0, done.output
    crossing.signer.start()
    crossing.until(lambda: crossing.knows(late))
    crossing.until(lambda: crossing.log("receipt") == crossing.log("handed"))
    assert crossing.entries(early, "case-opened") == crossing.entries(late, "case-opened") == 1


@pytest.mark.guarantee("G8")
def test_a_document_that_is_about_something_else_is_no_answer(
    crossing: Crossing, town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An item that waits ends with what has come by itself only if that is what it asked for."""
    [certificate] = crossing.record(750)
    crossing.until(lambda: crossing.knows(certificate))

    def found(number: str, *, kind: str = "birth-record", unit: str = "hospital") -> str:
        task: Any = SimpleNamespace(hub=town.hub, case=town.case(certificate).id)
        task.item = SimpleNamespace(gives="birth", unit=unit)
        task.operation = SimpleNamespace(gives=kind)
        task.identifiers = lambda _: ["/certificate/number"]
        asked: Any = {"declaration": SimpleNamespace(disclosed={"/certificate/number": number})}
        outcome = query._while_waiting(task, Outcome("ready"), asked)
        return outcome.code or outcome.state

    assert found(certificate) == "applied"
    assert found(birth(751).form["cszmbh"]) == "query.not-yet"
    assert found(certificate, kind="citizen-id") == "query.not-yet"
    assert found(certificate, unit="public-security") == "query.not-yet"
    known = case_rows.documents
    monkeypatch.setattr(case_rows, "documents", lambda *told: known(*told) | {"birth#revoked": "x"})
    assert found(certificate) == "document.revoked"
