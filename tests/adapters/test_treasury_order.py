"""A payment order as pain.001.001.09: whole, in the standard's order, exact to the fen."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapters import _treasury_order

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("pain.001.001.09.profile.xsd")))
AT = datetime(2026, 6, 10, 16, 30, 5, 123456, tzinfo=UTC)
BODY: dict[str, Any] = {
    "order": "00ff" * 8,
    "award": "A-2026-000001",
    "amount": "1200000.50",
    "purpose": "企业上市奖补 股改",
    "payee": {"name": "示例甲科技有限公司", "account": "4301000012345678", "bank": "102301000014"},
    "payer": {"name": "示例区财政局", "account": "3200000000000001", "bank": "011301000012"},
    "budget": {"line": "2026-CY-001", "function": "2150805", "economic": "31204"},
}


def tree(body: Any) -> etree._Element:
    return etree.fromstring(_treasury_order.written(body, AT))


def text(root: etree._Element, path: str) -> str:
    return str(root.findtext(path, namespaces={"p": _treasury_order.NAMESPACE}))


def test_an_order_is_whole_and_in_the_order_of_the_standard() -> None:
    root = tree(BODY)
    assert SCHEMA.validate(root), SCHEMA.error_log
    assert text(root, ".//p:EndToEndId") == BODY["order"]
    assert text(root, ".//p:CdtrAcct//p:Othr/p:Id") == "4301000012345678"
    assert text(root, ".//p:CdtrAgt//p:MmbId") == "102301000014"
    documents = root.findall(".//{*}RfrdDocInf")
    told = {each.findtext(".//{*}Prtry"): each.findtext("{*}Nb") for each in documents}
    assert told == {
        "BUDGET-LINE": "2026-CY-001",
        "FUNCTION-CLASS": "2150805",
        "ECONOMIC-CLASS": "31204",
        "AWARD": "A-2026-000001",
    }


def test_the_day_is_the_one_in_china() -> None:
    root = tree(BODY)
    assert text(root, ".//p:CreDtTm") == "2026-06-11T00:30:05+08:00"
    assert text(root, ".//p:ReqdExctnDt/p:Dt") == "2026-06-11"


@pytest.mark.parametrize(
    ("path", "value"),
    [("order", "0" * 36), ("amount", "0.00"), ("amount", "1.005"), ("purpose", "直" * 141)],
)
def test_the_profile_knows_what_the_standard_does_not_take(path: str, value: str) -> None:
    assert not SCHEMA.validate(tree(deepcopy(BODY) | {path: value}))


@given(fen=st.integers(1, 10**14), name=st.text("直达<&>\"'示例 A", min_size=1, max_size=140))
def test_any_amount_and_any_name_arrive_as_they_were(fen: int, name: str) -> None:
    body = deepcopy(BODY) | {"amount": f"{fen // 100}.{fen % 100:02}"}
    body["payee"]["name"] = name
    root = tree(body)
    assert SCHEMA.validate(root), SCHEMA.error_log
    assert text(root, ".//p:Cdtr/p:Nm") == name
    assert int(text(root, ".//p:InstdAmt").replace(".", "")) == fen
    assert text(root, ".//p:CtrlSum") == body["amount"]
