"""A report of payments: whose word counts, and what a status means for money."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import _iso20022, _payment_status, _unit_plan
from adapters._payment_status import FAILED, PAID, PENDING, UNKNOWN, Numbers, Standing, meaning

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
OURS = Numbers("M1", "P1", "E1")
WHY = "<StsRsnInf><Rsn><Cd>{}</Cd></Rsn><AddtlInf>{}</AddtlInf></StsRsnInf>"


def report(group: str = "", *payments: str, message: str = "M1") -> Any:
    head = f"<OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
    inner = f"<OrgnlGrpInfAndSts>{head}{group}</OrgnlGrpInfAndSts>{''.join(payments)}"
    first = "<GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-06-11T20:00:00+08:00</CreDtTm></GrpHdr>"
    text = f"<Document xmlns='{SPACE}'><CstmrPmtStsRpt>{first}{inner}</CstmrPmtStsRpt></Document>"
    return _iso20022.message(text, "CstmrPmtStsRpt")


def payment(status: str = "", *transfers: str, number: str = "P1") -> str:
    told = f"<PmtInfSts>{status}</PmtInfSts>" if status else ""
    inner = f"<OrgnlPmtInfId>{number}</OrgnlPmtInfId>{told}{''.join(transfers)}"
    return f"<OrgnlPmtInfAndSts>{inner}</OrgnlPmtInfAndSts>"


def transfer(status: str, number: str = "E1", why: str = "") -> str:
    told = f"<TxSts>{status}</TxSts>" if status else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{number}</OrgnlEndToEndId>{told}{why}</TxInfAndSts>"


def group(status: str) -> str:
    return f"<GrpSts>{status}</GrpSts>"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (report(group("RJCT")), "RJCT"),
        (report(group("ACCP"), payment("RJCT")), "RJCT"),
        (report(group("PART"), payment("PART", transfer("RJCT"), transfer("ACCP", "E2"))), "RJCT"),
        (report(group("PART"), payment("PART", transfer("RJCT", "E2"), transfer("ACSP"))), "ACSP"),
        (report(group("PART"), payment("ACCP"), payment("RJCT", number="P2")), "ACCP"),
        (report(group("PART"), payment("RJCT", number="P2")), "PART"),
        (report(group("PART"), payment("PART", transfer("RJCT", "E2"))), "PART"),
        (report("", payment("", transfer("ACSP"), transfer("RJCT"))), "RJCT"),
        (report("", payment("ACSP"), message="other"), "ACSP"),
    ],
)
def test_the_nearest_word_counts(told: Any, status: str) -> None:
    found = _payment_status.standing(told, OURS)
    assert found is not None
    assert found.status == status


def test_a_status_comes_with_its_last_reason() -> None:
    why = WHY.format("MS03", "未说明") + WHY.format("AC04", "账户已销户")
    told = report("", payment("", transfer("RJCT", why=why)))
    assert _payment_status.standing(told, OURS) == Standing("RJCT", "AC04", "账户已销户")


def test_a_transfer_without_a_status_has_none() -> None:
    assert _payment_status.standing(report(group("ACCP"), payment("", transfer(""))), OURS) is None
    assert _payment_status.standing(report(), OURS) is None


def test_a_report_about_others_says_nothing() -> None:
    told = report(group("RJCT"), payment("RJCT", transfer("RJCT", "E2"), number="P2"), message="M2")
    with pytest.raises(ValueError, match="another order"):
        _payment_status.standing(told, OURS)


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        (["ACCC"], PAID),
        (["RJCT", "CANC"], FAILED),
        (["RCVD", "ACTC", "PATC", "ACCP", "ACFC", "ACWC", "ACWP", "ACSP", "ACSC", "PDNG"], PENDING),
        (["PART", "BLCK", "PRES", "", "rjct", "NONE"], UNKNOWN),
    ],
)
def test_accepted_is_never_paid_and_what_nobody_defined_is_unknown(
    statuses: list[str], told: str
) -> None:
    assert {meaning(each) for each in statuses} == {told}


def test_what_a_partial_report_does_not_list_was_accepted_only_where_the_bank_says_so() -> None:
    assert meaning("PART") == UNKNOWN
    assert meaning("PART", lists_refusals_only=True) == PENDING
    assert meaning("RJCT", lists_refusals_only=True) == FAILED
    assert meaning("BLCK", lists_refusals_only=True) == UNKNOWN


def test_the_treasury_s_plan_says_the_same() -> None:
    probe = _unit_plan.told("treasury_iso20022")["pay_award"]["probe"]
    waits = next(rule["one_of"] for rule in probe["waiting"] if "one_of" in rule)
    refuses = probe["refused"]["when"][0]["one_of"]
    assert {meaning(each) for each in waits if each != "SENT"} == {PENDING}
    assert {meaning(each) for each in refuses if each != "RETURNED"} == {FAILED}
