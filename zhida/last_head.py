"""The last head that the hub signed, in ``ZHIDA_VAR``: one file a store, written after each commit.

Not fsynced: after a power cut it may be older than the store, which is as good. Newer than the store it
can't be, for it is written when that has committed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from exchange.store import address

_SIZE = 1024
"""Bytes of the file: a token, and blanks over the rest of a longer one of before."""


@dataclass(frozen=True, slots=True)
class LastHead:
    """In one file: a token, as ``zhida restore --lost-head`` takes it (``exchange.continuity.Kept``)."""

    file: Path

    @classmethod
    def of(cls, var: Path, url: str) -> Self:
        """Of the store at ``url``."""
        return cls(var / f"ledger-head-{address.mark(url)}.jws")

    def read(self) -> str:
        """Its token; empty if there is none, or it can't be read."""
        with suppress(OSError, UnicodeDecodeError):
            return self.file.read_text("ascii").strip()
        return ""

    def write(self, token: str) -> None:
        """In place, in one call: to rename a file costs ten times as much, and this is done at each commit.

        What was half written at a power cut, or is read while another process writes, is no token
        of ours: nothing is remembered then. So it is where it can't be written: its entries are
        committed all the same.
        """
        with suppress(OSError):
            place = os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.write(place, token.encode("ascii").ljust(_SIZE))
            finally:
                os.close(place)
