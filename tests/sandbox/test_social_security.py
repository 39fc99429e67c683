"""The card system over its wire, with strings glued by hand."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection

import pytest
from lxml import etree

from sandbox import resident_id, soap
from sandbox.handle import Handle
from sandbox.social_security import NAMESPACE

CHILD = resident_id.compose("320117", "20260105", 1)
ORDER = {
    "prm_aac002": CHILD,
    "prm_aac003": "张小直",
    "prm_aac004": "1",
    "prm_aac006": "20260105",
    "prm_aae008": "102",
    "prm_jhrxm": "李小达",
    "prm_jhrzjhm": resident_id.compose("320117", "19930312", 2),
    "prm_jhrgx": "52",
    "prm_aae005": "19900000000",
}
Call = Callable[..., etree._Element]


@pytest.fixture
def call(cards_door: Handle) -> Call:
    def send(operation: str, text: str) -> etree._Element:
        root = etree.Element(f"{{{NAMESPACE}}}{operation}")
        etree.SubElement(root, "arg0").text = text
        connection = HTTPConnection("127.0.0.1", cards_door.port, timeout=10)
        connection.request("POST", "/services/SocialSecurity", soap.envelope(root))
        told = soap.payload(connection.getresponse().read()).findtext("return") or ""
        connection.close()
        return etree.fromstring(told.encode("gbk"))

    return send


def _input(**fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f'<?xml version="1.0" encoding="GBK" standalone="yes" ?><input>{inner}</input>'


def test_an_order_is_a_row_with_a_card_number_of_nine_characters(
    call: Call, cards_door: Handle
) -> None:
    told = call("applyCard", _input(prm_ywlsh="b1", **ORDER))
    row = cards_door.books()[-1]
    assert told.findtext("prm_appcode") == "1"
    assert told.findtext("prm_aaz500") == row["aaz500"]
    assert len(row["aaz500"]) == 9
    assert call("queryCard", _input(prm_ywlsh="b1")).findtext("prm_aaz500") == row["aaz500"]


def test_the_same_order_twice_is_two_cards(call: Call, cards_door: Handle) -> None:
    before = len(cards_door.books())
    for _ in range(2):
        call("applyCard", _input(prm_ywlsh="b2", **ORDER))
    assert len(cards_door.books()) == before + 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"prm_aae008": "999"}, "-1"),
        ({"prm_aae008": ""}, "-1"),
        ({"prm_aac002": CHILD[:-1] + "0"}, "-2"),
        ({"prm_aac003": "张" * 26}, "-2"),
        ({"prm_aac006": "20260230"}, "-2"),
    ],
)
def test_what_is_wrong_leaves_no_row(
    call: Call, cards_door: Handle, changed: dict[str, str], code: str
) -> None:
    before = len(cards_door.books())
    told = call("applyCard", _input(prm_ywlsh="b3", **(ORDER | changed)))
    assert told.findtext("prm_appcode") == code
    assert len(cards_door.books()) == before


@pytest.mark.parametrize("text", ["", "<other/>", "no xml", "<input><a>\U0002c029</a></input>"])
def test_what_is_no_input_is_bad(call: Call, text: str) -> None:
    assert call("applyCard", text).findtext("prm_appcode") == "-2"


def test_an_order_that_nobody_made_is_not_there(call: Call) -> None:
    assert call("queryCard", _input(prm_ywlsh="none")).findtext("prm_appcode") == "2"
