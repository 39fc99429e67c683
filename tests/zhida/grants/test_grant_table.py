"""The rows that people decide on: whose they are, who sees which of them, and how many."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

import pytest

from exchange.errors import Rejected
from exchange.store import award_rows
from tests.zhida import grant_town
from tests.zhida.grant_town import ACCOUNT, YES, Town, firms, policy
from zhida import grant_table


def read(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table)))


def listed(town: Town) -> dict[str, Any]:
    town.turn()
    found: dict[str, Any] = town.books.open("confirm_grant_list")[0]["list"]
    return found


def batch(town: Town) -> dict[str, Any]:
    """The batch of two awards whose accounts the firms told."""
    town.cleared(policy(), [100, 250])
    town.firm(YES)
    town.turn(2)
    found: dict[str, Any] = town.books.open("review_grant_payment")[0]["batch"]
    return found


def test_the_head_sees_whom_the_list_is_about(town: Town) -> None:
    town.match(policy(), [100, 250])
    told = listed(town)
    rows = read(told["rows"])
    assert {row["统一社会信用代码"] for row in rows} == set(firms(2))
    assert sorted(row["金额（元）"] for row in rows) == ["1.00", "2.50"]
    assert [row["奖补编号"] for row in rows] == sorted(row.id for row in town.awards())
    assert "public_rows" not in told
    content = b"\xef\xbb\xbf" + told["rows"].encode()
    assert told["rows_digest"] == hashlib.sha256(content).hexdigest()


def test_the_public_reads_names_and_amounts_and_nothing_else(town: Town) -> None:
    town.match(policy(), [100, 250])
    listed(town)
    town.head()
    town.turn()
    (asked,) = town.books.open("publish_list")
    rows = read(asked["list"]["public_rows"])
    assert [set(row) for row in rows] == [{"奖补编号", "企业名称", "金额（元）"}] * 2
    assert sorted(row["金额（元）"] for row in rows) == ["1.00", "2.50"]
    assert not any(number in str(asked) for number in firms(2))
    assert "rows" not in asked["list"]


def test_a_list_that_is_not_made_public_has_no_public_rows(town: Town) -> None:
    town.match(policy("quick", publicity=0), [100])
    listed(town)
    with town.hub.store.read() as connection:
        sql = "SELECT id FROM document WHERE kind='grant-list'"
        ((identifier,),) = connection.exec_driver_sql(sql).fetchall()
    record = town.hub.archive.get(identifier).record
    assert "rows" in record
    assert "public_rows" not in record


def test_finance_sees_the_account_of_each_and_masked_where_it_must_not(town: Town) -> None:
    told = batch(town)
    rows = read(told["rows"])
    assert {row["收款账号"] for row in rows} == {ACCOUNT["account"]}
    assert {row["收款户名"] for row in rows} == {ACCOUNT["name"]}
    assert "masked_rows" not in told
    with town.hub.store.read() as connection:
        sql = "SELECT id FROM document WHERE kind='grant-payment-batch'"
        ((identifier,),) = connection.exec_driver_sql(sql).fetchall()
    masked = town.hub.archive.get(identifier).record["masked_rows"]
    assert {row["收款账号"] for row in read(masked)} == {"*********0001"}
    assert ACCOUNT["account"] not in masked


def test_the_batch_s_rows_stay_what_was_agreed_to_after_a_return(town: Town) -> None:
    told = batch(town)
    town.review()
    town.turn(2)
    town.treasury("refused")
    town.turn(2)
    town.books.answer("ask_account", "applied", YES | {"account": "6222020000002", "attempt": 2})
    town.turn(3)
    assert town.books.open("pay_award")
    with town.hub.store.read() as connection:
        rows = award_rows.of_sheet(connection, told["id"], "batch")
    assert grant_table.digest(grant_table.of_batch(town.hub, rows)) == told["rows_digest"]


def test_a_long_list_says_where_its_file_is_and_is_public_whole(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grant_table, "MOST_SHOWN", 2)
    town.match(policy(), [100, 200, 300])
    told = listed(town)
    assert f"zhida grants rows {told['id'][:12]}" in told["rows"]
    assert "共 3 笔" in told["rows"]
    assert not any(number in told["rows"] for number in firms(3))
    town.head()
    town.turn()
    (asked,) = town.books.open("publish_list")
    assert len(read(asked["list"]["public_rows"])) == 3


def test_a_name_with_commas_and_quotes_stays_one_field(town: Town) -> None:
    row = ["A-1", '示例"甲",公司', "1.00"]
    table = grant_table._written(("编号", "名称", "金额"), [row])
    assert list(csv.reader(io.StringIO(table)))[1] == row


def test_a_list_whose_amounts_somebody_has_changed_goes_to_nobody(town: Town) -> None:
    town.match(policy(), [100, 200])
    grant_town.grant_advance.grant_lists.form(town.hub)
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE award SET amount_fen = 999 WHERE amount_fen = 100")
    with pytest.raises(Rejected, match=r"grant\.other-rows"):
        town.advance()
    assert town.books.open("confirm_grant_list") == []
