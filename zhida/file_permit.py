"""Who is given a file may have it at the beginning, and still in the middle.

Two gigabytes take hours on a thin line: an agreement that ends meanwhile, or a claim that is corrected,
must not go on to the last byte. Who is refused is on the ledger, with the reason.
"""

from __future__ import annotations

from datetime import timedelta

from exchange.agreement import Agreement
from exchange.errors import Forbidden
from exchange.ledger import Entry
from zhida import file_claims
from zhida.file_claims import Known
from zhida.hub import Hub

BYTES = 64 << 20
"""So many leave at most until it is asked again."""
TIME = timedelta(minutes=1)
"""By the hub's clock: after so long it is asked before the next chunk, however few have left."""


class Permit:
    """The agreement by which ``unit`` has a file, asked at once. For one thread.

    ``Forbidden`` without one.
    """

    def __init__(self, hub: Hub, known: Known, unit: str) -> None:
        self._hub, self._claim, self._unit = hub, known.claim.id, unit
        self.agreement = self._asked(known)

    def renewed(self, size: int) -> bool:
        """Before the next ``size`` bytes leave. True: another agreement allows it from now on.

        ``Forbidden`` when none does any more, or the claim was corrected.
        """
        now = self._hub.clock()
        if size <= self._left and self._from <= now < self._from + TIME:
            self._left -= size
            return False
        before = self.agreement.digest()
        self.agreement = self._asked(file_claims.exact(self._hub, self._claim))
        self._left -= size
        return self.agreement.digest() != before

    def _asked(self, known: Known) -> Agreement:
        now = self._hub.clock()
        try:
            found = file_claims.permit(self._hub, known, self._unit)
        except Forbidden as error:
            details = {"unit": self._unit, "code": error.code}
            self._hub.ledger.commit(lambda _: [Entry("file-withheld", self._claim, "", details)])
            raise
        self._from, self._left = now, BYTES
        return found
