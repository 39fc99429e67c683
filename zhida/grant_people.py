"""Who decides: the head of each department, and who reviews the payments of each fund.

``grant-people.yaml`` of the site::

    heads: {human-resources: "231"}        # department (unit) -> the head's number in the OA
    reviewers: {treasury: "241"}           # route of a policy -> the reviewer's number in the OA
    officers: {science: "251"}             # department -> who speaks with firms (惠企专员); may be left out
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings.yaml_file import escape
from matters import files
from matters.grants import Grants
from zhida.site import Site

FILE = "grant-people.yaml"
_NUMBER = {"type": "string", "pattern": "^[0-9]{1,20}$"}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "奖补经办人",
    "type": "object",
    "additionalProperties": False,
    "required": ["heads", "reviewers"],
    "properties": {
        "heads": {
            "title": "部门负责人",
            "description": "Unit of a policy's department, and its head's number in the OA.",
            "type": "object",
            "additionalProperties": _NUMBER,
        },
        "reviewers": {
            "title": "支付审核人",
            "description": "Route of a policy (treasury...), and the reviewer's number in the OA.",
            "type": "object",
            "additionalProperties": _NUMBER,
        },
        "officers": {
            "title": "惠企专员",
            "description": "Unit of a policy's department, and who of it speaks with firms; for policies pushed so.",
            "type": "object",
            "additionalProperties": _NUMBER,
        },
    },
}


@dataclass(frozen=True, slots=True)
class People:
    """Numbers in the OA."""

    heads: Mapping[str, str]
    reviewers: Mapping[str, str]
    officers: Mapping[str, str] = field(default_factory=dict)

    def head(self, department: str) -> str:
        """Who agrees to a department's lists. ``Invalid`` if nobody is named."""
        return _named(self.heads, department, "heads")

    def reviewer(self, route: str) -> str:
        """Who reviews what is paid by this route. ``Invalid`` if nobody is named."""
        return _named(self.reviewers, route, "reviewers")

    def officer(self, department: str) -> str:
        """Who speaks with firms about a department's policies. ``Invalid`` if nobody is named."""
        return _named(self.officers, department, "officers")


def of_site(site: Site) -> People:
    """As the site's file names them."""
    told = files.load(site.folder / FILE, SCHEMA)
    return People(told["heads"], told["reviewers"], told.get("officers", {}))


def mistakes(site: Site, known: Grants) -> Iterator[Problem]:
    """Departments and routes that no policy has, and those for which nobody is named."""
    found = files.read(site.folder / FILE, SCHEMA)
    policies = known.policies.values()
    wanted = {
        "heads": {each.department for each in policies if each.mode == "no-application"},
        "reviewers": {each.route for each in policies},
    }
    every = {**wanted, "heads": {each.department for each in policies}}
    for key, names in wanted.items():
        told = found.data[key]
        for name in sorted(set(told) - every[key]):
            facts: dict[str, Fact] = {"file": FILE, "line": found.line(f"/{key}/{escape(name)}")}
            facts |= {"key": key, "name": name, "nearest": nearest(name, every[key])}
            yield Problem("grants.nothing-decided", facts)
        for name in sorted(names - set(told)):
            lacking = {"file": FILE, "key": key, "name": name, "nearest": nearest(name, told)}
            yield Problem("grant.nobody", lacking)


def _named(known: Mapping[str, str], name: str, key: str) -> str:
    if name not in known:
        facts = {"file": FILE, "key": key, "name": name}
        raise Invalid("grant.nobody", **facts, nearest=nearest(name, known))
    return known[name]
