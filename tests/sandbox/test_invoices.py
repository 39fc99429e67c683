"""The check of invoices: each by what is printed on it, by the codes seen in the field."""

from __future__ import annotations

from typing import Any

import requests

from sandbox.district import District
from sandbox.handle import Handle

PRINTED = {"code": "", "number": "26322000000000000017", "date": "2026-01-04", "total": "113.00"}
OLD = {"code": "032002600111", "number": "12345678", "date": "2026-01-04", "total": "56.50"}


def check(system: Handle, *rows: dict[str, str]) -> list[dict[str, Any]]:
    body = {"reqNo": "DR-1", "rows": rows}
    told = requests.post(f"{system.address}/invoice/check", json=body, timeout=10).json()["data"]
    assert told["reqNo"] == "DR-1"
    found: list[dict[str, Any]] = told["rows"]
    return found


def test_an_invoice_goes_through_its_states(district: District) -> None:
    system = district.system("invoices")
    assert check(system, PRINTED)[0]["result"] == "009"
    system.ask("POST", "/issue", PRINTED)
    assert check(system, PRINTED)[0].items() >= {"result": "001", "state": "1"}.items()
    assert check(system, PRINTED | {"total": "114.00"})[0] == {
        "number": PRINTED["number"],
        "result": "006",
    }
    for red, state in (("13.00", "4"), ("113.00", "3")):
        system.ask("POST", "/red", {"number": PRINTED["number"], "total": red})
        assert check(system, PRINTED)[0]["state"] == state
    system.ask("POST", "/void", {"number": PRINTED["number"]})
    assert check(system, PRINTED)[0]["state"] == "2"


def test_an_older_one_needs_the_tail_of_its_check_code(district: District) -> None:
    system = district.system("invoices")
    system.ask("POST", "/issue", OLD | {"tail": "123456"})
    rows = check(system, OLD, OLD | {"tail": "123456"}, OLD | {"number": "87654321"})
    assert [row["result"] for row in rows] == ["006", "001", "009"]
    assert rows[0]["code"] == OLD["code"]
