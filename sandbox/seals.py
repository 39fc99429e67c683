"""An e-seal platform (invented interface): papers wait for its people, then come back as OFD or PDF.

It does not recognise a repetition: each request is a row and, once sealed, a paper. ``POST /seal`` and
``POST /decline`` at the control port are what its people do with all that waits.
``python -m sandbox.seals --dir DIR --port N --control N``.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import china_time, instant
from sandbox.program import System, run

SEALS = (
    "S-320117-01",
    *(f"示例-{unit}" for unit in ("LT-01", "JD-01", "RM-01", "GH-01", "JC-01")),
    *(f"示例-{unit}" for unit in ("ZC-01", "ZC-02", "FY-01", "FY-02", "ZJ-01", "ZJ-02")),
)
SCHEMA = """
CREATE TABLE IF NOT EXISTS papers (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, serial TEXT NOT NULL, template TEXT NOT NULL,
    seal TEXT NOT NULL, title TEXT NOT NULL, format TEXT NOT NULL, data TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL, sealed_at TEXT NOT NULL
);
"""


class Platform:
    """Papers in, sealed papers out."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        self._certificate = base64.b64encode(_certificate()).decode()
        acts = {"POST /seals/apply": self._apply, "POST /seals/result": self._result}
        self.door = JsonDoor(faults, acts, _refusal)
        self.actions = {
            ("POST", "/seal"): lambda _: self._decide("2", ""),
            ("POST", "/decline"): lambda given: self._decide("3", str(given["reason"])),
        }

    def _apply(self, given: Given, _: Request) -> Any:
        names = ("serial", "template", "seal", "title", "format")
        row: Row = {name: str(given[name]) for name in names}
        if row["seal"] not in SEALS or row["format"] not in ("ofd", "pdf"):
            return _refusal("没有该印章或版式")
        data = json.dumps(given["data"], ensure_ascii=False, sort_keys=True)
        row |= {"at": instant(), "data": data, "state": "0", "reason": "", "sealed_at": ""}
        return {"code": "0", "data": {"receipt": _receipt(self._books.insert("papers", row))}}

    def _result(self, given: Given, _: Request) -> Any:
        rows = self._books.rows(
            "SELECT * FROM papers WHERE serial = ? ORDER BY id", str(given["serial"])
        )
        if not rows:
            return {"code": "404", "message": "无此流水号"}
        row = rows[-1]
        told = {name: row[name] for name in ("serial", "state", "reason")}
        told |= {"receipt": _receipt(row["id"])}
        return {"code": "0", "data": told | (self._paper(row) if row["state"] == "2" else {})}

    def _paper(self, row: Row) -> dict[str, str]:
        file = _pdf(row) if row["format"] == "pdf" else _ofd(row)
        return {
            "file": base64.b64encode(file).decode(),
            "digest": hashlib.new("sm3", file).hexdigest().upper(),
            "certificate": self._certificate,
            "sealedAt": row["sealed_at"],
        }

    def _decide(self, state: str, reason: str) -> Any:
        now = china_time("%Y-%m-%d %H:%M:%S")
        with self._books.transaction() as db:
            sql = "UPDATE papers SET state = ?, reason = ?, sealed_at = ? WHERE state = '0'"
            return {"decided": db.execute(sql, (state, reason, now)).rowcount}


def _receipt(number: int) -> str:
    return f"YZ{number:08}"


def _pdf(row: Row) -> bytes:
    """The smallest thing that calls itself a PDF and holds the data."""
    return f"%PDF-1.7\n%{row['title']} {row['data']} {row['seal']}\n%%EOF\n".encode()


def _ofd(row: Row) -> bytes:
    """An OFD package (GB/T 33190) as far as its entry file and a page's text go."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        for name, text in (("OFD.xml", "<OFD/>"), ("Doc_0/data.json", row["data"])):
            part = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            parts.writestr(part, text)
    return made.getvalue()


def _certificate() -> bytes:
    """A certificate for the seal, made at each start (in life it is an SM2 one of a CA)."""
    key, name = ec.generate_private_key(ec.SECP256R1()), "溧水区示例电子印章"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def _refusal(reason: str) -> dict[str, Any]:
    return {"code": "1001", "message": reason}


def build(folder: Path) -> System:
    """The platform over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="papers"), Faults()
    platform = Platform(books, faults)
    return System(books, faults, platform.door, platform.actions)


if __name__ == "__main__":
    sys.exit(run("seals", build))
