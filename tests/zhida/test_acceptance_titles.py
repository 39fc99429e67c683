"""Everybody of the shipped example is called by a title, and nobody by an id."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from matters.acceptance_parts import HUB, OWNER
from sandbox import site_layers
from tests.zhida.test_acceptance_site import laid
from zhida import acceptance_rules, acceptance_titles, site


def test_roles_are_called_as_their_units_are_and_the_owner_by_its_own_name(tmp_path: Path) -> None:
    district = laid(tmp_path, site_layers.acceptance_alone)
    found = site.load(Path(district.env["ZHIDA_SITE"]))
    rules = acceptance_rules.of_site(found)
    told = {n: acceptance_titles.of_role(found, rules, n) for n in rules.procedure.roles}
    assert (told[OWNER], told[HUB]) == ("建设单位", "中枢")
    units = {role: rules.unit_of(role) for role in told if role not in (OWNER, HUB)}
    assert {r: told[r] for r in units} == {r: found.units[u].title for r, u in units.items()}
    assert not any(title.isascii() for title in told.values())
    assert acceptance_titles.of_role(found, rules, "") == ""
    assert acceptance_titles.of_unit(found, "nobody") == "nobody"
    bare = replace(rules, procedure=replace(rules.procedure, roles={}))
    assert acceptance_titles.of_role(found, bare, HUB) == HUB, "a role that the list does not name"
