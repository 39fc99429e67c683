"""``make finance``: a small supplier's order, from the letter to the answer that a bank keeps.

The firm signs, the bank's program calls the hub's endpoint, the core enterprise, the registers and the tax
administration are asked at once, the justice bureau's desk and the law firm in their OA. Then what must not
work is tried. What is told comes from the answers, and who was asked what from the stand-ins' own books.
``python -m sandbox.finance``; everything lies in ``var/finance``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from sandbox import finance_district, finance_orders
from sandbox.district import District
from sandbox.firms import BANKS, SELLERS, Firms
from sandbox.lender import Lender
from sandbox.office import Office
from sandbox.officers import Officers
from sandbox.process import ROOT, Process

ORDER = "PO-2026-0001"
MATTER = "order-finance"
_ZHIDA = [sys.executable, "-m", "zhida"]
_COLOURS = {"pass": "green", "fail": "red", "manual": "yellow", "unknown": "yellow"}
_WORDS = {
    "pass": "通过",
    "fail": "不通过",
    "manual": "要由人看",
    "not-due": "未到时候",
    "unknown": "不知道",
    "not-authorised": "没有授权",
}
_LETTERS = {"valid": "有效"}
_SAID = {
    "finance.letter-unknown": "没有给这家银行的这份授权书",
    "finance.no-request": "这家银行没有交过这份申请",
    "finance.letter-revoked": "授权书已撤回",
    "R11": "另一家银行已受理同一订单",
}


class Walk:
    """One order, in a district that runs."""

    def __init__(self, district: District, console: Console) -> None:
        self.district, self.console = district, console
        self.folder = district.directory
        self.env = os.environ | district.env | {"PYTHONPATH": str(ROOT)}
        self.address = f"http://127.0.0.1:{district.ports['hub']['port']}"
        secret = district.secrets["ca"]
        self.firm = Firms(self.folder, secret).firm(SELLERS[0])
        self.banks = {bank: Lender(self.folder, bank, self.address, secret) for bank in BANKS}
        self.officers = Officers(district.system("oa").address, Office())

    def run(self) -> dict[str, Any]:
        """All steps in order; what came of it."""
        self.zhida("init")
        self._place_the_order()
        log = self.folder / "serve.log"
        endpoint = Process("serve", [*_ZHIDA, "serve"], log, "zhida", self.env)
        endpoint.start()
        try:
            self._await_endpoint()
            return self._verify() | {"refused": self._refusals()}
        finally:
            endpoint.stop()

    def _place_the_order(self) -> None:
        told = finance_orders.placed(ORDER, self.firm)
        self.district.system("core_enterprise").ask("POST", "/order", told)
        self.console.print(f"核心企业下了订单 {ORDER}，一百万元；供应商想凭它借五十万元。")

    def _await_endpoint(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if requests.get(f"{self.address}/health", timeout=2).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise TimeoutError(f"the endpoint does not answer; see {self.folder / 'serve.log'}")

    def _verify(self) -> dict[str, Any]:
        bank = self.banks["bank-a"]
        letter = bank.hand_in(self.firm.letter("SQS-001", BANKS["bank-a"], ORDER))
        self.console.print(
            f"企业签了授权书，银行交来：{_LETTERS.get(letter['state'], letter['state'])}，可用 {letter['uses_left']} 次。"
        )
        began = time.monotonic()
        first = bank.ask(self._request("SQ001", "SQS-001"))
        seconds = round(time.monotonic() - began, 2)
        self.show(first, f"当场的答复（{seconds} 秒，{first['status']}）：能查到的都有，其余接着查")
        for _ in range(3):
            self.zhida("sweep", MATTER)
            self.officers.work()
        whole = self._until_whole(bank)
        self.show(whole, f"完整的答复（{whole['status']}）")
        return {"letter": letter, "seconds": seconds, "first": first, "whole": whole}

    def _until_whole(self, bank: Lender) -> dict[str, Any]:
        """The hub looks again for what people have done."""
        end = time.monotonic() + 120
        while True:
            self.zhida("sweep", MATTER)
            self.officers.work()
            told = bank.look("SQ001")
            if told["status"] == 200 or time.monotonic() > end:
                return told
            time.sleep(2)

    def _refusals(self) -> dict[str, str]:
        """What must not work: each with the code that it is refused with."""
        bank, other = self.banks["bank-a"], self.banks["bank-b"]
        other.hand_in(self.firm.letter("SQS-002", BANKS["bank-b"], ORDER))
        second = other.ask(self._request("YH001", "SQS-002"))
        rows = {row["check"]: row for row in second["answer"]["checks"]}
        found = {
            "没有授权书": bank.ask(self._request("SQ002", "SQS-999"))["code"],
            "用别家银行的授权书": other.ask(self._request("YH002", "SQS-001"))["code"],
            "看别家银行的申请": other.look("SQ001")["code"],
            "另一家银行，同一张订单": " ".join(rows["duplicates"].get("codes", [])),
        }
        revoked = self.firm.revocation("SQS-001")
        bank.send("POST", "/finance/letters/revocations", {"revocation": revoked})
        return found | {"企业撤回以后再读": bank.look("SQ001")["code"]}

    def _request(self, number: str, letter: str) -> dict[str, Any]:
        return finance_orders.asked(number, letter, ORDER, self.firm)

    def show(self, told: Mapping[str, Any], title: str) -> None:
        """The checks of an answer as a table."""
        table = Table(title=title)
        for column in ("事项", "结果", "原因", "谁说的", "哪一天的"):
            table.add_column(column)
        titles = finance_district.unit_titles(Path(self.env["ZHIDA_SITE"]))
        for row in told["answer"]["checks"]:
            state = row["state"]
            word = f"[{_COLOURS.get(state, 'dim')}]{_WORDS[state]}[/]"
            codes = " ".join(row.get("codes", ()))
            source = titles.get(row.get("source", ""), row.get("source", ""))
            table.add_row(row["title"], word, codes, source, row.get("as_of", ""))
        self.console.print(table)

    def zhida(self, *words: str) -> str:
        """Run a command of the hub as a person would."""
        done = subprocess.run(
            [*_ZHIDA, *words], cwd=ROOT, env=self.env, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(
                f"zhida {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return done.stdout


WANTED = {
    "没有授权书": "finance.letter-unknown",
    "用别家银行的授权书": "finance.letter-unknown",
    "看别家银行的申请": "finance.no-request",
    "另一家银行，同一张订单": "R11",
    "企业撤回以后再读": "finance.letter-revoked",
}


def main() -> int:
    """0 only if the answer was whole, nothing spoke against the order, and what must be refused was."""
    folder, console = Path("var/finance").resolve(), Console()
    shutil.rmtree(folder, ignore_errors=True)
    console.rule("直达 Zhida · 订单融资")
    systems = finance_district.SYSTEMS
    with District(folder, systems=systems, signer=False, finance=True) as district:
        found = Walk(district, console).run()
    console.print("不该成的五样，都没有成：" if found["refused"] == WANTED else "不该成的五样：")
    for what, code in found["refused"].items():
        console.print(f"  {what}：{_SAID.get(code, code)} [{code}]", markup=False)
    (folder / "summary.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    states = {row["state"] for row in found["whole"]["answer"]["checks"]}
    good = found["whole"]["status"] == 200 and states <= {"pass", "not-due"}
    return 0 if good and found["refused"] == WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
