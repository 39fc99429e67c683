"""docs/how-to/bank-feeds.md: its files are right, and its snippet knows what is the hub's."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters import bank_feed, feed
from crypto import keys
from exchange.ports import utc_now
from matters import files
from zhida import finance_schema, signed_request, site_schemas

PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/bank-feeds.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"<!-- file: (\S+) -->\n```yaml\n(.*?)^```", PAGE, re.M | re.S))


@pytest.mark.parametrize(("name", "module"), [("events", bank_feed), ("credits", feed)])
def test_its_systems_are_right(name: str, module: Any) -> None:
    path = f"systems/bank-a-{name}.yaml"
    found = files.parse(BLOCKS[path], site_schemas.system_with(module.OPTIONS), name=path)
    assert module.mistakes(found.data["options"], None) == []


def test_its_rules_are_right() -> None:
    found = files.parse(BLOCKS["finance.yaml"], finance_schema.SCHEMA, name="finance.yaml")
    assert found.data["banks"]["bank-a"]["feed"] == "bank-a-events"
    more = BLOCKS["finance.yaml"].replace(
        "feed: bank-a-events", "credits: {system: bank-a-credits, stream: credits}"
    )
    files.parse(more, finance_schema.SCHEMA, name="finance.yaml")


def test_its_snippet_lets_in_what_the_hub_has_signed_and_nothing_else() -> None:
    told: dict[str, Any] = {}
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
    exec(code, told)
    check = told["is_from_hub"]
    key = keys.generate("Ed25519")
    public = Ed25519PublicKey.from_public_bytes(key.public.raw)
    target, body, now = "/zhida/events", b'{"seq":1}', utc_now()
    signed = signed_request.signature(key, ("POST", target), body, now)
    assert check(public, "POST", target, signed, body)
    assert not check(public, "POST", "/other", signed, body)
    old = signed_request.signature(key, ("POST", target), body, now - timedelta(minutes=6))
    assert not check(public, "POST", target, old, body)
    with pytest.raises(InvalidSignature):
        check(public, "POST", target, signed, b'{"seq":2}')
