"""One run of a district full of planted texts; everything that the hub owns afterwards."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.clerk import Clerk
from sandbox.district import District
from tests.privacy.canaries import CANARIES, MOTHER, facts, form
from tests.zhida.conftest import ROOT, configure


def _scanner_module() -> Any:
    """The neighbour ``scanner.py`` (tests are no package)."""
    name = "zhida_privacy_scanner"
    if name not in sys.modules:
        file = Path(__file__).parent / "scanner.py"
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def scanner_module() -> Any:
    return _scanner_module()


@dataclass
class Aftermath:
    """What is left of the run."""

    district: District
    folder: Path
    canaries: dict[str, str]
    logs: list[Path] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)

    @property
    def hub(self) -> Path:
        return Path(self.district.env["ZHIDA_VAR"])


class Run:
    """Everything that may go wrong with a newborn, once, in the processes of a real site."""

    def __init__(self, district: District, folder: Path) -> None:
        self.district = district
        self.folder = folder
        self.clerk = Clerk(district.system("oa").address)
        self.logs: list[Path] = []
        for name in ("airflow", "tmp", "logs"):
            (folder / name).mkdir()
        kept = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
        self.env = (
            kept
            | district.env
            | {
                "PYTHONPATH": str(ROOT),
                "LANG": "C.UTF-8",
                "TMPDIR": str(folder / "tmp"),
                "AIRFLOW_HOME": str(folder / "airflow"),
                "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
                "COLUMNS": "200",
                "ZHIDA_LOG_FILE": str(folder / "logs" / "json.log"),
            }
        )

    def call(self, *words: str, ends: tuple[int, ...] = (0,)) -> None:
        log = self.folder / "logs" / f"{len(self.logs)}.log"
        self.logs.append(log)
        with log.open("wb") as file:
            done = subprocess.run(
                [sys.executable, *words],
                cwd=ROOT,
                env=self.env,
                stdout=file,
                stderr=file,
                timeout=150,
                check=False,
            )
        assert done.returncode in ends, log.read_text("utf-8", "replace")[-4000:]

    def play(self) -> None:
        wrong = facts(5, CANARIES["certificate of a wrong message"])
        wrong["mother"]["ethnicity"] = CANARIES["an ethnicity that there is not"]
        self.district.birth(wrong)
        self._tell(1, "certificate")
        self._tell(2, "second certificate")
        bad = form(6, CANARIES["certificate"], xsexm=CANARIES["a name in a wrong form"])
        self.clerk.fill_in(bad | {"xsemz": CANARIES["an ethnicity that there is not"]})
        police = self.district.system("police")
        reason = CANARIES["what the officer wrote"] + MOTHER
        police.fault("refuse", operation="csdj", times=1, reason=reason)
        self.call("-m", "zhida.airflow.once", "newborn")

        self._tell(3, "third certificate")
        self._tell(4, "fourth certificate", xsexm=CANARIES["name that no GBK has"])
        police.fault("reset", operation="csdj", times=1)
        insurance = self.district.system("insurance")
        insurance.fault("refuse", operation="9101", reason=CANARIES["what the platform wrote"])
        self.call("-c", _SWEEPS)
        for words in ("case list", "invalid list --json", "ledger verify --json", "check"):
            self.call(*_ZHIDA, *words.split())
        self.call(*_ZHIDA, "case", "show", self._newest_case(), "--json")

    def _newest_case(self) -> str:
        with sqlite3.connect(Path(self.district.env["ZHIDA_VAR"]) / "store.db") as database:
            newest = "SELECT id FROM matter_case ORDER BY opened_at DESC"
            found: str = database.execute(newest).fetchone()[0]
        database.close()
        return found

    def _tell(self, number: int, certificate: str, **changed: str) -> None:
        self.district.birth(facts(number, CANARIES[certificate]))
        self.clerk.fill_in(form(number, CANARIES[certificate], **changed))


_ZHIDA = ("-m", "zhida")
_SWEEPS = """
import json, logging, os
from datetime import timedelta
from pathlib import Path
from exchange.ports import utc_now
from zhida import logs, site, sweep
from zhida.hub import Hub

logging.basicConfig(level=logging.DEBUG)
logging.getLogger().addHandler(logs.handlers()[-1])
ahead = timedelta(0)
hub = Hub(
    site.load(Path(os.environ["ZHIDA_SITE"])),
    var=Path(os.environ["ZHIDA_VAR"]),
    secret=os.environ["ZHIDA_KEY_PASSWORD"].encode(),
    clock=lambda: utc_now() + ahead,
)
for turn in range(4):
    for report in sweep.sweep(hub, hub.site.matter("newborn")):
        print(report)
    ahead += timedelta(seconds=90)
hub.close()
"""
"""Four sweeps, each some time after the one before, with every library's own log switched on."""


@pytest.fixture(scope="session")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("privacy")
    district = District(folder / "town")
    district.prepare()
    configure(district.directory, "police", settle_s=1)
    with district:
        run = Run(district, folder)
        run.call(*_ZHIDA, "init")
        # Who keeps a database open keeps its WAL from being folded in and removed.
        watching = sqlite3.connect(Path(district.env["ZHIDA_VAR"]) / "store.db")
        watching.execute("SELECT count(*) FROM ledger_entry").fetchone()
        run.play()
        given = _given(district)
        yield Aftermath(district, folder, dict(CANARIES) | given, run.logs, run.env)
        watching.close()


def _given(district: District) -> dict[str, str]:
    """What the systems themselves gave the children: their numbers for life."""
    police = district.system("police").books()
    insurance = district.system("insurance").books()
    told = {f"child's number {row['id']}": row["gmsfhm"] for row in police}
    told |= {f"police serial {row['id']}": row["sid"] for row in police}
    return told | {f"insurance number {row['id']}": row["psn_no"] for row in insurance}
