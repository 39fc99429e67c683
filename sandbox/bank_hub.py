"""A district that verifies orders, with its endpoint over mutual TLS; and the same one a day later, for the day's books.

A day's books can be compared once the day is over. So a second process of the hub, whose clock is a day ahead, stands over
the same store and answers that one question: nothing that it says is made up.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from crypto import key_forms, keys, pem
from sandbox import bank_certificates, finance_district, pki
from sandbox.bank_certificates import PLACE
from sandbox.district import District
from sandbox.firms import BANKS
from sandbox.handle import wait_for
from sandbox.layout import free_port
from sandbox.lender import Lender, Tls
from sandbox.process import ROOT, Process
from sandbox.tls import write_secret

_SERVE = """\
connection: hub_door
answer_seconds: 2
clients:
"""
_CLIENT = "  {bank}: {{title: {title}, unit: {bank}, common_name: {name}, may: [finance], signs: true, rate: 1000 per second}}\n"
_ZHIDA = [sys.executable, "-m", "zhida"]
_ENDPOINT = """
import datetime, os, signal, sys, threading
from exchange.ports import utc_now
from zhida import serve, site
from zhida.environment import site_folder, store_url, var_folder
from zhida.hub import Hub
stop, parent = threading.Event(), os.getppid()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stop.set())
ahead = datetime.timedelta(minutes=int(sys.argv[1]))
secret = os.environ["ZHIDA_KEY_PASSWORD"].encode()
hub = Hub(site.load(site_folder()), var=var_folder(), secret=secret, clock=lambda: utc_now() + ahead, store=store_url())
with serve.open_server(hub):
    while not stop.wait(0.5) and os.getppid() == parent:
        pass
hub.close()
"""
"""``zhida serve`` that ends with whoever started it, and may have another clock."""
_NOW, _LATER = "0", "1451"
"""Minutes ahead: none; a day, and the time that a day's books take to be settled."""
_LOOK = """
from zhida import finance_watch, sweep
from zhida.hub import open_hub
with open_hub() as hub:
    finance_watch.advance(hub)
    sweep.sweep(hub, hub.site.matter("order-finance-watch"))
    finance_watch.advance(hub)
"""
"""What a day's ``zhida finance watch`` and sweeps do, in one process: the loans are asked about, and what has changed is told."""


class BankHub(AbstractContextManager["BankHub"]):
    """Everything below ``folder``; what a bank needs lies in ``folder/bank-a``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.district = District(
            self.folder, systems=finance_district.SYSTEMS, signer=False, finance=True
        )
        self.port, self.later_port = free_port(), free_port()
        self._processes: list[Process] = []

    def start(self) -> None:
        """Until both answer. Raises ``NotHealthy``."""
        self.district.prepare()
        bank_certificates.make(self.folder, BANKS)
        self._lay()
        self.district.start()
        try:
            self._run([*_ZHIDA, "init"])
            self._serve("serve", _NOW, self.port)
            self._serve("serve-later", _LATER, self.later_port)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Every process, by its pid."""
        for process in self._processes:
            process.stop()
        self.district.stop()

    def __enter__(self) -> BankHub:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def lender(self, bank: str) -> Lender:
        """A program of the bank, straight at the hub's endpoint."""
        address = f"https://127.0.0.1:{self.port}"
        return Lender(self.folder, bank, address, self.district.secrets["ca"], tls=self.tls(bank))

    def tls(self, bank: str, name: str = "client") -> Tls:
        """Files of its certificate of that name."""
        place = self.folder / bank
        return Tls(self.folder / PLACE / "hub-ca.crt", place / f"{name}.crt", place / f"{name}.key")

    def look_again(self) -> None:
        """The hub asks about the loans once more today, if it has not yet, and tells what has changed."""
        self._run([sys.executable, "-c", _LOOK])

    def _run(self, command: list[str]) -> None:
        env = self._env(self.port)
        done = subprocess.run(
            command, cwd=ROOT, env=env, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{command[1:]}: {done.stdout}{done.stderr}"[-4000:])

    def _lay(self) -> None:
        """The site knows the banks' certificates, now and next; the banks get their keys."""
        site, secret, text = self.folder / "site", self.district.secrets["ca"], _SERVE
        for bank, about in BANKS.items():
            pki.renew(self.folder, self.district.suite, bank, secret)
            name = bank_certificates.common_name(bank)
            text += _CLIENT.format(bank=bank, title=about["name"], name=name)
            unit = site / "units" / f"{bank}.yaml"
            both = f"certificates: [../keys/{bank}.crt, ../keys/{bank}-next.crt]"
            unit.write_text(re.sub("certificates: .*", both, unit.read_text("utf-8")), "utf-8")
            for old, new in (("unit", "sign"), ("unit-next", "sign-next")):
                _unlock(
                    self.folder / bank / f"{old}.key", self.folder / bank / f"{new}.key", secret
                )
            for told in (self.folder / PLACE / "hub-ca.crt", site / "keys/hub.crt"):
                (self.folder / bank / told.name).write_bytes(told.read_bytes())
        (site / "serve.yaml").write_text(text, "utf-8")

    def _env(self, port: int) -> dict[str, str]:
        tls = self.folder / PLACE
        extra = {"cert": tls / "hub.crt", "key": tls / "hub.key", "client_ca": tls / "banks-ca.crt"}
        told: dict[str, Any] = {"conn_type": "http", "host": "127.0.0.1", "port": port}
        told["extra"] = {name: str(path) for name, path in extra.items()}
        ours = {"PYTHONPATH": str(ROOT), "AIRFLOW_CONN_HUB_DOOR": json.dumps(told)}
        return os.environ | self.district.env | ours

    def _serve(self, name: str, ahead: str, port: int) -> None:
        command = [sys.executable, "-c", _ENDPOINT, ahead]
        process = Process(name, command, self.folder / f"{name}.log", "zhida", self._env(port))
        self._processes.append(process)
        process.start()
        lender = Lender(
            *(self.folder, "bank-a", f"https://127.0.0.1:{port}", self.district.secrets["ca"]),
            tls=self.tls("bank-a"),
        )
        wait_for(process, lambda: lender.send("GET", "/health")["status"] == 200, seconds=60)


def _unlock(locked: Path, place: Path, secret: str) -> None:
    """A key as a bank's own tools read it: PKCS#8, in the clear."""
    key = keys.load_private(locked.read_bytes(), secret.encode())
    info = key_forms.private_info(key.suite, key.raw, key.public.raw)
    write_secret(place, pem.armor("PRIVATE KEY", info))
