"""A backup's manifest is what the hub has signed, or it is not believed (G12)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crypto import jws, keys
from crypto.keys import PrivateKey
from exchange import backup
from exchange.backup import MANIFEST, SIGNED, Manifest
from exchange.errors import Fatal

MADE = Manifest(
    format=backup.FORMAT, origin="hub", kind="sqlite", at="2026-03-02T02:00:00.000000Z", digest="00",
    lookup="", size=0, head="", revision="", buckets=[],
)  # fmt: skip


@pytest.fixture(params=["SM2-SM3", "Ed25519"])
def key(request: pytest.FixtureRequest) -> PrivateKey:
    return keys.generate(str(request.param))


def test_it_is_signed_by_any_key_that_the_hub_has_had(tmp_path: Path, key: PrivateKey) -> None:
    later = keys.generate("Ed25519")
    backup.write(tmp_path, MADE, key)
    assert backup.is_signed(tmp_path, [later.public, key.public])
    (tmp_path / SIGNED).unlink()
    assert not backup.is_signed(tmp_path, [key.public])


@pytest.mark.parametrize(
    "change", ["manifest", "key", "type", "kid", "no token", "not ASCII", "dangling link"]
)
def test_what_another_has_signed_or_changed_is_refused(
    tmp_path: Path, key: PrivateKey, change: str
) -> None:
    backup.write(tmp_path, MADE, key)
    other, file = keys.generate(key.suite), tmp_path / SIGNED
    plain = (tmp_path / MANIFEST).read_bytes()
    if change == "manifest":
        token = file.read_text()
        backup.write(tmp_path, replace(MADE, digest="01"), other)
        file.write_text(token)
    elif change == "key":
        backup.write(tmp_path, MADE, other)
    elif change == "type":
        file.write_text(jws.sign(plain, key, {"typ": "zhida-head+jws"}))
    elif change == "kid":  # names our key, and is signed by another
        head, _, _ = file.read_text().partition(".")
        file.write_text(".".join([head, *jws.sign(plain, other, {"typ": "x"}).split(".")[1:]]))
    elif change == "dangling link":
        file.unlink()
        file.symlink_to(tmp_path / "nowhere")
    else:
        file.write_bytes(b"no token" if change == "no token" else b"\xff")
    with pytest.raises(Fatal, match=r"restore\.signature"):
        backup.is_signed(tmp_path, [key.public])
