"""A hub that gives grants, among the stand-ins of a district that decide, pay and speak with firms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox import site_layers
from sandbox.district import District
from sandbox.grants_district import SYSTEMS
from sandbox.office import Office
from sandbox.officers import Officers
from zhida import grant_advance, grant_people, sweep
from zhida.grant_advance import Rules


class Giving:
    """The hub's work, and officers who do theirs."""

    def __init__(self, town: Any, *policies: Any) -> None:
        self.town, self.hub = town, town.hub
        self.portal = town.district.system("portal")
        self.officers = Officers(town.district.system("oa").address, Office())
        named = {each.name: each for each in policies}
        self.rules = Rules(named, grant_people.of_site(self.hub.site))

    def meanwhile(self) -> None:
        """What people do between a sweep and the next look: nothing."""

    def turn(self) -> None:
        """Everything moves on as far as it can."""
        grant_advance.advance(self.hub, self.rules)
        for name in site_layers.GRANT_MATTERS:
            for report in sweep.sweep(self.hub, self.hub.site.matter(name)):
                assert report.sick is None, report
        self.meanwhile()
        self.town.clock.skip(601)
        grant_advance.advance(self.hub, self.rules)


@contextmanager
def opened(folder: Path, open_town: Callable[[District], Any]) -> Iterator[Any]:
    """The town of such a district; its ledger is whole at the end."""
    district = District(folder, systems=SYSTEMS, signer=False)
    district.prepare()
    site_layers.grants(Path(district.env["ZHIDA_SITE"]))
    with district:
        town = open_town(district)
        yield town
        town.audit()
        town.close()
