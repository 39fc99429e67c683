"""Everybody whom a grant waits for: heads and finance in the OA, the portal's publicity, the firms.

Working days go by at once: whatever list is public has been so long enough. Most firms answer; every
so manyth keeps silent or declines, and every so manyth account is closed, so its money comes back.
"""

from __future__ import annotations

from sandbox.district import District
from sandbox.office import Office
from sandbox.officers import Officers

SILENT, DECLINES, CLOSED = 11, 17, 13
"""Every so manyth question, and every so manyth account number."""
DAYS = 30
"""More than any policy's days of publicity."""


class GrantPeople:
    """Of one district (``grants=True``) that runs."""

    def __init__(self, district: District) -> None:
        self._portal, self._treasury = district.system("portal"), district.system("treasury")
        self._officers = Officers(district.system("oa").address, Office())

    def begin(self) -> None:
        """The treasury learns which accounts are closed."""
        self._treasury.ask("POST", "/closed", {"every": CLOSED})

    def object(self, sheet: str, award: str, reason: str) -> bool:
        """Somebody objects to one award of a public list; False: it is public no more."""
        row = {"listNo": sheet, "awardNo": award, "reason": reason}
        return bool(self._portal.ask("POST", "/object", row)["taken"])

    def work(self) -> int:
        """Everybody does what waits for them; how much it was."""
        return self._officers.work() + self.close_lists() + self.answer()

    def agree(self) -> int:
        """Heads and finance."""
        return self._officers.work()

    def close_lists(self) -> int:
        """Publicity is over."""
        return int(self._portal.ask("POST", "/pass", {"days": DAYS})["closed"])

    def answer(self) -> int:
        """The firms that were asked."""
        habits = {"silent": SILENT, "declines": DECLINES}
        return int(self._portal.ask("POST", "/answer_all", habits)["answered"])
