"""Uses of data that leave no transfer: banks that read and get a feed, portals that ask through the endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.store import read_rows
from exchange.store.catalogue_rows import Used
from exchange.store.engine import Connection
from zhida.site import Site


def used(connection: Connection, site: Site, since: str) -> Iterator[Used]:
    """By agreement and by what was disclosed, under the agreements that the site still has."""
    known = {each.id: each for each in site.agreements}
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for each in read_rows.under(connection, since):
        key = (each.agreement, each.disclosed)
        number, last = found.get(key, (0, ""))
        found[key] = (number + 1, max(last, each.at))
    for (name, disclosed), (number, last) in found.items():
        if name in known:
            of = known[name]
            sides = (of.provider, of.receiver, of.purpose)
            yield Used(name, *sides, disclosed, number, last)
