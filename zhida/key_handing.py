"""A certificate or a key is handed in: it lies here, and nobody trusts it yet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from crypto import certificates
from crypto.errors import CryptoError
from exchange.errors import Fatal, Rejected
from exchange.ledger import Entry
from exchange.store import trust_rows
from zhida import environment, files, key_files, trust, trusted_lists
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason

MOST = 65_536


def hand_in(hub: Hub, file: Path) -> str:
    """Its fingerprint, under which two people can decide about it."""
    try:
        found = certificates.load(files.read(file, MOST))
    except CryptoError as error:
        raise Rejected("key.not-certificate", file=file.name, reason=error.code) from None
    name = trusted_lists.fingerprint(found)
    with hub.store.write() as connection:
        trust_rows.put_certificate(connection, name, found.pem.decode())
    return name


def rewrap(hub: Hub, who: Signatory, reason: str) -> dict[str, Any]:
    """Every key of the data folder under the present password; what is told, is in the ledger too.

    ``site_key``: the name of the site's own key file if the old password opens it still: the site's
    files are changed by those who review them.
    """
    secret, other = environment.secret(), environment.other_secret()
    token = who.sign("key-rewrap", {}, reason=needed_reason(reason), now=hub.clock())
    found: dict[str, Any] = {"buckets": hub.vault.rewrap()}
    found["signing"] = key_files.rewrap(hub.var, secret, other)
    try:
        trust.private_key(hub.site, secret)
        found["site_key"] = ""
    except Fatal:
        found["site_key"] = hub.site.key.name
    details = {"action": "key-rewrap", "operator": who.operator.name, "token": token}
    hub.ledger.commit(lambda _: [Entry("operator", "key-rewrap", details=details)])
    return found


def keep_key(hub: Hub, file: Path) -> str:
    """The ``kid`` of a key that was made elsewhere, now under this hub's own password."""
    password = os.environ.get("ZHIDA_IMPORT_PASSWORD", "")
    if not password:
        raise Fatal("site.no-variable", variable="ZHIDA_IMPORT_PASSWORD")
    key = key_files.opened(file, password.encode())
    if key.suite != hub.site.suite:
        raise Rejected("site.suite", wanted=hub.site.suite, found=key.suite)
    key_files.keep(hub.var, key, environment.secret())
    return key.kid
