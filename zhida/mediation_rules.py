"""What a site's disputes go by: the ladder, the triage, and who has which role."""

from __future__ import annotations

from dataclasses import dataclass

from matters import ladder_file, triage_file
from matters.ladder_parts import Ladder
from matters.triage import Triage
from matters.working_days import Holidays
from zhida import mediation_files, mediation_roles
from zhida.seats import Roles
from zhida.site import Site

MATTER, REFERRAL, EVENT = "mediation", mediation_roles.REFERRAL, "mediation-event"
"""The three matters."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All of it."""

    ladder: Ladder
    triage: Triage
    roles: Roles
    holidays: Holidays

    def unit_of(self, owner: str) -> str:
        """The unit of an owner, who is told as a role or as a unit."""
        return self.roles.seat(owner).unit if owner in self.ladder.roles else owner


def of_site(site: Site) -> Rules:
    """A site's own ladder or triage (``matters/mediation/``) goes before the shipped one.

    ``Invalid`` tells every mistake of the files.
    """
    ladder = ladder_file.load(mediation_files.of_site(site.folder, ladder_file.SHIPPED))
    triage = triage_file.load(mediation_files.of_site(site.folder, triage_file.SHIPPED), ladder)
    return Rules(ladder, triage, mediation_roles.load(site, ladder), site.holidays)
