"""Who decides: the head of each department, and who reviews the payments of each fund.

``grant-people.yaml`` of the site::

    heads: {human-resources: "231"}        # department (unit) -> the head's number in the OA
    reviewers: {treasury: "241"}           # route of a policy -> the reviewer's number in the OA
    officers: {science: "251"}             # department -> who speaks with firms (惠企专员); may be left out
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.errors import Invalid
from exchange.names import nearest
from matters import files
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


def _named(known: Mapping[str, str], name: str, key: str) -> str:
    if name not in known:
        facts = {"file": FILE, "key": key, "name": name}
        raise Invalid("grant.nobody", **facts, nearest=nearest(name, known))
    return known[name]
