"""What units and roles of joint acceptance are called, by people."""

from __future__ import annotations

from matters.acceptance_parts import HUB, OWNER
from zhida.acceptance_rules import Rules
from zhida.site import Site


def of_unit(site: Site, unit: str) -> str:
    """Its title; of who is no unit of the site, what was written."""
    return site.units[unit].title if unit in site.units else unit


def of_role(site: Site, rules: Rules, role: str) -> str:
    """The unit that has it here; the owner and the hub by their own names."""
    if role in ("", OWNER, HUB):
        return rules.procedure.roles.get(role, role)
    return of_unit(site, rules.unit_of(role))
