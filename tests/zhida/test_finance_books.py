"""The same lines are the same digest, in whatever order they were written; one more or another is not."""

from __future__ import annotations

import hashlib

from zhida import finance_books

LINES = ["loans|F2|5|2026-05-06|2026-08-06", "events|1|delivered|F1", "events|10|order-due|F1"]


def test_order_does_not_matter_and_every_sign_does() -> None:
    book = finance_books.book(LINES)
    assert book.digests == finance_books.book(reversed(LINES)).digests
    assert book.digests["all"] != finance_books.book(LINES[1:]).digests["all"]
    changed = [LINES[0].replace("|5|", "|6|"), *LINES[1:]]
    other = finance_books.book(changed)
    assert other.digests["loans"] != book.digests["loans"]
    assert other.digests["events"] == book.digests["events"]


def test_the_digest_is_what_the_documentation_says() -> None:
    text = "events|10|order-due|F1\nevents|1|delivered|F1\nloans|F2|5|2026-05-06|2026-08-06\n"
    assert finance_books.book(LINES).digests["all"] == hashlib.sha256(text.encode()).hexdigest()
    assert finance_books.book(LINES).counts == {
        "readings": 0,
        "loans": 1,
        "messages": 0,
        "events": 2,
    }
