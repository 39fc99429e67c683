"""Evidence that leaves the hub holds values in clear: who took it out, and why, stands in the ledger.

The entry is about the case, not of it: it is no part of a later bundle, and the time stamp that covers
the case goes on covering it whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exchange.evidence import Exporter
from exchange.ledger import Entry
from zhida import files
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason, this_person
from zhida.site_operators import PRIVACY

EXPORT = "evidence-export"


def allowed(hub: Hub, reason: str, output: Path) -> Signatory:
    """Who acts in this process, if evidence may go out into this file. ``Forbidden``, ``Invalid``,
    ``Fatal`` if the file is there already.
    """
    who = this_person(hub.site, PRIVACY, hub.clock(), hub.trust.now().revocations)
    needed_reason(reason)
    files.require_new(output)
    return who


def note(hub: Hub, who: Signatory, case: str, *, reason: str, told: Mapping[str, Any]) -> None:
    """``told``: which part of the case, and the file's digest."""
    token = who.sign(EXPORT, {"case": case, **told}, reason=reason, now=hub.clock())
    details = {"operator": who.operator.name, "token": token, **told}
    hub.ledger.commit(lambda _: [Entry(EXPORT, case, details=details)])


def part(unit: str, transfer: str, fields: list[str] | None, data: bytes) -> dict[str, Any]:
    """What of a case is in a bundle, for the ledger.

    >>> part("police", "", ["/name"], b"")["part"]
    {'unit': 'police', 'fields': ['/name']}
    """
    asked = {"unit": unit, "transfer": transfer, "fields": sorted(fields or ())}
    some = {name: value for name, value in asked.items() if value}
    return {"part": some, "sha256": hashlib.sha256(data).hexdigest()}


def exporter(hub: Hub) -> Exporter:
    """What makes bundles out of the hub's store, and seals them with its key."""
    site = hub.site
    return Exporter(
        store=hub.store,
        archive=hub.archive,
        keyring=hub.trust,
        signer=hub.signer,
        origin=site.name,
        hub=site.unit,
        clock=hub.clock,
        titles={name: each.title for name, each in site.units.items()},
        intermediates=hub.trust.now().authorities.intermediates,
    )
