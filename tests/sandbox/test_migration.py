"""The police's system of moves with envelopes glued by hand: permits, entries that wait, refusals."""

from __future__ import annotations

from itertools import count

import pytest
import requests
from lxml import etree

from sandbox.district import District
from sandbox.handle import Handle
from sandbox.migration import NAMESPACE

NUMBERS = count(1)
PERSON = "11010519491231002X"


@pytest.fixture
def migration(district: District) -> Handle:
    return district.system("migration")


def call(migration: Handle, code: str, number: str, **body: str) -> dict[str, str]:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in body.items())
    text = '<?xml version="1.0" encoding="GBK"?>'
    text += f"<REQ><HEAD><TRANSNO>{number}</TRANSNO></HEAD><BODY>{inner}</BODY></REQ>"
    escaped = text.replace("<", "&lt;")
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<y:invoke xmlns:y="{NAMESPACE}"><transCode>{code}</transCode><xmlData>{escaped}</xmlData>'
        "</y:invoke></s:Body></s:Envelope>"
    )
    url = f"{migration.address}/hjqy/services/HouseholdMigration"
    answer = requests.post(url, data=envelope.encode(), timeout=10)
    told = etree.fromstring(answer.content).findtext(".//return") or ""
    leaves = etree.fromstring(told.partition("?>")[2]).iter()
    return {str(each.tag): each.text or "" for each in leaves if len(each) == 0}


def permit(migration: Handle, **changed: str) -> tuple[str, dict[str, str]]:
    number = f"T{next(NUMBERS):06}"
    asked = {"SQBH": number, "XM": "钱示例", "GMSFHM": PERSON, "CSRQ": "19491231", "QCDQH": "320102", "LHQX": "3"}  # fmt: skip
    return number, call(migration, "QY01", number, **asked | changed)


def test_a_permit_then_an_entry_that_waits_for_the_old_place(migration: Handle) -> None:
    number, told = permit(migration)
    assert (told["RTNCODE"], told["SQBH"]) == ("0000", number)
    entry = f"E{number}"
    assert call(migration, "QY02", entry, ZQZBH=told["ZQZBH"])["RTNCODE"] == "0001"
    assert call(migration, "QY09", entry)["RTNCODE"] == "0001"
    migration.ask("POST", "/released")
    done = call(migration, "QY09", entry)
    assert (done["RTNCODE"], done["ZQZBH"]) == ("0000", told["ZQZBH"])
    assert done["HJLSH"]


def test_nobody_comes_in_without_a_permit(migration: Handle) -> None:
    assert call(migration, "QY02", "E0", ZQZBH="RZ0")["RTNCODE"] == "9003"


def test_an_objection_is_told_with_its_reason_and_again_when_asked(migration: Handle) -> None:
    migration.ask("POST", "/object", {"gmsfhm": "440524188001010014", "reason": "另有迁移"})
    number, told = permit(migration, GMSFHM="440524188001010014", CSRQ="18800101")
    assert (told["RTNCODE"], told["RTNMSG"]) == ("1001", "另有迁移")
    assert call(migration, "QY09", number)["RTNCODE"] == "1001"


def test_a_permit_that_people_have_issued_lets_in_too(migration: Handle) -> None:
    given = {"sqbh": "RC1", "gmsfhm": PERSON, "zqzbh": "RZ-by-hand"}
    migration.ask("POST", "/permit", given)
    assert call(migration, "QY02", "E-by-hand", ZQZBH="RZ-by-hand")["RTNCODE"] == "0001"


def test_what_makes_no_sense_is_our_own_mistake(migration: Handle) -> None:
    assert permit(migration, LHQX="2")[1]["RTNCODE"] == "9003"
    assert call(migration, "QY99", "T0")["RTNCODE"] == "9002"
    assert call(migration, "QY09", "nobody")["RTNCODE"] == "4004"
