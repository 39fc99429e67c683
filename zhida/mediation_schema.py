"""The form of a site's ``mediation.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FILE = "mediation.yaml"
_NAME: Mapping[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$"}
_DESK: Mapping[str, Any] = {"type": "string", "pattern": "^[0-9]{1,20}$"}
_DESKS: Mapping[str, Any] = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _DESK}

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "劳动争议调处分工",
    "type": "object",
    "additionalProperties": False,
    "required": ["roles"],
    "properties": {
        "roles": {
            "title": "职能",
            "description": "Role of the ladder, and who has it here.",
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
                        "description": "Number in its OA of who gets a dispute; none: the unit's platform does.",
                    },
                    "desks": {
                        "title": "各街道的承办人",
                        "description": "Street or park, and who gets its disputes; others go to desk.",
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": _DESK,
                    },
                    "roster": {
                        **_DESKS,
                        "title": "调解员名册",
                        "description": "Mediators; who has the fewest open disputes gets the next one.",
                    },
                    "duty": {
                        **_DESKS,
                        "title": "值班名单",
                        "description": "Everybody on duty; all get it at once.",
                    },
                },
                "not": {"required": ["roster", "duty"]},
                "dependentRequired": {"desks": ["desk"]},
            },
        },
    },
}
