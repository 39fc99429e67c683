"""Who may call an endpoint, and whose keys are known, out of the site's files as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from exchange.keyring import Keys
from zhida import serve_file, site
from zhida.serve_clients import Roll
from zhida.serve_file import Settings
from zhida.site import Site


class SiteRoll:
    """Of one site. Where it listens, and whether by TLS, stays as it was at the start (``began``).

    ``keys``: whom to believe, of the site as it is now.
    """

    def __init__(self, told: Site, began: Settings, keys: Callable[[Site], Keys]) -> None:
        self._site, self._began, self._keys = told, began, keys

    def read(self) -> Roll:
        """``ZhidaError`` with what is wrong in the files: a roll is whole, or there is none."""
        told = replace(self._site, units=site.load_units(self._site.folder))
        self._site = told  # a certificate that is named already and comes later is a change too
        settings = replace(serve_file.load(told), without_tls=self._began.without_tls)
        return Roll(settings, self._keys(told))

    def files(self) -> Iterator[Path]:
        """What it rests on: clients, units, their certificates, and who may issue them."""
        told = self._site
        yield from (told.folder / serve_file.FILE, told.certificate)
        yield from (told.folder / "units").glob("*.yaml")
        yield from told.trust.glob("*")
        for unit in told.units.values():
            yield from unit.certificates
