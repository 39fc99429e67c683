"""``python -m sandbox.bank_kit``: a bank tries its own client, and is told which requirements it meets.

A district stands up with the hub's endpoint (mutual TLS, signed bodies); what the bank needs is written to
``DIR/bank-a``; what its client does at the door is written down, and judged. It ends with SIGINT or SIGTERM, when all is met
(``--until-met``), or after ``--quiet`` seconds without a call. The report is told (``--json``) and lies in
``DIR/report.json``. 0: everything is met; 1: something is broken; 3: something was not seen; 2: the folder is not ours.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from crypto import certificates
from sandbox import bank_kit_shown, bank_requirements, bank_situations
from sandbox.bank_door import Door
from sandbox.bank_hub import BankHub
from sandbox.bank_passing import Behind
from sandbox.bank_record import LOANS, Record
from sandbox.bank_situations import BANK, REQUEST

MARK = "bank-kit.txt"
"""Says whose a folder is: what an earlier session left may be removed."""


class Kit(AbstractContextManager["Kit"]):
    """The district, the door in front of it, and what was seen there."""

    def __init__(self, folder: Path, *, hub: BankHub | None = None, run: str = "") -> None:
        """``hub``: one that stands already, and stays; ``run``: which of its runs this is."""
        self.folder, self._run, self._is_ours = folder.resolve(), run, hub is None
        self.hub = hub or BankHub(folder)
        self.last_call = time.monotonic()
        self._following: list[threading.Thread] = []

    def __enter__(self) -> Kit:
        if self._is_ours:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / MARK).write_text("made by python -m sandbox.bank_kit\n", "utf-8")
            self.hub.start()
        self.situations = bank_situations.make(self.hub.district, self._run)
        self.door = Door(self._behind())
        self._write("situations.json", [each.told() for each in self.situations])
        self._write("kit.json", self.told())
        self.last_call = time.monotonic()  # the district has taken its time to stand up
        return self

    def __exit__(self, *_: object) -> None:
        self.door.close()
        for each in self._following:
            each.join()
        if self._is_ours:
            self.hub.stop()

    def told(self) -> dict[str, Any]:
        """What the bank's client has to be given; paths are below the bank's folder."""
        return {
            "address": f"https://127.0.0.1:{self.door.port}",
            "wrong_address": f"https://127.0.0.1:{self.door.wrong_port}",
            "folder": str(self.folder / BANK),
            "trust": "hub-ca.crt",
            "certificate": ["client.crt", "client.key"],
            "next_certificate": ["next.crt", "next.key"],
            "signing_key": "sign.key",
            "next_signing_key": "sign-next.key",
            "hub_certificate": "hub.crt",
            "situations": "situations.json",
        }

    def report(self, *, is_over: bool = True) -> list[dict[str, Any]]:
        """How the client stands."""
        seen = self.door.record
        told = Record(seen.seen, seen.knocks, is_over, seen.letters)
        return bank_requirements.judged(told)

    def _behind(self) -> Behind:
        district = self.hub.district
        places = {
            "first": self.folder / BANK / "unit.crt",
            "next": self.folder / BANK / "unit-next.crt",
        }
        return Behind(
            folder=self.folder,
            bank=BANK,
            port=self.hub.port,
            later_port=self.hub.later_port,
            signers={
                certificates.load(path.read_bytes()).public_key.kid: name
                for name, path in places.items()
            },
            letters={each.number: each.name for each in self.situations},
            acts={"slow": lambda: bank_situations.make_late(district)},
            told=self._told,
        )

    def _told(self, record: Record) -> None:
        """After every call; after the loan on ``clean`` something happens to its order."""
        self.last_call = time.monotonic()
        first = f"{REQUEST}clean{self._run}"
        lent = (each for _, each in record.calls("POST", LOANS) if each.is_done)
        if not self._following and any(each.told("request") == first for each in lent):
            self._following = [threading.Thread(target=self._after_loan)]
            self._following[0].start()

    def _after_loan(self) -> None:
        bank_situations.change(self.hub.district, self._run)
        self.hub.look_again()

    def _write(self, name: str, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=1)
        (self.folder / BANK / name).write_text(text, "utf-8")


def wait(kit: Kit, stop: threading.Event, arguments: argparse.Namespace) -> None:
    """Until the session is over."""
    while not stop.wait(0.5):
        rows = kit.report(is_over=False)
        if arguments.until_met and bank_requirements.exit_code(rows) == 0:
            return
        if arguments.quiet and time.monotonic() - kit.last_call > arguments.quiet:
            return


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code says how the client stands."""
    arguments = _arguments(argv)
    console, stop = Console(stderr=arguments.json), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if not _cleared(arguments.dir):
        print(f"{arguments.dir} 里有别的东西，请换一个文件夹 holds something else", file=sys.stderr)
        return 2
    with Kit(arguments.dir) as kit:
        bank_kit_shown.introduce(kit.told(), kit.situations, console)
        wait(kit, stop, arguments)
        rows, seen = kit.report(), [asdict(each) for each in kit.door.record.seen]
    told = {"requirements": rows, "calls": seen}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    arguments.dir.mkdir(parents=True, exist_ok=True)
    (arguments.dir / "report.json").write_text(text, "utf-8")
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        console.print(bank_kit_shown.table(rows))
    return bank_requirements.exit_code(rows)


def _cleared(folder: Path) -> bool:
    """Is it free? What an earlier session left is removed; nothing else is."""
    if (folder / MARK).is_file():
        shutil.rmtree(folder)
    return not folder.exists() or not any(folder.iterdir())


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.bank_kit", description="银行接口自测")
    parser.add_argument(
        "--dir",
        type=Path,
        default=Path("var/bank-kit"),
        help="放在哪里，缺省 var/bank-kit；每次从头做",
    )
    parser.add_argument("--json", action="store_true", help="机器可读的报告")
    parser.add_argument("--until-met", action="store_true", help="全部做到就结束")
    parser.add_argument("--quiet", type=float, default=0.0, help="多少秒没有调用就结束")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
