"""Another spelling of an order's number is the same order; another number is not."""

import pytest

from mappings.identifiers import order_number


@pytest.mark.parametrize(
    "spelt",
    [
        "po-2026/007",
        "ＰＯ－２０２６／００７",
        " PO-2026 / 007 ",
        "PO\u20132026/007",
        "PO\u22122026/007\ufeff",
    ],
)
def test_another_spelling(spelt: str) -> None:
    assert order_number.is_same(spelt, "PO-2026/007")


@pytest.mark.parametrize("other", ["PO2026/007", "PO-2026/07", "PO-2026-007", "РO-2026/007", ""])
def test_another_number(other: str) -> None:
    assert not order_number.is_same(other, "PO-2026/007")


def test_zeros_before_a_number_are_only_fill() -> None:
    assert order_number.compact("000450") == "450"
    assert order_number.compact("000") == "0"
