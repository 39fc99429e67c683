"""Copies of a key are destroyed below the folders that are named; what may be another's stays, and is told."""

from __future__ import annotations

import os
from pathlib import Path

from exchange.vault import Vault
from zhida import vault_copies

SECRET, BUCKET = b"a secret of high entropy", "newborn-2020-02"


def test_copies_go_under_whatever_secret_and_links_stay(tmp_path: Path) -> None:
    vault, look = Vault(tmp_path / "keys", SECRET), tmp_path / "backup"
    vault.seal(BUCKET, b"", about="")
    for day in ("monday", "tuesday", "wednesday"):  # one file, as backup programs keep it
        (look / day).mkdir(parents=True)
        os.link(tmp_path / "keys" / f"{BUCKET}.key", look / day / f"{BUCKET}.key")
    vault.destroy(BUCKET)
    Vault(look / "older", b"another secret").seal(BUCKET, b"", about="")
    Vault(tmp_path / "away", SECRET).seal(BUCKET, b"", about="")
    (look / "linked").mkdir()
    (look / "linked" / f"{BUCKET}.key").symlink_to(tmp_path / "away" / f"{BUCKET}.key")
    (look / "latest").symlink_to(look / "monday")
    gone, stayed = vault_copies.destroy(vault, BUCKET, [look])
    days = ("monday", "older", "tuesday", "wednesday")
    assert gone == [str(look / day / f"{BUCKET}.key") for day in days]
    assert stayed == [str(look / "linked" / f"{BUCKET}.key")]
    assert (tmp_path / "away" / f"{BUCKET}.key").stat().st_size > 0


def test_a_file_that_is_named_itself_is_destroyed_too(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SECRET)
    vault.seal(BUCKET, b"", about="")
    file = tmp_path / f"{BUCKET}.key"
    assert vault_copies.destroy(vault, BUCKET, [file]) == ([str(file)], [])
