"""Has the mapping been mended that an item came to nothing by?

Its name and digest were kept with the item (``exchange.outcome.found_by``). Where it was not a
mapping that found the fault (the wire, an agreement that withholds a field), nothing is kept, and
nothing can be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange import canonical
from exchange.errors import Fatal, Rejected
from exchange.store.case_rows import ItemRow
from mappings import site_files

CHANGED, SAME, BROKEN, UNKNOWN = "changed", "same", "broken", ""


@dataclass(frozen=True, slots=True)
class Compared:
    """The mapping then and now; ``name`` is empty if no mapping was to blame."""

    name: str = ""
    was: str = ""
    now: str = ""
    """Empty: it is not there any more, or can't be compiled."""

    @property
    def verdict(self) -> str:
        """``changed``, ``same``, ``broken``, or empty.

        >>> Compared("m", "1", "2").verdict, Compared("m", "1", "1").verdict, Compared().verdict
        ('changed', 'same', '')
        """
        if not self.name:
            return UNKNOWN
        if not self.now:
            return BROKEN
        return SAME if self.was == self.now else CHANGED

    @property
    def details(self) -> dict[str, str]:
        """For the ledger: by which version it failed, and by which it is to be done."""
        if not self.name:
            return {}
        return {"mapping": self.name, "mapping_was": self.was, "mapping_digest": self.now}


class Mappings:
    """The mappings of a site as they are now, each read once."""

    def __init__(self, site: Path) -> None:
        self._site, self._digests = site, dict[str, str]()

    def compared(self, facts: Mapping[str, Any]) -> Compared:
        """Of an item's facts."""
        name, was = str(facts.get("mapping", "")), str(facts.get("mapping_digest", ""))
        if not name or not was:
            return Compared()
        if name not in self._digests:
            self._digests[name] = self._digest(name)
        return Compared(name, was, self._digests[name])

    def _digest(self, name: str) -> str:
        try:
            return site_files.load(name, self._site).digest
        except Fatal:
            return ""


def require(site: Path, row: ItemRow, *, again: bool) -> Compared:
    """What has changed. ``Rejected`` if the item would end in the same way, unless ``again``.

    ``Fatal`` tells what is wrong with a mapping that can't be used now.
    """
    found = Mappings(site).compared(canonical.loads(row.facts.encode()))
    if found.verdict == BROKEN:
        site_files.load(found.name, site)
    if found.verdict == SAME and not again:
        raise Rejected("replay.unmended", item=row.item, mapping=found.name)
    return found
