"""A request that a firm pays back: our own order the other way round, under a number of its own."""

from __future__ import annotations

import pytest
from lxml import etree

from adapters import _treasury_answers, _treasury_order, _treasury_request
from tests.adapters.test_treasury_order import AT, BODY

NUMBER = "11ee" * 8
ASKED = {"order": NUMBER, "award": BODY["award"], "root": BODY["order"]}
ORDER_OF_THE_STANDARD = [
    "PmtInfId", "PmtMtd", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt", "CdtTrfTx",
]  # fmt: skip


def tree() -> etree._Element:
    original = _treasury_order.written(BODY, AT)
    return etree.fromstring(_treasury_request.written(original, ASKED, AT))


def text(path: str) -> str:
    return str(tree().findtext(path))


def test_who_was_paid_is_who_pays_back_to_the_fen() -> None:
    assert text(".//{*}Dbtr/{*}Nm") == BODY["payee"]["name"]
    assert text(".//{*}DbtrAcct//{*}Othr/{*}Id") == BODY["payee"]["account"]
    assert text(".//{*}DbtrAgt//{*}MmbId") == BODY["payee"]["bank"]
    assert text(".//{*}Cdtr/{*}Nm") == BODY["payer"]["name"]
    assert text(".//{*}CdtrAcct//{*}Othr/{*}Id") == BODY["payer"]["account"]
    assert text(".//{*}CdtrAgt//{*}MmbId") == BODY["payer"]["bank"]
    amount = tree().find(".//{*}InstdAmt")
    assert amount is not None and (amount.text, amount.get("Ccy")) == (BODY["amount"], "CNY")


def test_its_number_is_the_reference_and_it_names_what_it_takes_back() -> None:
    assert text(".//{*}EndToEndId") == text(".//{*}CdtrRefInf/{*}Ref") == NUMBER
    numbers = {
        str(each.findtext(".//{*}Prtry")): each.findtext("{*}Nb")
        for each in tree().iterfind(".//{*}RfrdDocInf")
    }
    assert numbers == {"PAYMENT-ORDER": BODY["order"], "AWARD": BODY["award"]}


def test_its_parts_stand_in_the_standard_s_order() -> None:
    payment = tree().find(".//{*}PmtInf")
    assert payment is not None
    assert [etree.QName(each).localname for each in payment] == ORDER_OF_THE_STANDARD
    assert etree.QName(tree()).namespace == _treasury_request.NAMESPACE


def test_the_amount_is_read_off_it_again() -> None:
    original = _treasury_order.written(BODY, AT)
    assert _treasury_request.amount(_treasury_request.written(original, ASKED, AT)) == "1200000.50"


@pytest.mark.parametrize("raw", [b"", b"<a/>", b"\xff", b"<Document><PmtInf/></Document>"])
def test_what_is_no_order_of_ours_is_not_asked_back(raw: bytes) -> None:
    with pytest.raises(_treasury_answers.UNREADABLE):
        _treasury_request.written(raw, ASKED, AT)
