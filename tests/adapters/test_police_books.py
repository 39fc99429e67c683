"""The register's list by span of time: whole or an error, in China time, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from adapters.public_security import PublicSecurity
from connectors.memory import Memory
from exchange.errors import Retriable
from exchange.ports import Bookkeeper

SINCE = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(hours=1)


def _row(number: int, total: object, *, code: str = "0", at: str = "20260105090500") -> str:
    fields = f"<POSTID>k{number}</POSTID><SJ>{at}</SJ><ZS>{total}</ZS>"
    return f'<RECORD no="{number}" sid="S{number}" code="{code}" msg="">{fields}</RECORD>'


def _register(*pages: str) -> tuple[PublicSecurity, list[dict[str, str]]]:
    asked: list[dict[str, str]] = []
    none = '<RECORD no="1" sid="" code="9" msg="查无记录"/>'

    def answer(body: Any) -> str:
        text = body["arg0"].partition("?>")[2]
        fields = {str(each.tag): each.text or "" for each in etree.fromstring(text)[0]}
        asked.append(fields)
        number = int(fields["yh"])
        return f"<RECORDS>{pages[number - 1] if number <= len(pages) else none}</RECORDS>"

    return PublicSecurity(Memory({"csdjdz": answer})), asked


def test_pages_are_turned_until_the_total_is_there() -> None:
    register, asked = _register(_row(1, 3) + _row(2, 3), _row(3, 3, code="1"))
    assert isinstance(register, Bookkeeper)
    found = list(register.books("register_birth", SINCE, UNTIL))
    assert [(each.effect_key, each.state) for each in found] == [
        ("k1", "applied"),
        ("k2", "applied"),
        ("k3", "refused"),
    ]
    assert found[0].at == datetime(2026, 1, 5, 1, 5, tzinfo=UTC)
    assert found[0].reference == "S1"
    span = {"kssj": "20260105090000", "jssj": "20260105100000"}
    assert asked == [{**span, "yh": "1"}, {**span, "yh": "2"}]


def test_an_empty_day_is_an_empty_list() -> None:
    assert list(_register()[0].books("register_birth", SINCE, UNTIL)) == []


@pytest.mark.parametrize(
    "pages",
    [
        (_row(1, 3) + _row(2, 3),),  # the third is on no page
        (_row(1, "?"),),
        (_row(1, 1, at="yesterday"),),
        (_row(1, 1, code="7"),),
        ("<RECORD",),
    ],
)
def test_a_list_that_is_not_whole_is_no_list(pages: tuple[str, ...]) -> None:
    with pytest.raises(Retriable) as caught:
        list(_register(*pages)[0].books("register_birth", SINCE, UNTIL))
    assert caught.value.code == "police.unreadable-books"
