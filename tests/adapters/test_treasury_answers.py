"""What the treasury's files say of an order, and what is not concluded from them."""

from __future__ import annotations

import pytest

from adapters import _treasury_answers as answers

ORDER = "00ff" * 8
SPACE = "urn:iso:std:iso:20022:tech:xsd:"


def report(inner: str, original: str = ORDER) -> bytes:
    head = f"<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId>"
    text = (
        f'<Document xmlns="{SPACE}pain.002.001.10"><CstmrPmtStsRpt>{head}{inner}</CstmrPmtStsRpt>'
    )
    return f"{text}</Document>".encode()


def transaction(status: str, why: str = "", order: str = ORDER) -> str:
    one = f"<OrgnlEndToEndId>{order}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}"
    return f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts>{one}</TxInfAndSts></OrgnlPmtInfAndSts>"


def entry(way: str = "DBIT", **told: str) -> str:
    known = {"status": "<Cd>BOOK</Cd>", "amount": "12.30", "currency": "CNY", "order": ORDER}
    known |= {"at": "<DtTm>2026-06-10T17:30:00Z</DtTm>", "back": ""} | told
    return (
        f'<Ntry><Amt Ccy="{known["currency"]}">{known["amount"]}</Amt><CdtDbtInd>{way}</CdtDbtInd>'
        f"<Sts>{known['status']}</Sts><BookgDt>{known['at']}</BookgDt><AcctSvcrRef>GK1</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{known['order']}</EndToEndId></Refs>{known['back']}"
        "</TxDtls></NtryDtls></Ntry>"
    )


def notice(*entries: str) -> bytes:
    inner = f"<Ntfctn><Id>1</Id>{''.join(entries)}</Ntfctn>"
    text = f"<BkToCstmrDbtCdtNtfctn>{inner}</BkToCstmrDbtCdtNtfctn>"
    return f'<Document xmlns="{SPACE}camt.054.001.08">{text}</Document>'.encode()


def statement(*entries: str) -> bytes:
    text = f"<BkToCstmrStmt><Stmt><Id>1</Id>{''.join(entries)}</Stmt></BkToCstmrStmt>"
    return f'<Document xmlns="{SPACE}camt.053.001.08">{text}</Document>'.encode()


WHY = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>账户</AddtlInf><AddtlInf>已销户</AddtlInf></StsRsnInf>"
BACK = "<RtrInf><Rsn><Prtry>99</Prtry></Rsn></RtrInf>"


def test_the_status_of_the_transaction_counts() -> None:
    told = answers.status(report(transaction("RJCT", WHY)), ORDER)
    assert told == {"order": ORDER, "status": "RJCT", "code": "AC04", "reason": "账户 已销户"}
    told = answers.status(report(transaction("ACSP")), ORDER)
    assert told is not None
    assert told["status"] == "ACSP"


def test_a_group_without_transactions_speaks_for_its_only_one() -> None:
    rejected = answers.status(report(f"<GrpSts>RJCT</GrpSts>{WHY}</OrgnlGrpInfAndSts>"), ORDER)
    assert rejected is not None
    assert (rejected["status"], rejected["code"]) == ("RJCT", "AC04")
    assert answers.status(report("</OrgnlGrpInfAndSts>"), ORDER) is None


def test_a_payment_that_was_refused_as_a_whole_speaks_for_its_transfer() -> None:
    inner = f"<OrgnlPmtInfId>{ORDER}</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>{WHY}"
    told = f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>{inner}</OrgnlPmtInfAndSts>"
    found = answers.status(report(told), ORDER)
    assert found == {"order": ORDER, "status": "RJCT", "code": "AC04", "reason": "账户 已销户"}


@pytest.mark.parametrize(
    "raw",
    [
        report(transaction("ACSP", order="other"), "other"),
        notice(entry()),
        b"",
        b"<a/>",
        b"\xff\xfe",
        b'<!DOCTYPE a [<!ENTITY b "c">]><Document/>',
    ],
)
def test_what_is_no_report_about_the_order_says_nothing(raw: bytes) -> None:
    with pytest.raises(answers.UNREADABLE):
        answers.status(raw, ORDER)


def test_a_booked_debit_is_a_payment_on_the_day_in_china() -> None:
    told = answers.notice(notice(entry()), ORDER)
    assert told is not None
    assert (told["status"], told["amount"], told["voucher"]) == ("BOOK", "12.30", "GK1")
    assert (told["day"], told["time"]) == ("2026-06-11", "2026-06-11 01:30:00")


def test_a_credit_after_it_is_its_return() -> None:
    told = answers.notice(notice(entry(), entry("CRDT", back=BACK)), ORDER)
    assert told is not None
    assert (told["status"], told["code"], told["reason"]) == ("RETURNED", "99", "")


@pytest.mark.parametrize("status", ["<Cd>PDNG</Cd>", "INFO"])
def test_what_is_not_booked_is_not_paid(status: str) -> None:
    assert answers.notice(notice(entry(status=status)), ORDER) is None


def test_an_older_edition_tells_the_status_as_a_text_and_the_day_without_a_time() -> None:
    told = answers.notice(notice(entry(status="BOOK", at="<Dt>2026-06-11</Dt>")), ORDER)
    assert told is not None
    assert told["time"] == "2026-06-11 00:00:00"


@pytest.mark.parametrize(
    "raw",
    [
        notice(entry(order="other")),
        notice(entry(currency="USD")),
        notice(entry("XXXX")),
        notice(entry(at="<Dt>2026-02-31</Dt>")),
        notice(entry(at="")),
    ],
)
def test_a_notice_of_something_else_says_nothing(raw: bytes) -> None:
    with pytest.raises(answers.UNREADABLE):
        answers.notice(raw, ORDER)


def test_a_statement_tells_all_that_was_booked() -> None:
    rows = answers.statement(statement(entry(), entry("CRDT", back=BACK), entry(order="other")))
    assert [(row["order"], row["status"]) for row in rows] == [
        (ORDER, "BOOK"),
        (ORDER, "RETURNED"),
        ("other", "BOOK"),
    ]
    assert answers.statement(statement()) == []
