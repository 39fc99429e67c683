"""A locked account read for real: under agreements, the account nowhere in the ledger, the total without the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from exchange import times
from exchange.agreement import Agreement, split
from exchange.errors import Forbidden
from exchange.pointer import flatten
from exchange.ports import utc_now
from exchange.store import ledger_rows
from sandbox.district import District
from sandbox.handle import Handle
from zhida import system_call, system_read
from zhida.site import System
from zhida.system_read import Question

if TYPE_CHECKING:
    from conftest import Town

NUMBERS = count(10_000)
DAY = times.civil_day(utc_now()) - timedelta(days=1)
FILE = """system: lender
title: 示例银行
unit: bank
adapter: bank
connection: lender
options: {bank: "308", statement: {branch: "25"}}
"""
PAYER = "示例核心企业有限公司"
SPAN = (date(2026, 1, 1), date(2099, 12, 31))
QUESTION = Agreement(
    "hub-to-bank",
    "hub",
    "bank",
    "account-query",
    "order-finance",
    "授权书",
    ("/account", "/since", "/until"),
    *SPAN,
)
TOTAL = Agreement(
    "bank-to-hub",
    "bank",
    "hub",
    "account-credits",
    "order-finance",
    "授权书",
    ("/total_fen", "/complete"),
    *SPAN,
)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handle]:
    """The bank's front-end machine alone."""
    folder = tmp_path_factory.mktemp("bank")
    with District(folder, systems=("bank",), signer=False) as running:
        yield running.system("bank")


@pytest.fixture
def lender(
    town: Town, machine: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[System]:
    told = {"schema": "http", "host": "127.0.0.1", "port": machine.port, "login": "hub"}
    town.connections["lender"] = told
    (tmp_path / "lender.yaml").write_text(FILE, "utf-8")
    about = YAML(typ="safe", pure=True).load(FILE)
    told_by = {name: about[name] for name in ("title", "unit", "adapter", "connection", "options")}
    system = System("lender", path=tmp_path / "lender.yaml", **told_by)
    site = town.hub.site
    known = {"systems": {**site.systems, "lender": system}}
    known |= {"agreements": (*site.agreements, QUESTION, TOTAL)}
    monkeypatch.setattr(town.hub, "site", replace(site, **known))
    yield system
    del town.connections["lender"]


@pytest.fixture
def account(machine: Handle) -> str:
    """One into which a buyer has paid, and which the bank lets the hub ask about."""
    number = f"12506666000{next(NUMBERS)}"
    machine.ask("POST", "/grant", {"account": number})
    paid = {"account": number, "amount": 120000050, "payer": PAYER, "day": f"{DAY:%Y%m%d}"}
    machine.ask("POST", "/entry", paid)
    return number


def _ask(town: Town, system: System, account: str, agreements: tuple[str, ...]) -> Any:
    query = {"account": account, "since": DAY.isoformat(), "until": DAY.isoformat()}
    question = Question("account_credits", {"query": query}, agreements)
    return system_read.read(town.hub, town.operator("wang"), system, question, reason="贷后核对")


def test_it_is_in_the_ledger_before_it_leaves_and_the_account_is_not(
    town: Town, lender: System, account: str
) -> None:
    before = town.audit().entries
    sent, answer = _ask(town, lender, account, (QUESTION.id,))
    assert sent.body["account"] == account
    assert answer.record["total_fen"] == 120000050
    told = json.dumps(system_call.answered(answer), ensure_ascii=False)
    assert account not in told
    assert PAYER not in told
    with town.hub.store.read() as connection:
        kept = str(list(ledger_rows.entries(connection, before, before + 1)))
    assert QUESTION.id in kept
    assert account not in kept


def test_without_an_agreement_no_account_is_asked_about(
    town: Town, lender: System, machine: Handle, account: str
) -> None:
    before = len(machine.wire())
    with pytest.raises(Forbidden) as caught:
        _ask(town, lender, account, ())
    assert caught.value.code == "call.agreement"
    assert len(machine.wire()) == before


def test_an_agreement_may_give_the_total_and_withhold_account_payers_and_entries(
    town: Town, lender: System, account: str
) -> None:
    _, answer = _ask(town, lender, account, (QUESTION.id,))
    given, withheld = split(flatten(answer.record), TOTAL)
    assert given == {"/total_fen": 120000050, "/complete": True}
    assert {"/account", "/credits/0/payer/name"} <= set(withheld)
