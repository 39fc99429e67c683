"""Rows that a sync does not let go on, as they are kept: sealed, each once for the same reason."""

from __future__ import annotations

from dataclasses import dataclass

from exchange import canonical, times
from exchange.store.sync_rows import HeldRow
from zhida.hub import Hub
from zhida.message import told
from zhida.sync_sorted import Held
from zhida.sync_to import Line


@dataclass(frozen=True, slots=True)
class Holder:
    """Of one line, in one run."""

    hub: Hub
    line: Line
    run: str
    bucket: str

    def row(self, each: Held) -> HeldRow:
        """Its id is a keyed digest of line, reason and row: what is read again is no second one."""
        raw, code = canonical.dumps(each.record), each.problems[0].code
        sync, target = self.line.names
        identifier = self.hub.vault.tag("sync-held", sync, target, each.kind, code, raw.decode())
        return HeldRow(
            id=identifier,
            sync=sync,
            target=target,
            run=self.run,
            kind=each.kind,
            code=code,
            problems=canonical.dumps(told(each.problems)).decode(),
            at=times.stamp(self.hub.clock()),
            sealed=self.hub.vault.seal(self.bucket, raw, about=identifier),
        )
