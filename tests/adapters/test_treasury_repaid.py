"""What is recovered by files: the firm's own transfer, known by its number, over a real folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters import _treasury_answers as answers
from adapters import _treasury_repaid as repaid
from adapters import treasury
from adapters.treasury import Treasury
from exchange.errors import Rejected, Unknown
from exchange.ports import Endpoint, Prepared
from tests.adapters.test_treasury import AWARD, LINE, PAYEE
from tests.adapters.test_treasury_answers import entry, notice, report, statement, transaction

PAID, KEY = "5f" * 16, "6e" * 16
NOW = datetime(2026, 6, 11, 16, 30, tzinfo=UTC)
ASKED = {"award": {"id": "A1"}, "root": {"effect": PAID, "reference": "GK1"}}


def credit(words: str = f"退回奖补 {KEY}", amount: str = "12.30", voucher: str = "RZ1") -> str:
    """A transfer of the firm's own: its bank's number, and what it wrote."""
    remittance = f"<RmtInf><Ustrd>{words}</Ustrd></RmtInf>"
    told = entry("CRDT", order="NOTPROVIDED", amount=amount, back=remittance)
    return told.replace("GK1", voucher)


@pytest.fixture
def open_it(tmp_path: Path) -> Iterator[Callable[..., Treasury]]:
    """The adapter over folders in which the payment's order lies taken."""
    for name in ("orders", "taken", "answers"):
        (tmp_path / name).mkdir()
    made: list[Treasury] = []

    def opened(**more: Any) -> Treasury:
        options = {"channel": "iso20022", "lines": [LINE], **more}
        found = treasury.open_system(options, Endpoint(str(tmp_path), clock=lambda: NOW))
        made.append(found)
        found.submit(found.prepare("pay_award", {"award": AWARD, "payee": PAYEE}, PAID))
        for file in (tmp_path / "orders").iterdir():
            file.rename(tmp_path / "taken" / file.name)
        return found

    yield opened
    for each in made:
        each.close()


@pytest.fixture
def adapter(open_it: Callable[..., Treasury]) -> Treasury:
    return open_it()


def asked(adapter: Treasury) -> Prepared:
    prepared = adapter.prepare("recover_award", ASKED, KEY)
    assert adapter.probe(prepared) is None  # nothing of it is there
    assert adapter.submit(prepared).waiting
    return prepared


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / "answers" / name).write_bytes(content)


def test_a_request_lies_there_until_the_money_comes_in(adapter: Treasury, tmp_path: Path) -> None:
    prepared = asked(adapter)
    assert [file.name for file in (tmp_path / "orders").iterdir()] == [f"pain.013.{KEY}.xml"]
    told = adapter.probe(prepared)
    assert told is not None and told.waiting
    put(tmp_path, "camt.053.20260611.xml", statement(entry(order="other"), credit()))
    told = adapter.probe(prepared)
    assert told is not None
    assert (told.waiting, told.reference) == (False, "RZ1")
    assert told.record == {
        "order": KEY,
        "voucher": "RZ1",
        "recovered_on": "2026-06-11",
        "amount_fen": 1230,
    }


def test_several_transfers_add_up_and_each_counts_once(adapter: Treasury, tmp_path: Path) -> None:
    prepared = asked(adapter)
    first, second = credit(amount="10.00"), credit(amount="2.30", voucher="RZ2")
    put(tmp_path, "camt.053.20260610.xml", statement(first))
    put(tmp_path, f"camt.054.{KEY}.xml", notice(first))
    told = adapter.probe(prepared)
    assert told is not None and told.waiting, "a part"
    put(tmp_path, "camt.053.20260611.xml", statement(second))
    told = adapter.probe(prepared)
    assert told is not None and told.record is not None
    assert (told.waiting, told.record["amount_fen"]) == (False, 1230)


def test_more_than_was_asked_for_is_for_a_person(adapter: Treasury, tmp_path: Path) -> None:
    prepared = asked(adapter)
    put(tmp_path, f"camt.054.{KEY}.xml", notice(credit(amount="12.31")))
    with pytest.raises(Unknown):
        adapter.probe(prepared)


@pytest.mark.parametrize("words", ["退回奖补", f"退回奖补 {PAID}", f"{KEY}0", f"0{KEY}", "退回 A1"])
def test_a_transfer_without_the_number_is_nobody_s(
    adapter: Treasury, tmp_path: Path, words: str
) -> None:
    prepared = asked(adapter)
    put(tmp_path, "camt.053.20260611.xml", statement(credit(words)))
    told = adapter.probe(prepared)
    assert told is not None and told.waiting


def test_what_the_firm_s_bank_declines_is_for_a_person(adapter: Treasury, tmp_path: Path) -> None:
    prepared = asked(adapter)
    told = report(transaction("RJCT", order=KEY), KEY).replace(
        b"CstmrPmtStsRpt", b"CdtrPmtActvtnReqStsRpt"
    )
    put(tmp_path, f"pain.014.{KEY}.xml", told)
    with pytest.raises(Rejected, match=r"treasury\.refused"):
        adapter.probe(prepared)
    put(tmp_path, f"camt.054.{KEY}.xml", notice(credit()))  # it has paid all the same
    found = adapter.probe(prepared)
    assert found is not None and not found.waiting


def test_an_order_that_is_gone_can_t_be_asked_back(adapter: Treasury, tmp_path: Path) -> None:
    (tmp_path / "taken" / f"pain.001.{PAID}.xml").unlink()
    prepared = adapter.prepare("recover_award", ASKED, KEY)
    with pytest.raises(Rejected, match=r"treasury\.no-order"):
        adapter.submit(prepared)


def test_a_short_number_is_read_however_it_is_written(
    open_it: Callable[..., Treasury], tmp_path: Path
) -> None:
    adapter = open_it(order_length=26)
    prepared = asked(adapter)
    (file,) = (tmp_path / "orders").iterdir()
    number = file.name.split(".")[2]
    assert len(number) == 26
    put(tmp_path, "camt.053.20260611.xml", statement(credit(f"退：{number.lower()}。")))
    told = adapter.probe(prepared)
    assert told is not None and not told.waiting


def test_the_books_of_the_two_operations_are_apart(adapter: Treasury, tmp_path: Path) -> None:
    rows = statement(entry(order=PAID), credit(), credit("房租"))
    put(tmp_path, "camt.053.20260611.xml", rows)
    span = (datetime(2026, 6, 10, 16, tzinfo=UTC), datetime(2026, 6, 11, 16, tzinfo=UTC))
    paid = [(each.effect_key, each.state) for each in adapter.books("pay_award", *span)]
    back = [(each.effect_key, each.state) for each in adapter.books("recover_award", *span)]
    assert (paid, back) == ([(PAID, "applied")], [(KEY, "applied")])


def test_a_credit_that_says_why_it_came_is_a_return_and_no_repayment() -> None:
    back = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    [row] = answers.statement(statement(entry("CRDT", order=PAID, back=back)))
    assert (row["status"], row["kind"]) == ("RETURNED", "payment")


def test_a_reference_counts_before_what_was_written() -> None:
    strd = [{"CdtrRefInf": {"Ref": KEY.upper()}}]
    told = {"Refs": {"EndToEndId": "x"}, "RmtInf": {"Strd": strd, "Ustrd": [PAID]}}
    assert repaid.number(told) == KEY
