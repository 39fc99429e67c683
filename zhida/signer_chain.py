"""What has been signed about a certificate, over all the certificates that replaced one another.

A certificate that was issued for a void one goes on with its document: who has got the old one
is told of the new one, and who asks by the old number gets the new one. What was taken back
before the new certificate came is no part of it: the new one begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange import pointer
from exchange.archive import Archive
from exchange.document import Document
from exchange.store import document_rows
from exchange.store.engine import Store
from exchange.vault import Vault

KIND = "birth-record"
IDENTITY = "/certificate/number"
REPLACES = "/certificate/replaces"


@dataclass(frozen=True, slots=True)
class Chain:
    """The documents of one signer by certificate, oldest first. Thread-safe."""

    system: str
    store: Store
    vault: Vault
    archive: Archive

    def newest(self, number: str) -> Document | None:
        """The newest version of what is known about the birth that this certificate is of."""
        found = self._newest_at(number)
        while found is not None and (other := number_of(found.record)) != number:
            number, found = other, self._newest_at(other)
        return found

    def before(self, told: Mapping[str, Any]) -> Document | None:
        """What a message goes on from: the same certificate's, else that of the void one."""
        known = self.newest(number_of(told))
        void = pointer.get(told, REPLACES)
        if known is not None or not isinstance(void, str):
            return known
        replaced = self.newest(void)
        return replaced if replaced is not None and replaced.origin.kind == KIND else None

    def places(self, number: str, before: Document | None) -> tuple[str, ...]:
        """Inbox keys of the next version: its own, and after that of the certificate it replaces."""
        numbers = [number] if before is None else [number, number_of(before.record)]
        return tuple(self._place(each)[1] for each in dict.fromkeys(numbers))

    def _newest_at(self, number: str) -> Document | None:
        identifier = self._place(number)[0]
        return self.archive.get(identifier) if identifier else None

    def _place(self, number: str) -> tuple[str, str]:
        """Id of the newest document under a number, and the key that the next one will have."""
        tag = self.vault.tag("signer", KIND, number)
        newest, version = "", 1
        with self.store.read() as connection:
            while found := document_rows.document_of(connection, self.system, f"{tag}/{version}"):
                newest, version = found, version + 1
        return newest, f"{tag}/{version}"


def number_of(record: Mapping[str, Any]) -> str:
    """The number of the certificate that a record is about."""
    return str(pointer.get(record, IDENTITY))
