"""The treasury as a process: accepted is not paid, what came back is told so, one order is one payment."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters import treasury
from exchange.errors import Invalid, Rejected, Retriable, Unknown
from exchange.ports import Answer, Endpoint, Prepared
from mappings import shapes

NUMBERS = count(1)
PAYER = {"name": "示例区财政局", "number": "3200000000000001", "bank_cnaps": "011301000012"}
LINES = [
    {
        "fund": "产业发展专项资金",
        "budget": "2026-CY-001",
        "function": "2150805",
        "economic": "31204",
    },
    {"fund": "失业保险基金", "budget": "2026-SY-001", "function": "2090401", "economic": "30305"},
]
CHANNELS = ("tables", "iso20022")


def options(channel: str, folder: Path, **more: Any) -> dict[str, Any]:
    told = {"channel": channel, "lines": [each | {"account": PAYER} for each in LINES]}
    if channel == "tables":
        told["settings"] = {"driver": "sqlite", "database": str(folder / "frontend.sqlite")}
    return told | more


@pytest.fixture
def folder(district: Any) -> Path:
    return Path(district.directory / "treasury")


@pytest.fixture
def opened(peer: Any, folder: Path) -> Iterator[Callable[..., tuple[Any, Any]]]:
    handle, _ = peer("treasury")
    adapters: list[Any] = []

    def of(channel: str, **more: Any) -> tuple[Any, Any]:
        told = options(channel, folder, **more)
        assert treasury.mistakes(told, None) == []
        adapters.append(treasury.open_system(told, Endpoint(str(folder))))
        return handle, adapters[-1]

    yield of
    handle.ask("POST", "/pace", {})
    handle.ask("POST", "/repeats", {"refuse": False})
    for each in adapters:
        each.close()


def documents(**changed: Any) -> dict[str, Any]:
    number = next(NUMBERS)
    award = {
        "id": f"A-2026-{uuid4().hex[:12]}",
        "list": "L-2026-0001",
        "policy": "listing",
        "title": "企业上市奖补",
        "version": "2026",
        "stage": "股改",
        "firm": {"uscc": "91320114MA00000152", "name": f"示例{number}科技有限公司"},
        "amount_fen": 50_000_050 + number,
        "confirm": "full",
        "publicity": 5,
        "route": "treasury",
        "fund": "产业发展专项资金",
        "decision": "D-2026-0001",
        "row": number,
    }
    payee = {"award": award["id"], "attempt": 1, "name": award["firm"]["name"]}
    payee |= {"account": f"43010000{number:08}", "bank_cnaps": "102301000014"}
    payee |= {"source": "confirmation"}
    made = {"award": award, "payee": payee}
    for path, value in changed.items():
        name, _, field = path.partition("__")
        made[name][field] = value
    return made


def prepared(adapter: Any, inputs: Any) -> Prepared:
    made: Prepared = adapter.prepare("pay_award", inputs, uuid4().hex)
    return made


def over(adapter: Any, asked: Prepared, seconds: float = 10.0) -> Answer:
    """The answer when it waits no longer."""
    end = time.monotonic() + seconds
    while True:
        found: Answer | None = adapter.probe(asked)
        assert found is not None
        if not found.waiting:
            return found
        assert time.monotonic() < end
        time.sleep(0.02)


def payments(handle: Any, inputs: Any) -> list[Any]:
    return [row for row in handle.books() if row["busino"] == inputs["award"]["id"]]


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_order_is_accepted_then_paid_with_a_voucher(opened: Any, channel: str) -> None:
    handle, adapter = opened(channel)
    handle.ask("POST", "/pace", {"accept": False, "pay": False})
    inputs = documents()
    asked = prepared(adapter, inputs)
    assert adapter.probe(asked) is None
    assert adapter.submit(asked).waiting
    assert adapter.probe(asked).waiting, "written, and nobody has looked"
    handle.ask("POST", "/pace", {"pay": False})
    assert adapter.probe(asked).waiting
    assert payments(handle, inputs) == []
    handle.ask("POST", "/pace", {})
    paid = over(adapter, asked)
    (row,) = payments(handle, inputs)
    shapes.validate("grant-payment", paid.record)
    assert paid.record["amount_fen"] == row["fen"] == inputs["award"]["amount_fen"]
    assert paid.record["voucher"] == paid.reference == row["pzh"]
    assert paid.record["order"] == row["orderno"] == asked.effect_key
    assert (row["zbh"], row["skrzh"]) == ("2026-CY-001", inputs["payee"]["account"])


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("state", "name", "code"), [("closed", "", "AC04"), ("open", "别家公司", "BE01")]
)
def test_a_wrong_account_is_returned_and_a_corrected_one_is_paid_once(
    opened: Any, channel: str, state: str, name: str, code: str
) -> None:
    handle, adapter = opened(channel)
    inputs = documents()
    told = {"number": inputs["payee"]["account"], "state": state}
    handle.ask("POST", "/account", told | ({"name": name} if name else {}))
    asked = prepared(adapter, inputs)
    adapter.submit(asked)
    with pytest.raises(Rejected, match="treasury.returned") as caught:
        over(adapter, asked)
    assert caught.value.facts["code"] == code
    assert caught.value.reason in ("账户已销户", "户名与账号不符")
    assert caught.value.raw
    inputs["payee"] |= {"attempt": 2, "account": "9" + inputs["payee"]["account"]}
    again = prepared(adapter, inputs)
    adapter.submit(again)
    over(adapter, again)
    assert [row["status"] for row in payments(handle, inputs)] == ["3", "2"]
    assert inputs["award"]["id"] not in handle.ask("GET", "/sums")["doubled"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_exhausted_budget_is_refused_and_no_account_cures_it(opened: Any, channel: str) -> None:
    handle, adapter = opened(channel)
    inputs = documents(award__fund="失业保险基金")
    handle.ask("POST", "/budget", {"line": "2026-SY-001", "fen": 1})
    asked = prepared(adapter, inputs)
    adapter.submit(asked)
    with pytest.raises(Rejected, match="treasury.refused") as caught:
        over(adapter, asked)
    assert (caught.value.facts["code"], caught.value.reason) == ("AM04", "指标余额不足")
    handle.ask("POST", "/budget", {"line": "2026-SY-001", "fen": 10**15})


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_order_put_again_is_the_same_order(opened: Any, channel: str) -> None:
    """This treasury pays every row that it finds; the wire looks before it writes."""
    handle, adapter = opened(channel)
    handle.ask("POST", "/pace", {"accept": False, "pay": False})
    inputs = documents()
    asked = prepared(adapter, inputs)
    for _ in range(3):
        adapter.submit(asked)
    handle.ask("POST", "/pace", {})
    over(adapter, asked)
    assert len(payments(handle, inputs)) == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_day_s_statement_tells_what_was_paid_and_what_came_back(
    opened: Any, channel: str
) -> None:
    handle, adapter = opened(channel)
    since = datetime.now(UTC) - timedelta(minutes=1)
    states = {}
    for state in ("applied", "refused"):
        inputs = documents()
        if state == "refused":
            handle.ask(
                "POST", "/account", {"number": inputs["payee"]["account"], "state": "closed"}
            )
        asked = prepared(adapter, inputs)
        states[asked.effect_key] = state
        adapter.submit(asked)
        try:
            over(adapter, asked)
        except Rejected:
            assert state == "refused"
    day = handle.books()[-1]["day"]
    handle.ask("POST", "/statement", {"day": day})
    found = list(adapter.books("pay_award", since, datetime.now(UTC) + timedelta(seconds=1)))
    last = {entry.effect_key: entry.state for entry in found}
    assert {key: last[key] for key in states} == states
    assert [e for e in found if e.effect_key in states and e.state == "applied"] != []


def test_a_day_without_a_statement_is_not_a_day_on_which_nothing_was_paid(opened: Any) -> None:
    _, adapter = opened("iso20022")
    at = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(Retriable, match="treasury.no-statement"):
        list(adapter.books("pay_award", at, at + timedelta(hours=1)))


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_late_return_stands_in_the_statement_after_the_payment(opened: Any, channel: str) -> None:
    handle, adapter = opened(channel)
    since = datetime.now(UTC) - timedelta(minutes=1)
    asked = prepared(adapter, documents())
    adapter.submit(asked)
    over(adapter, asked)
    handle.ask("POST", "/return", {"orderno": asked.effect_key, "code": "AC01"})
    with pytest.raises(Rejected, match="treasury.returned"):
        adapter.probe(asked)
    handle.ask("POST", "/statement", {"day": handle.books()[-1]["day"]})
    found = adapter.books("pay_award", since, datetime.now(UTC) + timedelta(seconds=1))
    mine = [entry.state for entry in found if entry.effect_key == asked.effect_key]
    assert mine == ["applied", "refused"]


def test_two_rows_of_one_number_are_not_believed(opened: Any, folder: Path) -> None:
    handle, adapter = opened("tables")
    handle.ask("POST", "/pace", {"accept": False, "pay": False})
    asked = prepared(adapter, documents())
    adapter.submit(asked)
    with sqlite3.connect(folder / "frontend.sqlite") as db:
        names = [row[1] for row in db.execute("pragma table_info(ZF_SQ)") if row[1] != "ID"]
        listed = ", ".join(names)
        sql = f"insert into ZF_SQ ({listed}) select {listed} from ZF_SQ where ORDERNO = ?"
        db.execute(sql, (asked.effect_key,))
    db.close()
    with pytest.raises(Unknown):
        adapter.probe(asked)
    handle.ask("POST", "/pace", {})
    end = time.monotonic() + 10
    while len([r for r in handle.books() if r["orderno"] == asked.effect_key]) < 2:
        assert time.monotonic() < end, "it pays each row: nothing but our asking prevents it"
        time.sleep(0.02)
    with pytest.raises(Unknown):
        adapter.probe(asked)


def test_what_was_paid_is_recovered_once(opened: Any) -> None:
    _, adapter = opened("tables")
    inputs = documents()
    asked = prepared(adapter, inputs)
    adapter.submit(asked)
    paid = over(adapter, asked)
    root = {"effect": asked.effect_key, "reference": paid.reference}
    back = adapter.prepare(
        "recover_award", {"award": {"id": inputs["award"]["id"]}, "root": root}, uuid4().hex
    )
    assert adapter.probe(back) is None
    assert adapter.submit(back).waiting
    record = over(adapter, back).record
    assert record is not None
    shapes.validate("grant-recovery", record)
    assert record["amount_fen"] == inputs["award"]["amount_fen"]
    again = adapter.prepare(
        "recover_award", {"award": {"id": inputs["award"]["id"]}, "root": root}, uuid4().hex
    )
    adapter.submit(again)
    with pytest.raises(Rejected, match="treasury.refused"):
        over(adapter, again)
    entries = adapter.books(
        "recover_award",
        datetime.now(UTC) - timedelta(minutes=1),
        datetime.now(UTC) + timedelta(seconds=1),
    )
    assert {e.effect_key: e.state for e in entries}[back.effect_key] == "applied"


def test_a_number_of_thirty_characters_comes_back_as_our_key(opened: Any) -> None:
    handle, adapter = opened("tables", order_length=30)
    since = datetime.now(UTC) - timedelta(minutes=1)
    inputs = documents()
    asked = prepared(adapter, inputs)
    adapter.submit(asked)
    over(adapter, asked)
    (row,) = payments(handle, inputs)
    assert len(row["orderno"]) == 26
    found = adapter.books("pay_award", since, datetime.now(UTC) + timedelta(seconds=1))
    assert asked.effect_key in {entry.effect_key for entry in found}


@pytest.mark.parametrize("channel", CHANNELS)
def test_money_that_no_line_tells_of_is_not_spent_and_all_is_told_at_once(
    opened: Any, channel: str
) -> None:
    _, adapter = opened(channel)
    inputs = documents(award__fund="没有写的资金", payee__award="another")
    del inputs["payee"]["name"]
    with pytest.raises(Invalid) as caught:
        prepared(adapter, inputs)
    told = {problem.code for problem in caught.value.problems}
    assert told == {"treasury.no-line", "plan.disagree", "mapping.missing"}


def test_a_file_that_speaks_of_another_order_is_not_believed(opened: Any, folder: Path) -> None:
    _, adapter = opened("iso20022")
    inputs = documents()
    asked = prepared(adapter, inputs)
    adapter.submit(asked)
    over(adapter, asked)
    other = prepared(adapter, documents())
    answers = folder / "answers"
    content = (answers / f"camt.054.{asked.effect_key}.xml").read_bytes()
    place = answers / f"camt.054.{other.effect_key}.xml"
    for wrong in (content, b"<html/>", b"\xff", b"", content[: len(content) // 2]):
        place.write_bytes(wrong or b" ")
        with pytest.raises(Unknown, match="treasury.unreadable-answer"):
            adapter.probe(other)
