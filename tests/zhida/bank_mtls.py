"""The banks' endpoint as in production: mutual TLS, signed bodies, and files of certificates that can be exchanged."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import bank_certificates, pki
from sandbox.bank_certificates import PLACE, common_name
from sandbox.firms import BANKS
from sandbox.layout import free_port
from sandbox.lender import Lender, Tls
from tests.zhida import finance_in_district
from tests.zhida.finance_in_district import Financing
from zhida import serve

_CLIENT = "  {bank}: {{title: {bank}, unit: {bank}, common_name: {name}, may: [finance], signs: true, rate: 10000 per second}}\n"


@dataclass(frozen=True)
class Place:
    """Where it listens, the district behind it, and its files."""

    url: str
    financing: Financing

    @property
    def folder(self) -> Path:
        return self.financing.district.directory

    @property
    def tls(self) -> Path:
        return self.folder / PLACE

    def shown(self, bank: str = "bank-a", name: str = "client") -> Tls:
        place = self.folder / bank
        return Tls(self.tls / "hub-ca.crt", place / f"{name}.crt", place / f"{name}.key")

    def lender(self, bank: str = "bank-a", name: str = "client", signs: str = "unit") -> Lender:
        """``name``: of the certificate that it shows; ``signs``: of the key by which it signs."""
        secret = self.financing.district.secrets["ca"]
        tls = self.shown(bank, name)
        return Lender(self.folder, bank, self.url, secret, tls=tls, key=signs)

    def register(self, *names: str, bank: str = "bank-a") -> None:
        """These certificates sign for the bank from now on."""
        unit = self.folder / "site" / "units" / f"{bank}.yaml"
        listed = ", ".join(f"../keys/{name}.crt" for name in names)
        text = re.sub("certificates: .*", f"certificates: [{listed}]", unit.read_text("utf-8"))
        unit.write_text(text, "utf-8")


@contextmanager
def opened(folder: Path, open_town: Any) -> Iterator[Place]:
    """Listening; each bank has a certificate of now and one of next."""
    with finance_in_district.opened(folder, open_town, seconds=5) as financing:
        district, site = financing.district, financing.hub.site.folder
        bank_certificates.make(district.directory, BANKS)
        text = "connection: bank_door\nanswer_seconds: 5\nclients:\n"
        for bank in BANKS:
            pki.renew(district.directory, district.suite, bank, district.secrets["ca"])
            text += _CLIENT.format(bank=bank, name=common_name(bank))
        (site / "serve.yaml").write_text(text, "utf-8")
        rules = (site / "finance.yaml").read_text("utf-8")
        (site / "finance.yaml").write_text(re.sub(r"_day: \d+", "_day: 100000", rules), "utf-8")
        tls = district.directory / PLACE
        for kind in ("crt", "key"):
            shutil.copyfile(tls / f"hub.{kind}", tls / f"door.{kind}")
        shutil.copyfile(tls / "banks-ca.crt", tls / "clients.crt")
        port = free_port()
        extra = {
            "cert": tls / "door.crt",
            "key": tls / "door.key",
            "client_ca": tls / "clients.crt",
        }
        told = {name: str(path) for name, path in extra.items()}
        financing.town.connections["bank_door"] = {"host": "127.0.0.1", "port": port, "extra": told}
        with closing(financing.town.open_hub()) as hub, serve.open_server(hub):
            yield Place(f"https://127.0.0.1:{port}", financing)
