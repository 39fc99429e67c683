"""The doctor's mailbox: what is no request of ours is refused, and nothing is asked of it."""

from __future__ import annotations

import pytest

from connectors.http_message import Request
from exchange.errors import Fatal
from exchange.ports import Prepared
from zhida.mailbox import Mailbox, MailboxAdapter
from zhida.self_message import KEEP


def test_an_effect_is_kept_once() -> None:
    box = Mailbox()
    for text in ("first", "second"):
        body = f'{{"effect": "e", "message": "{text}", "marker": "m"}}'.encode()
        assert box.answer(Request("POST", "/mailbox", {}, body)).status == 200
    assert box.messages == ["first"]
    assert box.refuse(Fatal("http.malformed")).status == 400


def test_nothing_is_fetched_and_nothing_is_there_beforehand() -> None:
    adapter = MailboxAdapter(KEEP, 1)
    asked = Prepared("keep", "e", {})
    assert adapter.probe(asked) is None
    with pytest.raises(Fatal, match="wire.no-operation"):
        adapter.fetch(asked)
    adapter.close()
