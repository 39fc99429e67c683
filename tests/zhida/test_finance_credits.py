"""A bank drops camt.054 notices by SFTP; each credit is a message of its loan, or is kept with its reason."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange import canonical
from exchange.store import document_rows
from sandbox.firms import BUYER, SELLERS
from tests.adapters.test_camt_credits import UNDONE, entry, notice
from tests.sftp_server import SftpServer
from tests.zhida.finance_in_district import Financing, opened
from zhida import finance_credits, finance_loans, leg_switch, legs

SYSTEM = """\
system: bank-a-credits
title: 示例甲银行到账通知
unit: bank-a
adapter: feed
connection: bank_a_credits
options:
  wire: sftp
  settings: {folders: {credits: {folder: in, pattern: "*.xml"}}}
  streams:
    credits: {kind: account-credit, mapping: camt_entry_account_credit, format: camt.054, records: many, key: /id}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    found = SftpServer(tmp_path_factory.mktemp("sftp"))
    (found.home / "in").mkdir()
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def district(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any], server: SftpServer
) -> Iterator[Financing]:
    def also(site: Path) -> None:
        (site / "systems" / "bank-a-credits.yaml").write_text(SYSTEM, "utf-8")
        rules = site / "finance.yaml"
        more = "  bank-a: {credits: {system: bank-a-credits, stream: credits}, "
        rules.write_text(rules.read_text("utf-8").replace("  bank-a: {", more), "utf-8")

    with opened(tmp_path_factory.mktemp("credits"), open_town, also=also) as found:
        found.town.connections["bank_a_credits"] = server.connection
        found.to_noon()
        yield found


@pytest.fixture
def name(district: Financing, request: pytest.FixtureRequest) -> str:
    """A loan that was paid out, whose account ends in 2345."""
    found = str(zlib.crc32(request.node.name.encode()))
    order = district.order(f"PO-{found}")
    district.letter(f"L{found}", order)
    district.ask(found, f"L{found}", order)
    district.lend(found, found, account={"tail": "2345"})
    return found


def credit(loan: str, reference: str, amount: str = "100.00", **told: str) -> str:
    """An entry as this bank writes it: the loan's number and the payer's code stand in it."""
    uscc, payer = told.pop("uscc", BUYER["uscc"]), told.pop("payer", BUYER["name"])
    refs = f"<Prtry><Tp>LOAN</Tp><Ref>{loan}</Ref></Prtry>" if loan else ""
    code = f"<Id><OrgId><Othr><Id>{uscc}</Id></Othr></OrgId></Id>" if uscc else ""
    inner = f"<TxDtls><Refs>{refs}</Refs><RltdPties><Dbtr><Pty><Nm>{payer}</Nm>{code}</Pty></Dbtr></RltdPties></TxDtls>"
    return entry(amount, reference=reference, inner=inner, **told)


def drop(district: Financing, server: SftpServer, *entries: str, **told: str) -> dict[str, int]:
    """One notice in the folder, and what the next minute makes of it."""
    here = f"<Dt>{district.today}</Dt>"
    text = notice(*(each.replace("<Dt>2026-06-11</Dt>", here) for each in entries), **told)
    number = len(list(server.home.glob("**/*.xml")))
    (server.home / "in" / f"n{number}.xml").write_text(text, "utf-8")
    return look(district)


def look(district: Financing) -> dict[str, int]:
    district.town.clock.skip(61)
    return finance_credits.advance(district.hub)


def credited(district: Financing, name: str) -> list[tuple[str, int, str]]:
    found = finance_loans.find(district.hub, "bank-a", name)
    assert found is not None
    return [(each.number, each.amount_fen, each.payer) for each in found.told]


def why(district: Financing) -> str:
    """Code of the message that was kept last."""
    with district.hub.store.read() as connection:
        row = document_rows.list_invalid(connection)[0]
    assert row.source == "bank-a-credits"
    return str(canonical.loads(row.problems.encode())[0]["code"])


def test_each_credit_is_told_of_its_loan_once(
    district: Financing, server: SftpServer, name: str
) -> None:
    told = [credit(name, f"A{name}"), credit(name, f"B{name}", "0.50", uscc=SELLERS[1]["uscc"])]
    assert drop(district, server, *told) == {"credits": 2, "bad_credits": 0}
    expected = [(f"A{name}", 10_000, BUYER["uscc"]), (f"B{name}", 50, SELLERS[1]["uscc"])]
    assert credited(district, name) == expected
    assert drop(district, server, *told) == {"credits": 0, "bad_credits": 0}
    assert credited(district, name) == expected
    assert len(list((server.home / "in").glob("*.xml"))) == 0  # filed away


