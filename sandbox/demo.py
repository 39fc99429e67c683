"""``make demo``: a newborn registered end to end, told from outside the hub.

The district's systems run as processes of their own, the hub is used only through its commands
and one Airflow run, and what is reported as an effect, as received or as withheld comes from the
systems' own books and from the bytes captured on their wires.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox import demo_summary
from sandbox.district import District
from sandbox.layout import SYSTEMS, UNITS
from sandbox.moments import china_time
from sandbox.newborns import lately, newborn
from sandbox.process import ROOT
from sandbox.world import World

MATTER = "newborn"
CHILD = {"follows": "father", "identity_card": "wanted"}
"""What differs from a plain birth (``sandbox.newborns``)."""


def main() -> int:
    """0 only if every item was applied and the evidence verified."""
    folder = Path("var/demo").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    console = Console()
    console.rule("直达 Zhida · 新生儿出生一件事")
    console.print(
        "启动示例区：办公系统、医院与签名机、卫健、民政、户政、医保、税务、社保卡、银行（均在 127.0.0.1）…"
    )
    with District(folder, systems=SYSTEMS + UNITS, whole=True) as district:
        return Demo(district, console).run()


class Demo:
    """One walk through the newborn service."""

    def __init__(self, district: District, console: Console) -> None:
        self.district = district
        self.folder = district.directory
        self.console = console
        home = self.folder / "airflow"
        self.env = os.environ | district.env | {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.log = self.folder / "airflow.log"

    def run(self) -> int:
        """All steps in order."""
        self.zhida("init")
        self._tell_the_birth()
        began = time.monotonic()
        succeeded = self._sweep_in_airflow()
        elapsed = time.monotonic() - began
        case = self._case()
        evidence = self._evidence(case["case"])
        summary = demo_summary.build(
            self.folder,
            case,
            matter=self.told("matter", "show", MATTER),
            ledger=self.told("ledger", "verify") | self.told("ledger", "head"),
            evidence=evidence,
            elapsed_s=round(elapsed, 1),
        )
        file = self.folder / "summary.json"
        file.write_text(json.dumps(summary, ensure_ascii=False, indent=1), "utf-8")
        demo_summary.show(self.console, summary)
        return 0 if self._is_good(summary, succeeded) else 1

    def _tell_the_birth(self) -> None:
        """What people do: the hospital records the birth, the clerk fills in the OA form."""
        today = date.fromisoformat(china_time("%Y-%m-%d"))
        child, world = lately(newborn(1, CHILD), today), World(self.district)
        world.tell(child)
        self._await_acknowledgement()
        self.console.print("医院：记录出生，HL7 报文经院内签名机签名（私钥只在医院）。")
        world.declare(child)
        self.console.print("专窗：窗口人员在办公系统里填写“出生一件事”表单。\n")

    def _await_acknowledgement(self) -> None:
        """Until the hospital's system holds the signer's AA (it sends in its own time)."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if all(row["ack"] == "AA" for row in self.district.system("hospital").books()):
                return
            time.sleep(0.1)
        raise TimeoutError("the signer has not acknowledged the birth; see hospital/signer.log")

    def _sweep_in_airflow(self) -> bool:
        """One run of the dag, with the live table beside it."""
        self.console.print(f"Airflow 运行 dag “{MATTER}”（日志 {_short(self.log)}）…")
        command = [sys.executable, "-m", "zhida.airflow.once", MATTER]
        with self.log.open("wb") as log:
            airflow = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)
            try:
                self._watch()
                return airflow.wait(timeout=120) == 0
            finally:
                if airflow.poll() is None:
                    airflow.kill()
                    airflow.wait()

    def _watch(self) -> None:
        command = [*_ZHIDA, "case", "watch", MATTER, "--seconds", "90"]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True)

    def _case(self) -> dict[str, Any]:
        listed = self.told("case", "list")
        found: dict[str, Any] = self.told("case", "show", listed[0]["case"])
        return found

    def _evidence(self, case: str) -> dict[str, Any]:
        file = self.folder / "evidence.zip"
        file.unlink(missing_ok=True)
        words = ("evidence", "export", case, "-o", str(file), "--reason", "演示")
        self.zhida(*words, env=self.env | self.district.operator_env("li"))
        trust = self.folder / "trust"
        command = [*_ZHIDA, "evidence", "verify", str(file), "--trust", str(trust)]
        report = self.folder / "verification.txt"
        with report.open("wb") as out:
            verified = subprocess.run(command, cwd=ROOT, env=self.env, stdout=out, check=False)
        told = {"file": _short(file), "trust": _short(trust), "exit": verified.returncode}
        told["report"] = _short(report)
        return told | {"verified": verified.returncode == 0}

    def _is_good(self, summary: dict[str, Any], succeeded: bool) -> bool:
        done = all(demo_summary.is_good(item) for item in summary["items"])
        good = done and succeeded and bool(summary["evidence"]["verified"])
        if not good:
            self.console.print(
                f"[red]演示未成功[/]：见 {_short(self.log)} 与 {_short(self.folder)}"
            )
        return good

    def zhida(self, *words: str, env: Mapping[str, str] | None = None) -> str:
        """Run a command of the hub as a person would."""
        command, env = [*_ZHIDA, *words], self.env if env is None else env
        done = subprocess.run(
            command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def told(self, *words: str) -> Any:
        """The same with ``--json``."""
        return json.loads(self.zhida(*words, "--json"))


_ZHIDA = [sys.executable, "-m", "zhida"]


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


if __name__ == "__main__":
    raise SystemExit(main())
