"""The medical-insurance platform: REST with the national envelope, SM3 over it.

1101 (who is insured where) is a published interface. 9101 (enrolment) is invented: real
enrolment interfaces belong to the handling agency's internal system and are not public. So are 9102
(change of the person's data), 9103 (end of the insurance) and 9104, which lists enrolments for
those who compare books, after the published 3202 (对明细账). It does not de-duplicate: each
enrolment is a row and a person number, each change a row. It tells the premium that an enrolment owes,
and what a birth costs (``insurance_births``).
``python -m sandbox.insurance --dir DIR --port N --control N``, secret in SANDBOX_INSURANCE_SECRET.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox import insurance_births, insurance_list, resident_id
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.insurance_births import Births
from sandbox.insurance_envelope import Refused, read, write
from sandbox.moments import china_time, instant, is_date
from sandbox.program import System, run

PATH = "/fsi/api/rsfComIfsService/callService/"
SCHEMA = """
CREATE TABLE IF NOT EXISTS enrolments (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, msgid TEXT NOT NULL, evtsn TEXT NOT NULL,
    psn_no TEXT NOT NULL,
    psn_cert_type TEXT NOT NULL, certno TEXT NOT NULL, psn_name TEXT NOT NULL, gend TEXT NOT NULL,
    naty TEXT NOT NULL, brdy TEXT NOT NULL, insutype TEXT NOT NULL, insuplc_admdvs TEXT NOT NULL,
    grd_certno TEXT NOT NULL, grd_psn_name TEXT NOT NULL, insu_date TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'insured'
);
CREATE TABLE IF NOT EXISTS amendments (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, msgid TEXT NOT NULL, certno TEXT NOT NULL,
    infno TEXT NOT NULL CHECK (infno IN ('9102', '9103')), data TEXT NOT NULL
);
"""
_FORMS: Mapping[str, Callable[[str], bool]] = {
    "psn_cert_type": lambda v: v == "01",
    "certno": resident_id.is_valid,
    "psn_name": bool,
    "gend": lambda v: v in {"1", "2"},
    "naty": lambda v: re.fullmatch("[0-9]{2}", v) is not None and 1 <= int(v) <= 56,
    "brdy": lambda v: is_date(v, "%Y-%m-%d"),
    "insutype": lambda v: v == "390",
    "insuplc_admdvs": lambda v: re.fullmatch("[0-9]{6}", v) is not None,
    "grd_certno": bool,
    "grd_psn_name": bool,
}

_TOLD = ("psn_no", "certno", "insutype", "insuplc_admdvs", "insu_date")


class Platform:
    """The interfaces 9101 to 9107 and 1101 behind one address."""

    def __init__(self, books: Books, faults: Faults, secret: str) -> None:
        self._books = books
        self.births = Births(books)
        self._faults = faults
        self._secret = secret
        self._answers, self._questions = count(1), count(1)
        self._one_at_a_time = Lock()
        self._does = {"9101": self._enrol, "9102": self._amend, "9103": self._end}
        self._does |= {"9104": self._list, "1101": self._who} | self.births.does

    def operation(self, request: Request) -> str:
        """The interface number at the end of the path."""
        if request.method != "POST":
            return ""
        return request.path.removeprefix(PATH) if request.path.startswith(PATH) else "unknown"

    def answer(self, request: Request) -> Response:
        """Always HTTP 200; the envelope says how it went."""
        infno = self.operation(request)
        if infno not in self._does:
            return Response(b'{"error":"Not Found"}', 404, "application/json")
        with self._one_at_a_time:
            return Response(self._envelope(infno, request.body), 200, "application/json")

    def _envelope(self, infno: str, body: bytes) -> bytes:
        number = next(self._answers)
        try:
            data = read(body, infno, self._secret)
            refusal = self._faults.take("refuse", infno)
            if refusal is not None:
                raise Refused(str(refusal["reason"]))
            return write(number, self._does[infno](data))
        except Refused as error:
            return write(number, {}, str(error))

    def _enrol(self, data: dict[str, Any]) -> dict[str, Any]:
        _check(data)
        number = len(self._books.effects()) + 1
        row = {name: data[name] for name in ("msgid", *_FORMS)}
        row |= {
            "evtsn": str(data.get("evtsn") or ""),
            "at": instant(),
            "psn_no": f"32011700000000000000{number:010}",
        }
        row |= {"insu_date": china_time("%Y-%m-%d")}
        self._books.insert("enrolments", row)
        self.births.enrolled(row["psn_no"], row["grd_certno"])
        return self._told(row)

    def _told(self, row: Row) -> dict[str, Any]:
        return {n: row[n] for n in _TOLD} | self.births.premium(row["psn_no"])

    def _amend(self, data: dict[str, Any]) -> dict[str, Any]:
        _check(data)
        names = ("psn_name", "gend", "naty", "brdy", "grd_certno", "grd_psn_name")
        change = ", ".join(f"{name} = :{name}" for name in names)
        return self._change("9102", data, change)

    def _end(self, data: dict[str, Any]) -> dict[str, Any]:
        return self._change("9103", data, "state = 'ended'")

    def _change(self, infno: str, data: dict[str, Any], change: str) -> dict[str, Any]:
        """A row for every call; the enrolment says what is now."""
        known = "SELECT * FROM enrolments WHERE certno = ? AND insutype = ? AND state = 'insured'"
        rows = self._books.rows(known, data.get("certno"), data.get("insutype"))
        if not rows:
            raise Refused("未查询到参保信息")
        told = {"at": instant(), "infno": infno, "data": json.dumps(data, ensure_ascii=False)}
        with self._books.transaction() as db:
            db.execute(
                "INSERT INTO amendments (at, msgid, certno, infno, data)"
                " VALUES (:at, :msgid, :certno, :infno, :data)",
                told | {"msgid": data["msgid"], "certno": data["certno"]},
            )
            db.execute(
                f"UPDATE enrolments SET {change} WHERE id = :id", data | {"id": rows[0]["id"]}
            )
        return self._told(rows[0])

    def _list(self, data: dict[str, Any]) -> dict[str, Any]:
        select = "SELECT evtsn, psn_no, at FROM enrolments"
        return insurance_list.page(self._books, select, data)

    def _who(self, data: dict[str, Any]) -> dict[str, Any]:
        known = (
            "SELECT * FROM enrolments WHERE certno = ? AND psn_name = ?"
            " AND state = 'insured' ORDER BY id"
        )
        rows = self._books.rows(known, str(data.get("certno")), str(data.get("psn_name")))
        return {"baseinfo": _person(rows), "insuinfo": self._insurances(rows)}

    def _insurances(self, rows: list[Row]) -> list[Row] | Row:
        """One alone comes as an object in every second answer, else as a list."""
        names = ("psn_no", "insutype", "insuplc_admdvs", "insu_date")
        found = [
            {name: row[name] for name in names} | self.births.premium(row["psn_no"]) for row in rows
        ]
        alone = len(found) == 1 and next(self._questions) % 2 == 0
        return found[0] if alone else found


def _check(data: dict[str, Any]) -> None:
    wrong = [name for name, ok in _FORMS.items() if not ok(str(data.get(name) or ""))]
    if wrong:
        raise Refused(f"{wrong[0]}不符合要求")


def _person(rows: list[Row]) -> dict[str, Any]:
    """The person of the first enrolment; a day is written with spaces, as the platform does."""
    if not rows:
        return {}
    names = ("psn_no", "psn_cert_type", "certno", "psn_name", "gend", "naty")
    return {n: rows[0][n] for n in names} | {"brdy": rows[0]["brdy"].replace("-", " - ")}


def build(folder: Path) -> System:
    """The platform over its books."""
    schema, faults = SCHEMA + insurance_births.SCHEMA, Faults()
    books = Books(folder / "books.sqlite", schema, effects="enrolments")
    platform = Platform(books, faults, os.environ["SANDBOX_INSURANCE_SECRET"])
    return System(books, faults, platform, platform.births.actions)


if __name__ == "__main__":
    sys.exit(run("insurance", build))
