"""What a claim says, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange import claim
from exchange.document import Document, Origin
from exchange.errors import Rejected

FIELDS: dict[str, Any] = {
    "/material": "M-1", "/title": "图", "/media_type": "image/tiff", "/bytes": 5, "/sha256": "a" * 64,
    "/sm3": "b" * 64, "/system": "s", "/name": "n",
}  # fmt: skip


def document(kind: str = "file-claim", **left_out: bool) -> Document:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    origin = Origin(kind, "hub", "registry", "hub", "s", at)
    fields = {path: value for path, value in FIELDS.items() if path[1:] not in left_out}
    return Document("1" * 32, origin, fields, 0, "")


def test_it_says_what_the_document_says() -> None:
    found = claim.of(document())
    assert (found.bytes, found.provider, found.seal) == (5, "registry", ("sha256", "a" * 64))
    assert claim.of(document(sha256=True)).seal == ("sm3", "b" * 64)
    assert "n" not in repr(found).partition("name")[2]


def test_the_first_digest_that_differs_is_told() -> None:
    found = claim.of(document())
    assert found.differs({"sha256": "a" * 64, "sm3": "b" * 64}) is None
    assert found.differs({"sha256": "a" * 64, "sm3": "c" * 64}) == ("sm3", "b" * 64, "c" * 64)
    assert claim.of(document(sm3=True)).differs({"sha256": "a" * 64, "sm3": "?"}) is None


def test_what_is_none_is_refused() -> None:
    with pytest.raises(Rejected, match=r"file\.no-claim"):
        claim.of(document("certificate"))
    with pytest.raises(Rejected, match=r"file\.no-digest"):
        claim.of(document(sha256=True, sm3=True))
