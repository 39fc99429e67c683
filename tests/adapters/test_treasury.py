"""What a site writes about its treasury, and what comes of the answers that it may give."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from adapters import treasury
from adapters._endpoint import completed
from exchange.errors import Fatal, Rejected, Unknown
from exchange.ports import Bookkeeper, Endpoint, Reply
from tests import how_to_files
from zhida.keepers import BOOKED

KEY = "5f" * 16
PAYER = {"name": "示例区财政局", "number": "3200000000000001", "bank_cnaps": "011301000012"}
LINE = {
    "fund": "产业",
    "budget": "B1",
    "function": "2150805",
    "economic": "31204",
    "account": PAYER,
}
OPTIONS: dict[str, Any] = {
    "channel": "tables",
    "settings": {"driver": "sqlite", "database": "/nowhere.db"},
    "lines": [LINE, LINE | {"policy": "listing", "budget": "B2"}],
}
AWARD = {"id": "A1", "title": "上市", "amount_fen": 1230, "fund": "产业", "policy": "talent"}
PAYEE = {"award": "A1", "attempt": 1, "name": "甲", "account": "4301", "bank_cnaps": "102301000014"}
ROW = {
    "ORDERNO": KEY,
    "BUSINO": "A1",
    "JE": "12.30",
    "SKRZH": "4301",
    "STATUS": "2",
    "PZH": "GK1",
    "ZFRQ": "20260611",
}


class Wire:
    """Answers every question with the same rows."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows, self.asked = list(rows), list[tuple[str, Any]]()

    def call(self, operation: str, body: Any) -> Reply:
        self.asked.append((operation, body))
        return Reply(b"raw", self.rows)

    def close(self) -> None:
        """Nothing is open."""


def opened(wire: Wire, **more: Any) -> treasury.Treasury:
    return treasury.Treasury(completed(treasury.OPTIONS, OPTIONS | more), wire, Endpoint(""))


def probed(*rows: dict[str, Any], **more: Any) -> Any:
    adapter = opened(Wire(*rows), **more)
    return adapter.probe(adapter.prepare("pay_award", {"award": AWARD, "payee": PAYEE}, KEY))


def sent(**award: Any) -> Any:
    adapter = opened(Wire())
    inputs = {"award": AWARD | award, "payee": PAYEE}
    return adapter.prepare("pay_award", inputs, KEY).body.request.body


def test_a_line_of_the_policy_s_own_counts_before_that_of_its_fund() -> None:
    assert sent()["ZBH"] == "B1"
    assert sent(policy="listing")["ZBH"] == "B2"
    assert sent()["FKZH"] == PAYER["number"]
    assert (sent()["GNFL"], sent()["JJFL"], sent()["JE"]) == ("2150805", "31204", "12.30")


def test_two_lines_for_the_same_money_are_a_mistake() -> None:
    found = treasury.mistakes(OPTIONS | {"lines": [LINE, LINE]}, None)
    assert [(at, problem.code) for at, problem in found] == [("/lines/1", "treasury.line-twice")]
    assert treasury.mistakes(OPTIONS, None) == []


def test_a_mistake_in_the_wire_s_settings_is_told() -> None:
    found = treasury.mistakes(OPTIONS | {"settings": {"driver": "sqlit", "database": "x"}}, None)
    assert [at for at, _ in found] == ["/settings/driver"]


def test_paid_is_what_the_second_state_says_with_its_voucher() -> None:
    answer = probed(ROW)
    assert (answer.waiting, answer.reference) == (False, "GK1")
    assert answer.record == {
        "order": KEY,
        "voucher": "GK1",
        "paid_on": "2026-06-11",
        "amount_fen": 1230,
    }


@pytest.mark.parametrize("status", ["0", "1"])
def test_what_is_not_decided_waits(status: str) -> None:
    assert probed(ROW | {"STATUS": status}).waiting


