"""A field that the agreement lacks does not travel; the source's signature holds all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crypto import certificates, sd_jwt
from exchange import canonical, transfer
from exchange.store import case_rows, delivery_rows, ledger_rows
from sandbox.births import birth

pytestmark = pytest.mark.guarantee("G8")
FATHER = ("/father/name", "/father/id_number", "/father/ethnicity")


def _presented(town: Any, certificate: str) -> str:
    """The birth record as the agreement in force lets the police see it."""
    with town.hub.store.read() as connection:
        documents = case_rows.documents(connection, town.case(certificate).id)
    moved = transfer.plan(
        town.hub.archive.get(documents["birth"]),
        town.hub.site.agreements,
        receiver="public-security",
        purpose="newborn-registration",
        now=town.hub.clock(),
    )
    return moved.presentation


def _moved(town: Any, certificate: str) -> Any:
    """The store's row of the birth record's way to the police."""
    case = town.case(certificate).id
    with town.hub.store.read() as connection:
        rows = delivery_rows.transfers(connection, case)
    return next(r for r in rows if r.agreement == "hospital-to-police")


def test_a_father_whom_the_agreement_does_not_name_stays_unknown_to_the_police(
    town: Any, rules: Any, number: int, born: str, heard: Callable[[str], list[bytes]]
) -> None:
    father = birth(number).facts["father"]
    before = len(heard("police"))
    rules.without("hospital-to-police", *FATHER)
    town.finish(born)
    assert town.effects(born) == (1, 1, 1)
    sent = heard("police")[before:]
    assert len(sent) == 1
    assert born.encode() in sent[0]
    for kept_back in (father["name"], father["id_number"]):
        assert kept_back.encode() not in sent[0]
        assert kept_back.encode("gbk") not in sent[0]
    for field in ("fqxm", "fqgmsfhm"):
        assert field.encode() not in sent[0]


def test_the_hospital_s_signature_holds_over_what_is_left(
    town: Any, rules: Any, number: int, born: str
) -> None:
    rules.without("hospital-to-police", *FATHER)
    town.finish(born)
    own = town.district.directory / "hospital" / "signer.crt"
    key = certificates.load(own.read_bytes()).public_key
    verified = sd_jwt.verify(_presented(town, born), key)
    row = _moved(town, born)
    disclosed = canonical.loads(row.disclosed.encode())
    withheld = canonical.loads(row.withheld.encode())
    assert sorted(verified.fields) == disclosed
    assert verified.hidden == len(withheld)
    assert {"/father/name", "/father/id_number", "/child/weight_g"} <= set(withheld)
    assert not set(withheld) & set(verified.fields)
    assert verified.fields["/mother/id_number"] == birth(number).facts["mother"]["id_number"]


def test_the_ledger_says_what_was_disclosed_and_what_withheld(
    town: Any, rules: Any, born: str
) -> None:
    rules.without("hospital-to-police", *FATHER)
    town.finish(born)
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, town.case(born).id)
    notes = [canonical.loads(row.body) for row in rows if row.kind == "transfer"]
    note = next(n for n in notes if n["agreement"] == "hospital-to-police")
    assert set(FATHER) <= set(note["withheld"])
    assert not set(FATHER) & set(note["disclosed"])
    assert note["purpose"] == "newborn-registration"


@pytest.mark.parametrize(
    ("field", "left", "path"),
    [
        ("/mother/id_number", None, "/birth/mother/id_number"),
        ("/child/birth_place/*", "/child/birth_place/division", "/birth/child/birth_place/text"),
    ],
)
def test_a_field_that_the_police_cannot_do_without_is_named_and_nothing_is_sent(
    town: Any,
    rules: Any,
    born: str,
    heard: Callable[[str], list[bytes]],
    field: str,
    left: str | None,
    path: str,
) -> None:
    before = len(heard("police"))
    rules.without("hospital-to-police", field)
    if left:
        told = next(a for a in town.hub.site.agreements if a.id == "hospital-to-police")
        rules.change("hospital-to-police", fields=[*told.fields, left])
    town.finish(born)
    assert town.states(born)["household"] == "invalid"
    assert town.states(born)["insurance"] == "blocked"
    facts = canonical.loads(town.item(born, "household").facts.encode())
    told_paths = [problem["path"] for problem in canonical.loads(facts["problems"].encode())]
    assert path in told_paths
    assert len(heard("police")) == before
    assert town.effects(born) == (0, 0, 1)
    assert "出生登记：数据有误，未发送" in town.form(born)["jgsm"]


def test_a_child_without_a_declared_ethnicity_is_insured_with_the_registered_one(
    town: Any, number: int
) -> None:
    town.district.birth(birth(number).facts)
    certificate = town.declare(number, xsemz="")
    town.take_in()
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.enrolled(certificate)[0]["naty"] == "01"
