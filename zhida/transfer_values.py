"""What a transfer gave, in clear: for an operator who may see it and says why, noted before it is opened.

The web server knows a person by Airflow's name; the site's operators' files say who that is. No key
of a person is there, so the entry is the hub's word for who looked, not that person's signature.
"""

from __future__ import annotations

from exchange import canonical
from exchange.errors import Forbidden
from exchange.ledger import Entry
from exchange.ports import Scalar
from exchange.store.delivery_rows import TransferRow
from zhida import operators
from zhida.hub import Hub
from zhida.site import Site
from zhida.site_operators import SEE, Operator

LOOK = "transfer-look"


def reader(site: Site, user: str) -> Operator | None:
    """The one operator whom Airflow knows by this name, if the site lets him or her see values."""
    found = [each for each in site.operators.values() if user and each.airflow == user]
    return found[0] if len(found) == 1 and SEE in found[0].roles else None


def require_reader(hub: Hub, user: str) -> Operator:
    """``Forbidden`` for anybody else, and for whose certificate is not good now."""
    who = reader(hub.site, user)
    if who is None:
        raise Forbidden("pages.not-shown", user=user)
    operators.valid_certificate(hub.site, who, hub.clock())
    operators.require_unrevoked(hub.site, who, hub.trust.now().revocations, hub.clock())
    return who


def look(hub: Hub, who: Operator, row: TransferRow, *, user: str, reason: str) -> dict[str, Scalar]:
    """Path → value of what was disclosed. ``Invalid`` for a reason that can't stand in the ledger.

    ``Fatal`` if the document is erased: that somebody wished to see it stands there all the same.
    """
    disclosed = canonical.loads(row.disclosed.encode())
    details = {"item": row.item, "document": row.document, "disclosed": disclosed}
    details |= {"operator": who.name, "user": user, "reason": operators.needed_reason(reason)}
    hub.ledger.commit(lambda _: [Entry(LOOK, row.id, row.case, details)])
    fields = hub.archive.get(row.document).fields
    return {path: fields[path] for path in disclosed if path in fields}
