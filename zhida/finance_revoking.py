"""A letter is taken back: by the firm, which signs it as it signed the letter; or on paper, by two operators.

From then on nothing is read by it, feeds included: every reading asks anew (``zhida.finance_access``). A firm
may take back what no bank has handed in yet; when it comes, it is revoked.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange import times
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import finance_rows
from exchange.store.engine import Connection
from exchange.store.finance_rows import RevocationRow
from mappings import shapes
from zhida import filing, finance_letters, finance_token
from zhida.decisions import Target
from zhida.finance_rules import FinanceRules
from zhida.hub import Hub

KIND = "finance-revocation"
REVOKE = "finance-revoke"
"""What two operators sign."""
FIRM, OPERATOR = "firm", "operator"


def revoke(hub: Hub, rules: FinanceRules, *, token: str) -> str:
    """The id of the letter that is taken back from now on; once more changes nothing.

    What ``finance_token.read`` refuses is refused here; ``Invalid`` for another shape.
    """
    signed = finance_token.read(rules, token, finance_token.REVOCATION, now=hub.clock())
    shapes.of(hub.site.folder).validate(KIND, signed.record)
    letter = finance_letters.identifier(hub, signed.uscc, signed.record["letter"])
    found, salt = finance_letters.document_of(hub, signed, KIND, hub.site.unit)
    now = hub.clock()
    bucket = finance_letters.bucket_of(rules, times.civil_day(now))

    def write(connection: Connection) -> list[Entry]:
        entries = _take_back(connection, RevocationRow(letter, times.stamp(now), FIRM, found.id))
        if not entries:
            return []
        raw = signed.token.encode()
        hub.archive.put(connection, found, raw=raw, salt=salt, bucket=bucket, now=now)
        return [filing.entry(found, ""), *entries]

    hub.ledger.commit(write)
    return letter


def target(connection: Connection, letter: str) -> Target:
    """The letter as operators see it. ``Rejected`` if there is none or it was taken back already."""
    found = finance_letters.read(connection, letter)
    if found is None:
        raise Rejected("finance.no-letter", letter=letter[:12])
    if found.revocation is not None:
        day = times.civil_day(times.instant(found.revocation.at)).isoformat()
        raise Rejected("finance.revoked-already", letter=letter[:12], on=day)
    return {"case": "", "item": letter, "code": ""}


def deed(hub: Hub, letter: str, proposal: str) -> Callable[[Connection], list[Entry]]:
    """What is done in the transaction of the decision."""
    at = times.stamp(hub.clock())
    return lambda connection: _take_back(connection, RevocationRow(letter, at, OPERATOR, proposal))


def _take_back(connection: Connection, row: RevocationRow) -> list[Entry]:
    """Empty: it was taken back before. Whoever counts on the letter now has counted, or sees this."""
    finance_rows.get_letter(connection, row.letter, hold=True)
    if not finance_rows.revoke(connection, row):
        return []
    return [Entry("finance-revoked", row.letter, "", {"by": row.by, "document": row.document})]
