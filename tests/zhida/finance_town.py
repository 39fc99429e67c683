"""A small site with two banks, its hub, a CA of firms, and firms that sign."""

from __future__ import annotations

import atexit
import base64
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete

from crypto import certificates, jws, keys
from crypto.certificates import Certificate, Revocation
from crypto.keys import PrivateKey
from exchange import audit, canonical, times
from exchange.store import ledger_rows, schema
from exchange.store.engine import Connection
from exchange.store.tables import metadata
from sandbox import pki
from sandbox.uscc import compose
from tests import emptied
from zhida import finance_rules, finance_token, operators, site
from zhida.finance_rules import FinanceRules
from zhida.hub import Hub
from zhida.operators import Signatory

FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
BANK_A, BANK_B = compose("320117", 900001), compose("320117", 900002)
SELLER, BUYER = compose("320117", 1), compose("320117", 2)
DATASETS = ("invoice", "registry", "tax-grade")
"""What there is to be asked for."""
FINANCE = f"""\
enterprise_trust: ../enterprises
banks:
  bank-a: {{uscc: "{BANK_A}", requests_per_day: 200, reads_per_day: 2000}}
  bank-b: {{uscc: "{BANK_B}", requests_per_day: 200, reads_per_day: 2000}}
"""
DAY, START = "2026-05-06", datetime(2026, 5, 6, 2, tzinfo=UTC)
SITE = """\
site: finance-test
title: 订单融资示例
unit: hub
suite: Ed25519
cipher: AES-256-GCM
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
matters: []
"""


class Clock:
    """Stands still until it is put forward: ten in the morning in China."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def skip(self, **time: float) -> None:
        self.now: datetime = self.now + timedelta(**time)


@dataclass(frozen=True)
class Authority:
    """A CA that signs firms' certificates."""

    certificate: Certificate
    key: PrivateKey

    @classmethod
    def make(cls, suite: str = "SM2-SM3", name: str = "企业证书签发机构") -> Authority:
        key = keys.generate(suite)
        return cls(certificates.issue_ca(name, key, FROM, UNTIL), key)

    def issue(self, name: str, key: PrivateKey, **more: Any) -> Certificate:
        years = {"valid_from": FROM, "valid_until": UNTIL}
        return certificates.issue(name, key.public, self.certificate, self.key, **years | more)

    def below(self, name: str = "下级机构") -> Authority:
        key = keys.generate(self.key.suite)
        return Authority(self.issue(name, key, usages=("key_cert_sign", "crl_sign")), key)

    def crl(self, *revoked: Certificate, until: datetime = UNTIL) -> bytes:
        entries = [Revocation(each.serial, FROM) for each in revoked]
        made = certificates.issue_crl(
            self.certificate, self.key, entries, this_update=FROM, next_update=until
        )
        return made.der


@dataclass
class Firm:
    """A firm with a certificate of its own; its chain goes into what it signs."""

    uscc: str
    authority: Authority
    key: PrivateKey = field(default_factory=lambda: keys.generate("SM2-SM3"))
    chain: list[Certificate] = field(default_factory=list)

    def __post_init__(self) -> None:
        told = {"serial_number": self.uscc}
        self.chain = self.chain or [self.authority.issue("示例企业", self.key, attributes=told)]

    def sign(self, record: Mapping[str, Any], form: finance_token.Form, **header: Any) -> str:
        return self.sign_bytes(canonical.dumps(dict(record)), form, **header)

    def sign_bytes(self, payload: bytes, form: finance_token.Form, **header: Any) -> str:
        told = {"typ": form.type, "x5c": x5c(self.chain), **header}
        return jws.sign(payload, self.key, {k: v for k, v in told.items() if v is not None})

    def letter(self, **changed: Any) -> str:
        return self.sign(
            letter(grantor={"uscc": self.uscc, "name": "示例企业"}, **changed), finance_token.LETTER
        )

    def revocation(self, number: str = "L1", **changed: Any) -> str:
        told = {"letter": number, "grantor": self.uscc, "revoked_on": DAY, "reason": "不再融资"}
        return self.sign(told | changed, finance_token.REVOCATION)


def x5c(chain: list[Certificate]) -> list[str]:
    return [base64.b64encode(each.der).decode() for each in chain]


