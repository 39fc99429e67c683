"""ISO 20022 messages by names alone: the message itself, an entry's state, yuan, and China's day."""

from __future__ import annotations

import pytest

from adapters import _iso20022

TEXT = '<Document xmlns="urn:x"><A><Ntry/><b:C xmlns:b="urn:y">直</b:C></A></Document>'


def test_a_message_is_found_by_its_name_in_bytes_and_in_text() -> None:
    for raw in (TEXT, TEXT.encode(), "\ufeff" + TEXT):
        assert _iso20022.message(raw, "A") == {"Ntry": [""], "C": "直"}


@pytest.mark.parametrize("raw", [b"\xff", b"", "<Document><B/></Document>", "<Document/>", "<A/>"])
def test_what_holds_no_such_message_is_unreadable(raw: bytes | str) -> None:
    with pytest.raises(_iso20022.UNREADABLE):
        _iso20022.message(raw, "A")


@pytest.mark.parametrize(
    "amount", [None, "1", {"#text": "1"}, {"@Ccy": "USD", "#text": "1"}, {"@Ccy": "CNY"}]
)
def test_only_yuan_is_an_amount(amount: object) -> None:
    with pytest.raises(_iso20022.UNREADABLE):
        _iso20022.yuan(amount)


def test_a_moment_elsewhere_is_told_in_china() -> None:
    assert _iso20022.here("2026-06-10T17:30:00Z").isoformat() == "2026-06-11T01:30:00+08:00"
    assert _iso20022.here("2026-06-10T17:30:00").isoformat() == "2026-06-10T17:30:00"
