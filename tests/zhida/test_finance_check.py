"""``zhida check`` looks at the systems by which banks are reached, before anything is sent to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from tests.zhida.finance_feeds import Feeds
from tests.zhida.test_finance_credits import SYSTEM
from zhida import finance_check

REST = {"wire": "rest", "to": "/e"}


def _code(feeds: Feeds) -> str:
    [(_, run)] = finance_check.steps(feeds.hub.site)
    with pytest.raises(Invalid) as error:
        run()
    return error.value.code


def test_what_is_wrong_with_a_bank_s_systems_is_told(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path, REST, {})
    (feeds.site / "systems" / "bank-a-credits.yaml").write_text(SYSTEM, "utf-8")
    source = {"system": "bank-a-credits", "stream": "credits"}
    feeds.configure(REST, credits=source)
    [(_, run)] = finance_check.steps(feeds.hub.site)
    run()
    feeds.configure(REST, credits=source | {"stream": "credit"})
    assert _code(feeds) == "feed.no-stream"
    feeds.configure({"wire": "rest", "to": "e"}, credits=source)
    assert _code(feeds) == "bank-feed.place"
    feeds.configure({"wire": "amqp", "to": "e", "each": "hour"}, credits=source)
    assert _code(feeds) == "file.schema"
    feeds.close()
