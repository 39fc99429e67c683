"""A front-end table whose wire fails as it is told; what the wire itself makes of a database is tested elsewhere.

A table answers nothing and refuses by a trigger: so the contract's faults are here what
``connectors.tables`` raises for them, and everything that is done is done in the real table.
"""

from __future__ import annotations

from typing import Any

from exchange.errors import Rejected, Retriable, Unknown
from exchange.ports import Connector, Reply


class StruckTables:
    """The connector over another; ``fault`` is what becomes of the next call (``away``: of all)."""

    def __init__(self, over: Connector, reason: str) -> None:
        self._over, self._reason, self.fault = over, reason, ""

    def call(self, operation: str, body: Any) -> Reply:
        """As the wire would, with the fault."""
        fault = self.fault
        if fault == "away":
            raise Retriable("tables.unavailable", peer="treasury", reason="OperationalError")
        self.fault = ""
        if fault == "refused":
            told = Rejected("tables.trigger", table="ZF_SQ", reason="trigger")
            raise told.answered(b"trigger", self._reason)
        reply = self._over.call(operation, body)
        if fault and operation.startswith("insert"):
            raise Unknown("tables.uncertain", peer="treasury", reason="OperationalError")
        return Reply(b"<html>", "<html>") if fault else reply

    def close(self) -> None:
        """Close the wire."""
        self._over.close()
