"""What a bank's notice (camt.054) says of an account: every credit, every reversal, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _camt_credits
from exchange.errors import Invalid
from mappings import compiler
from mappings.plain_text import is_plain

ACCOUNT = "1250000000012345"
MAPPING = compiler.load("camt_entry_account_credit")
SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.054.001"


def notice(*entries: str, edition: str = "08", account: str = ACCOUNT) -> str:
    numbered = f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>" if account else ""
    made = "<CreDtTm>2026-06-11T20:00:00+08:00</CreDtTm>"
    head = f"<GrpHdr><MsgId>M1</MsgId>{made}</GrpHdr>"
    inner = f"<Ntfctn><Id>N1</Id>{made}{numbered}{''.join(entries)}</Ntfctn>"
    text = f"<BkToCstmrDbtCdtNtfctn>{head}{inner}</BkToCstmrDbtCdtNtfctn>"
    return f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{SPACE}.{edition}">{text}</Document>'


def entry(amount: str = "12.30", way: str = "CRDT", **told: str) -> str:
    known = {"status": "<Cd>BOOK</Cd>", "currency": "CNY", "reference": "GK1", "flag": ""}
    known |= {"day": "<Dt>2026-06-11</Dt>", "inner": transfer()} | told
    numbered = known["reference"] and f"<AcctSvcrRef>{known['reference']}</AcctSvcrRef>"
    return (
        f'<Ntry><Amt Ccy="{known["currency"]}">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{known["flag"]}'
        f"<Sts>{known['status']}</Sts><BookgDt>{known['day']}</BookgDt>{numbered}"
        f"<BkTxCd><Prtry><Cd>TRF</Cd></Prtry></BkTxCd><NtryDtls>{known['inner']}</NtryDtls></Ntry>"
    )


def transfer(amount: str = "", **told: str) -> str:
    known = {
        "name": "示例核心企业有限公司",
        "number": "DD1",
        "own": "",
        "back": "",
        "words": "货款",
    }
    known |= {"way": ""} | told
    own = known["own"] and f"<AcctSvcrRef>{known['own']}</AcctSvcrRef>"
    way = known["way"] and f"<CdtDbtInd>{known['way']}</CdtDbtInd>"
    money = f'<Amt Ccy="CNY">{amount}</Amt>' if amount else ""
    payer = f"<Dbtr><Pty><Nm>{escape(known['name'])}</Nm></Pty></Dbtr>" if known["name"] else ""
    account = "<DbtrAcct><Id><Othr><Id>3200000000000042</Id></Othr></Id></DbtrAcct>"
    words = f"<RmtInf><Ustrd>{known['words']}</Ustrd></RmtInf>" if known["words"] else ""
    refs = f"<Refs>{own}<EndToEndId>{known['number']}</EndToEndId></Refs>"
    parties = f"<RltdPties>{payer}{account}</RltdPties>"
    return f"<TxDtls>{refs}{money}{way}{parties}{words}{known['back']}</TxDtls>"


def read(*entries: str, **told: str) -> list[Any]:
    return [MAPPING.apply(row) for row in _camt_credits.read(notice(*entries, **told))]


def wrong(text: str) -> tuple[str, Any]:
    with pytest.raises(Invalid) as caught:
        _camt_credits.read(text)
    (fact,) = caught.value.facts.values()
    return caught.value.code, fact


def test_a_credit_is_told_with_its_payer_and_the_tail_of_the_payer_s_account() -> None:
    (found,) = read(entry("1200000.50"))
    assert found == {
        "account": ACCOUNT,
        "account_tail": "2345",
        "reference": "GK1",
        "entry": "credit",
        "amount_fen": 120000050,
        "booked_on": "2026-06-11",
        "end_to_end": "DD1",
        "remark": "货款",
        "payer": {"name": "示例核心企业有限公司", "account_tail": "0042"},
    }
    assert "3200000000000042" not in repr(_camt_credits.read(notice(entry())))


def test_an_older_edition_says_the_same() -> None:
    old = entry(status="BOOK", inner=transfer().replace("<Pty>", "").replace("</Pty>", ""))
    assert read(old, edition="02") == read(entry())


UNDONE = "<RvslInd>true</RvslInd>"
BACK = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"


@pytest.mark.parametrize(
    ("way", "flag", "back", "kind", "fen"),
    [
        ("CRDT", "<RvslInd>false</RvslInd>", "", "credit", 1230),
        ("DBIT", UNDONE, "", "credit-reversal", -1230),
        ("DBIT", "<RvslInd>1</RvslInd>", "", "credit-reversal", -1230),
        ("DBIT", "", BACK, "credit-reversal", -1230),
        ("CRDT", UNDONE, "", "returned", 1230),
        ("CRDT", "", BACK, "returned", 1230),
    ],
)
def test_a_reversal_is_a_kind_of_its_own_and_never_dropped(
    way: str, flag: str, back: str, kind: str, fen: int
) -> None:
    (found,) = read(entry(way=way, flag=flag, inner=transfer(back=back)))
    assert (found["entry"], found["amount_fen"]) == (kind, fen)
    assert ("payer" in found) == (kind != "returned")


def test_what_went_out_is_none_of_ours_whatever_money_it_is() -> None:
    assert read(entry(way="DBIT"), entry(way="DBIT", currency="USD", reference="GK2")) == []


@pytest.mark.parametrize("status", ["<Cd>PDNG</Cd>", "<Cd>INFO</Cd>", "<Cd>FUTR</Cd>", "PDNG"])
def test_what_is_not_booked_yet_is_no_money(status: str) -> None:
    assert read(entry(status=status)) == []


def test_a_batch_is_told_by_its_transfers() -> None:
    inner = transfer("5.00", name="甲公司") + transfer("7.30", name="乙公司")
    first, second = read(entry(inner=inner))
    assert (first["reference"], first["amount_fen"]) == ("GK1/1", 500)
    assert (second["reference"], second["payer"]["name"]) == ("GK1/2", "乙公司")
    own = transfer("5.00", own="T1") + transfer("7.30", own="T2")
    assert [each["reference"] for each in read(entry(inner=own))] == ["T1", "T2"]
    same = transfer("5.00", own="T1") + transfer("7.30", own="T1")
    assert [each["reference"] for each in read(entry(inner=same))] == ["GK1/1", "GK1/2"]


def test_edition_2_has_the_amounts_of_a_batch_a_level_deeper() -> None:
    old = transfer("5.00") + transfer("7.30")
    old = old.replace("<Amt ", "<AmtDtls><TxAmt><Amt ").replace(
        "</Amt>", "</Amt></TxAmt></AmtDtls>"
    )
    old = old.replace("<Pty>", "").replace("</Pty>", "")
    found = read(entry(status="BOOK", inner=old), edition="02")
    assert [each["amount_fen"] for each in found] == [500, 730]


def test_a_batch_that_does_not_tell_its_parts_has_no_payer() -> None:
    (found,) = read(entry(inner=transfer() + transfer()))
    assert (found["reference"], found["amount_fen"]) == ("GK1", 1230)
    assert "payer" not in found


def test_a_number_of_the_transfer_does_where_the_entry_has_none() -> None:
    (found,) = read(entry(reference="", inner=transfer(own="T1")))
    assert found["reference"] == "T1"


def test_what_is_not_told_is_absent() -> None:
    (found,) = read(entry(inner=transfer(name="", number="NOTPROVIDED", words="")))
    assert not {"end_to_end", "remark"} & set(found)
    assert found["payer"] == {"account_tail": "0042"}


def test_an_element_that_is_empty_says_nothing() -> None:
    for inner in (
        "",
        "<TxDtls/>",
        "<TxDtls><Refs/><RltdPties><Dbtr/></RltdPties><RmtInf/></TxDtls>",
    ):
        (found,) = read(entry(inner=inner))
        assert found["amount_fen"] == 1230
        assert not {"payer", "end_to_end", "remark"} & set(found)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("<Dt>2026-06-11</Dt>", "2026-06-11"),
        ("<Dt>2026-06-11+08:00</Dt>", "2026-06-11"),
        ("<DtTm>2026-06-10T17:30:00Z</DtTm>", "2026-06-11"),
        ("<DtTm>2026-06-10T23:59:59+08:00</DtTm>", "2026-06-10"),
        ("<DtTm>2026-06-10T23:59:59</DtTm>", "2026-06-10"),
    ],
)
def test_the_day_of_booking_is_china_s(day: str, told: str) -> None:
    assert read(entry(day=day))[0]["booked_on"] == told


def test_the_same_entry_twice_counts_once() -> None:
    assert len(read(entry(), entry())) == 1
    assert len(read(entry(), entry(way="DBIT", flag=UNDONE))) == 2


def test_one_number_for_two_entries_is_refused() -> None:
    assert wrong(notice(entry(), entry("12.31"))) == ("bank.reference-twice", 2)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (notice(entry(currency="USD")), "Ccy"),
        (notice(entry("-1")), "Amt"),
        (notice(entry("1e3")), "Amt"),
        (notice(entry(way="")), "CdtDbtInd"),
        (notice(entry(inner=transfer(way="DBIT"))), "CdtDbtInd"),
        (notice(entry(flag="<RvslInd>maybe</RvslInd>")), "RvslInd"),
        (notice(entry(status="<Cd>张三</Cd>")), "Sts"),
        (notice(entry(reference="")), "AcctSvcrRef"),
        (notice(entry(inner=transfer("5.00") + transfer("7.31"))), "TxDtls"),
        (notice(entry(inner=transfer("5.00") + transfer())), "Ccy"),
        (notice(entry().replace("BookgDt", "ValDt")), "BookgDt"),
        (notice(entry(), account=""), "Acct"),
        (notice(entry(), account="****2345"), "Acct"),
        (
            notice(entry()).replace("BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt"),
            "BkToCstmrDbtCdtNtfctn",
        ),
        ("<!DOCTYPE a><Document/>", "BkToCstmrDbtCdtNtfctn"),
        ("张三", "BkToCstmrDbtCdtNtfctn"),
        ("", "BkToCstmrDbtCdtNtfctn"),
    ],
)
def test_a_notice_that_cannot_be_read_is_refused_whole_and_quotes_nobody(
    text: str, word: str
) -> None:
    assert wrong(text) == ("bank.unreadable-notice", word)


def test_a_third_decimal_is_refused_unless_it_is_nothing() -> None:
    assert read(entry("12.30000"))[0]["amount_fen"] == 1230
    with pytest.raises(Invalid) as caught:
        read(entry("12.305"))
    assert caught.value.code == "mapping.not-exact"


@given(st.lists(st.integers(0, 10**14), min_size=2, max_size=12))
def test_every_fen_of_a_batch_arrives(amounts: list[int]) -> None:
    texts = [f"{fen // 100}.{fen % 100:02}" for fen in amounts]
    inner = "".join(transfer(text) for text in texts)
    whole = sum(map(Decimal, texts), Decimal(0))
    if whole >= 10**13:
        assert wrong(notice(entry(f"{whole}", inner=inner)))[1] == "Amt"
        return
    assert [each["amount_fen"] for each in read(entry(f"{whole}", inner=inner))] == amounts


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=60
).filter(is_plain)


@given(NAMES)
def test_a_name_arrives_whole(name: str) -> None:
    assert read(entry(inner=transfer(name=name)))[0]["payer"]["name"] == name


def test_the_loan_and_the_payer_s_code_are_told_if_the_bank_tells_exactly_one() -> None:
    def told(*refs: str, codes: tuple[str, ...] = ()) -> dict[str, str]:
        loans = "".join(f"<Prtry><Tp>LOAN</Tp><Ref>{each}</Ref></Prtry>" for each in refs)
        others = "".join(f"<Othr><Id>{each}</Id></Othr>" for each in codes)
        payer = f"<Dbtr><Nm>甲</Nm><Id><OrgId>{others}</OrgId></Id></Dbtr>"
        inner = f"<Refs>{loans}</Refs><RltdPties>{payer}</RltdPties>"
        (row,) = _camt_credits.read(notice(entry(inner=f"<TxDtls>{inner}</TxDtls>")))
        return {name: row[name] for name in ("loan", "payer_uscc") if name in row}

    code, other = "91330000755918469E", "913200007140816859"
    assert told("FK1", codes=(code,)) == {"loan": "FK1", "payer_uscc": code}
    assert told(codes=("913300007559184690", code)) == {"payer_uscc": code}
    assert told("FK1", "FK2", codes=(code, code)) == {"payer_uscc": code}
    assert told() == {}
    assert told(codes=(other, code)) == {}
