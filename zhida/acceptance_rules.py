"""What a site's joint acceptances go by: the procedure, and who has which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matters import acceptance_file
from matters.acceptance_parts import HUB, Procedure
from matters.working_days import Holidays
from zhida import seats
from zhida.seats import Roles, Wanted
from zhida.site import Site

MATTER, EVENT, REVIEW = "acceptance", "acceptance-event", "acceptance-review"
RECORD, PAPER = "acceptance-record", "acceptance-paper"
"""The five matters."""
FILE = "acceptance.yaml"
_NAME: Mapping[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$"}
_DESK: Mapping[str, Any] = {"type": "string", "pattern": "^[0-9]{1,20}$"}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "联合验收分工",
    "type": "object",
    "additionalProperties": False,
    "required": ["roles"],
    "properties": {
        "roles": {
            "title": "职能",
            "description": "Role of the procedure, and who has it here; the owner's is the unit whose system speaks for it.",
            "type": "object",
            "propertyNames": _NAME,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["unit"],
                "properties": {
                    "unit": {**_NAME, "title": "单位", "description": "Unit of the site."},
                    "desk": {
                        **_DESK,
                        "title": "承办人",
                        "description": "Number in its OA of who gets an item.",
                    },
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Rules:
    """All of it."""

    procedure: Procedure
    roles: Roles
    holidays: Holidays

    def unit_of(self, role: str) -> str:
        """The unit that has a role; the hub's own is the lead's."""
        return self.roles.seat("lead" if role == HUB else role).unit


def of_site(site: Site) -> Rules:
    """A site's own procedure (``matters/acceptance/after.yaml``) goes before the shipped one.

    ``Invalid`` tells every mistake of the files.
    """
    procedure = acceptance_file.of_site(site.folder)
    named = {role: title for role, title in procedure.roles.items() if role != HUB}
    decide = {item.by for item in procedure.items.values()}
    hands = {role: title for role, title in named.items() if role in decide}
    also = {role: title for role, title in named.items() if role not in decide}
    roles = seats.load(site, Wanted(FILE, SCHEMA, hands, REVIEW, also))
    return Rules(procedure, roles, site.holidays)
