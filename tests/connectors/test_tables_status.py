"""The states of a status column, as the site writes them and as the column holds them."""

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table

from connectors.tables_database import Chosen
from connectors.tables_status import Claims
from exchange.errors import Fatal


def claims(kind, told):
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("st", kind))
    return Claims(Chosen(table, (), (table.c.id,)), {"status": "st", "new": told}, "x")


def test_a_state_is_a_text_or_a_whole_number():
    assert (claims(String(2), "N")._value("new"), claims(Integer(), "0")._value("new")) == ("N", 0)


def test_a_letter_for_a_column_of_numbers_is_told_with_its_column():
    with pytest.raises(Fatal, match=r"tables\.status-value") as raised:
        claims(Integer(), "N")._value("new")
    assert dict(raised.value.facts) == {"table": "t", "column": "st", "state": "new"}
