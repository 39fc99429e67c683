"""``make grants``: one night of a small district's grants, from the bureaus' lists to the treasury's books.

The bureaus hand over what they know of every firm; Airflow runs the night; people agree, answer,
keep silent and decline; the treasury pays and sends back. What was paid is told from the treasury's
own books. ``python -m sandbox.grants --firms 2000``; everything lies in ``var/grants``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox import grant_books, grant_summary, grants_district
from sandbox.district import District
from sandbox.grant_people import GrantPeople
from sandbox.moments import china_time
from sandbox.process import ROOT
from sandbox.site_layers import GRANT_MATTERS

FIRMS = 2000
LONGEST = 1200.0
"""Seconds from the match to the last payment."""
QUIET = 3
"""Turns in which nothing changes and nobody has anything to do: then it is over."""
_ZHIDA = [sys.executable, "-m", "zhida"]


class Night:
    """One run through it all, in a district that runs."""

    def __init__(self, district: District, console: Console) -> None:
        self.district, self.console = district, console
        self.folder = district.directory
        self.people = GrantPeople(district)
        home = {"AIRFLOW_HOME": str(self.folder / "airflow"), "PYTHONPATH": str(ROOT)}
        self.env = os.environ | district.env | home
        self.log = self.folder / "airflow.log"
        self.seconds: dict[str, float] = {}
        self.objected = ""

    def run(self, firms: int) -> dict[str, Any]:
        """All steps in order; what came of it."""
        today = date.fromisoformat(china_time("%Y-%m-%d"))
        self.zhida("init")
        steps = {
            "hand_over": lambda: grants_district.hand_over(self.folder, firms, today),
            "night": self._night,
            "until_paid": self._until_still,
        }
        for name, step in steps.items():
            began = time.monotonic()
            self.console.print(_TOLD[name].format(firms=firms))
            step()
            self.seconds[name] = round(time.monotonic() - began, 1)
        return self._summary(firms)

    def _night(self) -> None:
        """Facts, then snapshot, match, advance: the two dags as they stand, in Airflow."""
        for dag in ("zhida_facts", "zhida_grants"):
            command = [sys.executable, "-m", "zhida.airflow.once", dag]
            with self.log.open("ab") as log:
                done = subprocess.run(
                    command, cwd=ROOT, env=self.env, stdout=log, stderr=log, check=False
                )
            if done.returncode:
                raise RuntimeError(f"the night has failed; see {self.log}")

    def _until_still(self) -> None:
        """The hub works and people act, in turns, until nothing moves any more."""
        self.people.begin()
        end, quiet, before = time.monotonic() + LONGEST, 0, dict[str, str]()
        while time.monotonic() < end:
            done = self._turn()
            states = {row["id"]: row["state"] for row in self.awards()}
            quiet = 0 if states != before or done else quiet + 1
            before = states
            if quiet >= QUIET and grant_books.is_at_rest(self.folder, states):
                return
        raise TimeoutError(f"still on their way: {dict(Counter(before.values()))}")

    def _turn(self) -> int:
        self.zhida("grants", "advance")
        for matter in GRANT_MATTERS:
            self.zhida("sweep", matter)
        self.objected = self.objected or self._object()
        return self.people.work()

    def _object(self) -> str:
        """Somebody objects to the first award that is public; each policy has its list."""
        listed = self.told("grants", "list", "--state", "listed", "--most", "1000")
        for row in {row["policy"]: row for row in listed[::-1]}.values():
            shown = self.told("grants", "show", row["id"])
            if self.people.object(shown["list"], row["id"], "该企业已迁出本区"):
                return str(row["id"])
        return ""

    def awards(self) -> list[dict[str, Any]]:
        """Where the hub says that they stand."""
        found: list[dict[str, Any]] = self.told("grants", "list", "--most", "1000000")
        return found

    def _summary(self, firms: int) -> dict[str, Any]:
        awards = self.awards()
        told = grant_summary.build(
            self.folder, awards, self.told("grants", "status")["runs"][0]["policies"]
        )
        paid = next((row["id"] for row in awards if row["state"] == "paid"), "")
        proof = self._proof(paid) if paid else {"verified": False}
        ledger = self.told("ledger", "verify") | self.told("ledger", "head")
        head = {name: ledger[name] for name in ("entries", "head", "root")}
        more = {"proof": proof, "ledger": head, "seconds": self.seconds}
        return {"firms": firms, **told, "objected": self.objected, **more}

    def _proof(self, award: str) -> dict[str, Any]:
        """One firm's decision, taken out of the night's dataset, and checked with nothing but a root."""
        shown = self.told("grants", "show", award)
        file = self.folder / "decision.proof"
        key = [shown["firm"]["uscc"], shown["policy"], shown["stage"]]
        file.unlink(missing_ok=True)
        words = ("dataset", "prove", shown["decision"], *key, "-o", str(file), "--reason", "演示")
        self.zhida(*words, env=self.env | self.district.operator_env("li"))
        bare = {name: self.env[name] for name in ("PATH", "HOME", "PYTHONPATH")}
        command = [*_ZHIDA, "dataset", "verify", str(file), "--trust", str(self.folder / "trust")]
        done = subprocess.run(
            [*command, "--json"], cwd=ROOT, env=bare, capture_output=True, check=False
        )
        told = {"award": award, "file": str(file), "bytes": file.stat().st_size}
        return told | {"exit": done.returncode, "verified": done.returncode == 0}

    def zhida(self, *words: str, env: Mapping[str, str] | None = None) -> str:
        """Run a command of the hub as a person would."""
        command, env = [*_ZHIDA, *words], self.env if env is None else env
        done = subprocess.run(
            command, cwd=ROOT, env=env, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(
                f"zhida {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return done.stdout

    def told(self, *words: str) -> Any:
        """The same with ``--json``."""
        return json.loads(self.zhida(*words, "--json"))


_TOLD = {
    "hand_over": "各部门交出 {firms} 户企业的事实（27 个部门的清单和前置库表）…",
    "night": "Airflow 取事实（一个来源一个任务），再运行一夜：快照 → 匹配 → 推进…",
    "until_paid": "负责人确认、公示、企业确认、财政审核、国库支付、退汇更正…",
}


def main(argv: Sequence[str] | None = None) -> int:
    """0 only if every award that is paid was paid once, and one decision verified alone."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.grants", description=__doc__)
    parser.add_argument("--firms", type=int, default=FIRMS)
    parser.add_argument("--dir", type=Path, default=Path("var/grants"))
    told = parser.parse_args(argv)
    folder, console = told.dir.resolve(), Console()
    shutil.rmtree(folder, ignore_errors=True)
    console.rule("直达 Zhida · 惠企政策免申即享")
    district = District(folder, systems=grants_district.SYSTEMS, signer=False, grants=True)
    with district:
        summary = Night(district, console).run(told.firms)
    file = folder / "summary.json"
    file.write_text(json.dumps(summary, ensure_ascii=False, indent=1), "utf-8")
    grant_summary.show(console, summary)
    return 0 if grant_summary.is_good(summary) else 1


if __name__ == "__main__":
    raise SystemExit(main())