def test_only_no_row_at_all_says_that_the_order_is_not_there() -> None:
    assert probed() is None
    for rows in (
        [ROW | {"STATUS": "7"}],
        [ROW, ROW],
        [ROW | {"BUSINO": "A2"}],
        [ROW | {"JE": "12.31"}],
        [ROW | {"SKRZH": "4302"}],
    ):
        with pytest.raises(Unknown):
            probed(*rows)
    with pytest.raises(Unknown, match="generic.answer-not-understood"):
        probed({name: told for name, told in ROW.items() if name != "PZH"})


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        ("3", "AC04", "treasury.returned"),
        ("4", "AC01", "treasury.returned"),
        ("3", "99", "treasury.refused"),
        ("4", "AM04", "treasury.refused"),
        ("4", "AM05", "treasury.refused"),
    ],
)
def test_only_what_another_account_cures_is_a_return(status: str, code: str, told: str) -> None:
    with pytest.raises(Rejected) as caught:
        probed(ROW | {"STATUS": status, "BACKCODE": code, "BACKMSG": "原因"})
    assert (caught.value.code, caught.value.facts["code"]) == (told, code)
    assert (caught.value.reason, caught.value.raw) == ("原因", b"raw")


def test_a_site_says_which_codes_another_account_cures() -> None:
    with pytest.raises(Rejected, match="treasury.returned"):
        probed(ROW | {"STATUS": "3", "BACKCODE": "99"}, payee_reasons=["99"])


def test_the_order_has_our_key_as_the_treasury_can_hold_it() -> None:
    adapter = opened(Wire(), order_length=31)
    made = adapter.prepare("pay_award", {"award": AWARD, "payee": PAYEE}, KEY)
    assert made.effect_key == KEY
    assert len(made.body.request.body["ORDERNO"]) == 26
    given = {"award": {"id": "A1"}, "root": {"effect": KEY}}
    back = adapter.prepare("recover_award", given, "6e" * 16)
    assert back.body.request.body["YSQH"] == made.body.request.body["ORDERNO"]


def test_each_day_of_a_span_is_asked_for_once() -> None:
    wire = Wire()
    since = datetime(2026, 6, 9, 15, 0, tzinfo=UTC)  # 23:00 in China
    assert list(opened(wire).books("pay_award", since, since + timedelta(days=2))) == []
    assert [body for _, body in wire.asked] == [
        {"RQ": day, "LX": "ZF"} for day in ("20260609", "20260610", "20260611")
    ]


def test_both_channels_pay_and_recover() -> None:
    told = {"channel": "iso20022", "lines": [LINE]}
    assert treasury.declared(told).keys() == {"pay_award", "recover_award"}
    assert treasury.requests(told)["recover_award"] == ("award_repayment_request",)
    assert treasury.declared(OPTIONS).keys() == {"pay_award", "recover_award"}
    alias, settings = treasury.wire(
        told | {"wire": "sftp", "settings": {"folders": {"orders": {"folder": "in"}}}}
    )
    assert (alias, settings["folders"]["orders"], settings["folders"]["answers"]) == (
        "sftp",
        {"folder": "in"},
        {"folder": "answers"},
    )


def test_what_a_request_needs_and_is_made_by_is_told() -> None:
    needed = treasury.needed(OPTIONS, None)["pay_award"]
    assert ("payee/account",) in [each.paths for each in needed]
    assert treasury.requests(OPTIONS)["recover_award"] == ("award_treasury_recovery",)


def test_a_folder_that_is_not_there_is_told_when_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="files.no-folder"):
        treasury.open_system(
            {"channel": "iso20022", "lines": [LINE]}, Endpoint(str(tmp_path / "nowhere"))
        )


def test_its_books_are_compared_like_any_other_s() -> None:
    assert isinstance(opened(Wire()), Bookkeeper)
    assert opened(Wire()).booked == {"pay_award", "recover_award"}
    assert "treasury" in BOOKED


def test_the_how_to_s_system_file_is_right(tmp_path: Path) -> None:
    told = how_to_files.write("treasury-and-portal", tmp_path)["systems/treasury.yaml"]
    options = YAML(typ="safe", pure=True).load(told.read_text("utf-8"))["options"]
    jsonschema_rs.validate(treasury.OPTIONS, options)
    assert treasury.mistakes(options, tmp_path) == []