def letter(**changed: Any) -> dict[str, Any]:
    """What a firm signs; a change to None leaves the field out."""
    told = {
        "number": "L1",
        "grantor": {"uscc": SELLER, "name": "示例企业"},
        "bank": {"uscc": BANK_A, "name": "示例银行甲"},
        "purpose": "order-finance",
        "order": "PO-2026-007",
        "datasets": list(DATASETS),
        "valid_from": "2026-05-01",
        "valid_until": "2026-08-31",
        "max_uses": 10,
        "text_digest": "a" * 64,
    }
    return {name: value for name, value in {**told, **changed}.items() if value is not None}


class Place:
    """The site on disk, its hub, its rules, and a firm of its CA."""

    def __init__(self, folder: Path, store: str = "") -> None:
        self.folder, self.site, self.clock, self.store = folder, folder / "site", Clock(), store
        shutil.copytree(_keys(), folder, dirs_exist_ok=True)
        self.write("site.yaml", SITE)
        for unit, title in {
            "hub": "数据局",
            "bank-a": "示例银行甲",
            "bank-b": "示例银行乙",
        }.items():
            self.write(f"units/{unit}.yaml", f"unit: {unit}\ntitle: {title}\n")
        for name in ("wang", "li"):
            told = f"operator: {name}\ntitle: {name}\nroles: [operate, approve]\ncertificate: ../keys/operators/{name}.crt\n"
            self.write(f"operators/{name}.yaml", told)
        self.authority = _authority()
        self.trust = folder / "enterprises"
        (folder / "var").mkdir(mode=0o700, exist_ok=True)
        self.hub = self.open_hub()
        self._more: list[Hub] = []
        schema.upgrade(self.hub.store)
        self.firm = Firm(SELLER, self.authority)
        self.reset()

    def reset(self) -> None:
        """Nothing has happened yet."""
        self.clock.now = START
        self.write("finance.yaml", FINANCE)
        shutil.rmtree(self.trust, ignore_errors=True)
        self.trust.mkdir()
        (self.trust / "ca.crt").write_bytes(self.authority.certificate.pem)
        with self.hub.store.write() as connection, no_wall(connection):
            for table in metadata.sorted_tables:
                connection.execute(delete(table))
        emptied.forget([self.hub, *self._more], self.folder / "var")

    def hubs(self, count: int) -> list[Hub]:
        """As many of its site as there are processes of it: each with a ledger of its own."""
        while len(self._more) < count - 1:
            self._more.append(self.open_hub())
        return [self.hub, *self._more[: count - 1]]

    def close(self) -> None:
        for hub in (self.hub, *self._more):
            hub.close()

    def write(self, name: str, text: str) -> None:
        path = self.site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    @property
    def secret(self) -> str:
        return pki.secrets_of(self.folder)["hub"]

    def open_hub(self) -> Hub:
        return Hub(
            site.load(self.site),
            var=self.folder / "var",
            secret=self.secret.encode(),
            find={}.get,
            clock=self.clock,
            store=self.store,
        )

    @property
    def rules(self) -> FinanceRules:
        return finance_rules.load(self.hub.site)

    def operator(self, name: str, role: str) -> Signatory:
        key = (self.folder / f"operators/{name}.key").read_bytes()
        password = pki.secrets_of(self.folder)[name].encode()
        now = self.clock()
        return operators.signatory(self.hub.site, name, (key, password), role=role, now=now)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        with self.hub.store.read() as connection:
            rows = ledger_rows.entries_of(connection, kind)
        return [canonical.loads(row.body) for row in rows]

    @property
    def today(self) -> Any:
        return times.civil_day(self.clock())


@contextmanager
def no_wall(connection: Connection) -> Iterator[None]:
    """The ledger's triggers are away for so long, as only the owner of the database can have it."""
    run = connection.exec_driver_sql
    if connection.dialect.name == "sqlite":
        found = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _ in found:
            run(f"DROP TRIGGER {name}")
        yield
        for _, sql in found:
            run(sql)
        return
    query = "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
    walls = run(query).all()
    for name, table in walls:
        run(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    yield
    for name, table in walls:
        run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


@contextmanager
def opened(folder: Path, store: str = "") -> Iterator[Place]:
    """Its ledger is whole at the end."""
    place = Place(folder, store)
    try:
        yield place
        hub = place.hub
        assert audit.verify(hub.store, hub.signer.public, hub.site.name).problems == []
    finally:
        place.close()


@cache
def _keys() -> Path:
    """Secrets of a district, made once for all tests; nothing in them is changed."""
    folder = Path(tempfile.mkdtemp(prefix="zhida-finance-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with patch.object(pki, "_years", lambda *_: (FROM, UNTIL)):
        pki.make(folder, "Ed25519")
    return folder


@cache
def _authority() -> Authority:
    return Authority.make()
