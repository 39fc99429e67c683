"""Who has which role of the ladder in this district, and who of a unit gets the next dispute.

``mediation.yaml`` of the site::

    roles:
      hub: {unit: mediation-centre, desk: "301"}
      street: {unit: streets, desk: "310", desks: {秣陵街道: "311"}}   # by the dispute's place
      people: {unit: people-mediation, roster: ["321", "322"]}         # who has the fewest open
      response: {unit: rapid-response, duty: ["351", "352"]}           # all at once
      court: {unit: court}                                             # its platform
"""

from __future__ import annotations

from matters.ladder_parts import Ladder
from zhida import seats
from zhida.mediation_schema import FILE, SCHEMA
from zhida.seats import Roles, Wanted
from zhida.site import Site

REFERRAL = "mediation-referral"
"""The matter of handing-over."""


def load(site: Site, ladder: Ladder) -> Roles:
    """The site's file. ``Invalid`` tells every mistake with its line."""
    return seats.load(site, Wanted(FILE, SCHEMA, ladder.roles, REFERRAL))
