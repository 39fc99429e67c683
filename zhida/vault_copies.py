"""Copies of a bucket's key, by name: under whatever password, they would bring everything back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exchange.errors import ZhidaError
from exchange.vault import Vault
from zhida.canary_scan import entries


def destroy(vault: Vault, bucket: str, look: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Below these folders: those that are destroyed; and those that stay, for a person to look at: links,
    whose target may be another bucket's living key, and what this account can't write.
    """
    gone, stayed = [], []
    for path in [path for folder in look for path, _ in entries(folder)]:
        if path.name == f"{bucket}.key":
            try:
                vault.beside(path.parent).destroy(bucket)
                gone.append(str(path))
            except ZhidaError:
                stayed.append(str(path))
    return gone, stayed