def test_without_a_number_it_belongs_to_the_one_open_loan_of_its_account(
    district: Financing, server: SftpServer, name: str
) -> None:
    district.order(f"PO-2-{name}")
    district.letter(f"L2{name}", f"PO-2-{name}")
    district.ask(f"2{name}", f"L2{name}", f"PO-2-{name}")
    district.lend(f"2{name}", f"2{name}", account={"tail": "7777"})
    account = "1250000000007777"
    assert drop(district, server, credit("", f"A{name}", uscc=""), account=account)["credits"] == 1
    assert credited(district, f"2{name}") == [(f"A{name}", 10_000, BUYER["uscc"])]
    bad = drop(district, server, credit("", f"B{name}"), account="1250000000009999")
    assert (bad["bad_credits"], why(district)) == (1, "finance.credit-loan")


def test_with_two_open_loans_on_one_account_nobody_guesses(
    district: Financing, server: SftpServer, name: str
) -> None:
    pair = [f"3{name}", f"4{name}"]
    for number in pair:
        district.order(f"PO-{number}")
        district.letter(f"L{number}", f"PO-{number}")
        district.ask(number, f"L{number}", f"PO-{number}")
        district.lend(number, number, account={"tail": "8888"})
    account = "1250000000008888"
    bad = drop(district, server, credit("", f"C{name}"), account=account)
    assert (bad, why(district)) == ({"credits": 0, "bad_credits": 1}, "finance.credit-loan")
    assert [credited(district, number) for number in pair] == [[], []]
    assert drop(district, server, credit(pair[1], f"D{name}"), account=account)["credits"] == 1
    assert [len(credited(district, number)) for number in pair] == [0, 1]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"loan": "none"}, "finance.credit-loan"),
        ({"uscc": "", "payer": "某企业有限公司"}, "finance.credit-payer"),
        ({"way": "DBIT", "flag": UNDONE}, "finance.credit-entry"),
        ({"amount": "1.005"}, "mapping.not-exact"),
        ({"currency": "USD"}, "bank.unreadable-notice"),
    ],
)
def test_what_cannot_be_taken_is_kept_with_its_reason(
    district: Financing, server: SftpServer, name: str, told: dict[str, str], code: str
) -> None:
    given = {"loan": name, "reference": f"A{name}", **told}
    assert drop(district, server, credit(**given)) == {"credits": 0, "bad_credits": 1}
    assert why(district) == code
    assert credited(district, name) == []


def test_another_account_than_the_loans_is_refused(
    district: Financing, server: SftpServer, name: str
) -> None:
    bad = drop(district, server, credit(name, f"A{name}"), account="1250000000001111")
    assert (bad["bad_credits"], why(district)) == (1, "finance.credit-account")


def test_what_an_operator_has_stopped_is_not_looked_at(
    district: Financing, server: SftpServer, name: str
) -> None:
    hub, who = district.hub, district.town.operator("wang")
    system = hub.site.system("bank-a-credits")
    leg_switch.switch(hub, who, system, wanted=legs.STOPPED, reason="维护")
    assert drop(district, server, credit(name, f"A{name}")) == {"credits": 0, "bad_credits": 0}
    leg_switch.switch(hub, who, system, wanted=legs.LIVE, reason="完")
    assert look(district)["credits"] == 1


def test_a_file_that_is_none_holds_up_no_other(
    district: Financing, server: SftpServer, name: str
) -> None:
    (server.home / "in" / "a.xml").write_bytes(b"\xff\x00 no notice")
    assert drop(district, server, credit(name, f"A{name}"))["credits"] == 1


def test_what_is_settled_is_not_changed_and_what_came_too_early_may_come_again(
    district: Financing, server: SftpServer, name: str
) -> None:
    early = credit(f"later-{name}", f"A{name}")
    assert drop(district, server, early)["bad_credits"] == 1
    order = district.order(f"PO-later-{name}")
    district.letter(f"LL{name}", order)
    district.ask(f"later-{name}", f"LL{name}", order)
    district.lend(f"later-{name}", f"later-{name}", account={"tail": "2345"})
    assert drop(district, server, early)["credits"] == 1
    other = credit(f"later-{name}", f"A{name}", "999.00")
    assert drop(district, server, other)["bad_credits"] == 1
    assert why(district) == "finance.loan-message-conflict"
    assert drop(district, server, other) == {"credits": 0, "bad_credits": 0}
    district.tell(f"later-{name}", "end", "repaid", amount_fen=50_000_000)
    late = credit(f"later-{name}", f"Z{name}")
    assert drop(district, server, late)["bad_credits"] == 1
    assert why(district) == "finance.loan-settled"
    assert [each[0] for each in credited(district, f"later-{name}")] == [f"A{name}", "end"]
